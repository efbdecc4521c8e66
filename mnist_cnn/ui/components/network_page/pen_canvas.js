// A canvas to draw on, of the parts that drawing_canvas.js reads: finished strokes lie in
// the lower canvas, the one being drawn in the upper one.

import { element } from "../payload.js"

const SIDE = 360
const BRUSH = (20 * SIDE) / 280

const LOOK = `
.dc-container { position: relative }
canvas { position: absolute }
.dc-icon-button { margin-right: 6px; border-radius: 8px; font-size: 20px; color: inherit; background: none; cursor: pointer }
`

export class PenCanvas {
  constructor(parent) {
    const root = element(parent, "div").attachShadow({ mode: "open" })
    element(root, "style", "", { textContent: LOOK })
    const whole = element(root, "div", "dc-root")
    const box = element(whole, "div", "dc-container")
    this.lower = this.layer(box, "dc-canvas lower-canvas")
    this.upper = this.layer(box, "upper-canvas")
    const toolbar = element(whole, "div", "dc-toolbar")
    const buttons = element(toolbar, "div", "dc-toolbar-card")
    this.button(buttons, "Undo", "↶", () => this.move(this.strokes, this.undone))
    this.button(buttons, "Redo", "↷", () => this.move(this.undone, this.strokes))
    this.button(buttons, "Reset", "", () => this.clear())
    this.upper.onpointerdown = (event) => this.begin(event)
    this.upper.onpointermove = (event) => this.goOn(event)
    this.upper.onpointerup = this.upper.onpointercancel = () => this.end()
    this.clear()
  }

  layer(box, className) {
    return element(box, "canvas", className, { width: SIDE, height: SIDE })
  }

  button(parent, label, textContent, onclick) {
    const properties = { type: "button", textContent, onclick }
    const button = element(parent, "button", "dc-icon-button", properties)
    button.setAttribute("aria-label", label)
  }

  begin(event) {
    if (!event.isPrimary || event.button) return
    this.upper.setPointerCapture(event.pointerId)
    this.stroke = []
    this.goOn(event)
  }

  goOn(event) {
    if (!this.stroke) return
    const { left, top, width, height } = this.upper.getBoundingClientRect()
    const moves = event.getCoalescedEvents?.() ?? []
    for (const { clientX, clientY } of moves.length ? moves : [event]) {
      const x = ((clientX - left) * SIDE) / width
      this.stroke.push([x, ((clientY - top) * SIDE) / height])
    }
    paint(this.upper, [this.stroke])
  }

  end() {
    if (!this.stroke) return
    this.strokes.push(this.stroke)
    this.undone = []
    this.stroke = undefined
    this.repaint()
  }

  move(from, to) {
    if (from.length) to.push(from.pop())
    this.repaint()
  }

  clear() {
    this.strokes = []
    this.undone = []
    this.repaint()
  }

  repaint() {
    paint(this.lower, this.strokes)
    paint(this.upper, [])
  }
}

function paint(canvas, strokes) {
  const context = canvas.getContext("2d")
  context.clearRect(0, 0, SIDE, SIDE)
  context.lineCap = context.lineJoin = "round"
  context.strokeStyle = "#fff"
  context.lineWidth = BRUSH
  for (const stroke of strokes) {
    context.beginPath()
    context.moveTo(...stroke[0])
    for (const point of stroke) context.lineTo(...point)
    context.stroke()
  }
}
