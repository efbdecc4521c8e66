// What the canvas of streamlit-drawable-canvas holds, with the pen down too. Its shadow
// root is open: finished strokes lie in its lower canvas, the one being drawn in the
// upper one. Here it also becomes as wide as its place and keeps the buttons that work.

import { forgetDrawing, keepDrawing } from "./kept_drawing.js"

const STYLE = `
.dc-root, .dc-scroll { width: 100%; overflow: visible }
.dc-root { display: flow-root }
.dc-container { width: 100% !important; height: auto !important; aspect-ratio: 1; background: #000 }
.canvas-container { width: 100% !important; height: 100% !important }
.dc-container canvas { width: 100% !important; height: 100% !important; touch-action: none }
.dc-container[data-is-hidden] .lower-canvas { opacity: 0 }
.dc-toolbar, .dc-root:hover > .dc-toolbar, .dc-toolbar:hover, .dc-toolbar:focus-within,
.dc-toolbar[data-pinned="true"] { position: static; opacity: 1; padding: 6px 0 0 }
.dc-toolbar-card { box-shadow: none; padding: 0; gap: 6px; background: none }
.dc-toolbar-card > :not([aria-label="Undo"], [aria-label="Redo"]) { display: none }
.dc-icon-button { width: 40px; height: 40px; border: 1px solid var(--st-border-color, #8886) }
.dc-icon-button svg { width: 20px; height: 20px }
.dc-icon-button:focus-visible { outline: 3px solid var(--st-primary-color, #0072B2) }
.hint {
  position: absolute; inset: 0; z-index: 15; display: flex; align-items: center;
  justify-content: center; text-align: center; padding: 12%; pointer-events: none; white-space: pre-line;
  color: #d5dae1; font: 600 22px/1.35 var(--st-font, system-ui);
}
.hint[hidden] { display: none }
`
const AFTER_PEN_MS = 700 // the drawing may still change: an undo is loaded meanwhile
const LOOK_MS = 400
const AFTER_LOOK_MS = 80
const WHITE = 255 // somewhere in every stroke

/** Watches the canvas below `place`: `onDrawing({gray, width, height}, isResting)`. */
export class DrawingCanvas {
  constructor(place, hint, onDrawing) {
    this.place = place
    this.hint = hint
    this.onDrawing = onDrawing
    this.isDown = false
    this.until = 0
    this.ending = new AbortController()
    const { signal } = this.ending
    const begin = () => this.begin()
    place.addEventListener("pointerdown", (event) => this.penDown(event), { signal })
    for (const type of ["pointerup", "pointercancel"]) {
      window.addEventListener(type, () => this.penUp(), { signal, capture: true })
    }
    const moved = () => (this.isMoved = this.isDown)
    window.addEventListener("pointermove", moved, { signal, capture: true })
    place.addEventListener("click", begin, { signal })
    document.addEventListener("visibilitychange", begin, { signal })
    window.addEventListener("click", (event) => this.clicked(event), {
      signal,
      capture: true,
    })
    this.timer = setInterval(() => document.hidden || this.look(), LOOK_MS)
    this.begin()
  }

  destroy() {
    this.ending.abort()
    clearInterval(this.timer)
    cancelAnimationFrame(this.frame)
  }

  /** The canvas as it is now; Streamlit makes a new one when its key changes. */
  find() {
    if (this.lower?.isConnected) return true
    const host = [...this.place.querySelectorAll("div")].find((each) =>
      each.shadowRoot?.querySelector("canvas.dc-canvas"),
    )
    this.root = host?.shadowRoot
    this.lower = this.root?.querySelector("canvas.dc-canvas.lower-canvas")
    this.upper = this.root?.querySelector("canvas.upper-canvas")
    if (!this.lower || !this.upper) return false
    this.root.append(made("style", { textContent: STYLE }))
    this.box = this.root.querySelector(".dc-container")
    this.hintElement = made("div", { className: "hint", textContent: this.hint })
    this.box.append(this.hintElement)
    this.sample = made("canvas", { width: this.lower.width, height: this.lower.height })
    this.context = this.sample.getContext("2d", { willReadFrequently: true })
    this.gray = new Uint8ClampedArray(this.lower.width * this.lower.height)
    this.isFirst = true
    return true
  }

  penDown(event) {
    if (!event.composedPath().includes(this.upper)) return
    this.isDown = true
    delete this.box.dataset.isHidden
    this.hintElement.hidden = true
    this.begin()
  }

  penUp() {
    if (!this.isDown) return
    this.isDown = false
    this.begin()
  }

  /** Looks at every frame while the pen moves, and now and then for a while after it. */
  begin() {
    this.until = performance.now() + AFTER_PEN_MS
    this.isMoved = true
    if (!this.frame) this.step()
  }

  step() {
    this.frame = requestAnimationFrame((now) => {
      this.frame = undefined
      if (this.isMoved || (!this.isDown && now > this.looked + AFTER_LOOK_MS)) this.look()
      this.isMoved = false
      if (this.isDown || now < this.until) this.step()
    })
  }

  look() {
    this.looked = performance.now()
    if (!this.find()) return
    const isNew = this.read()
    if (isNew) {
      const isEmpty = this.gray.indexOf(WHITE) < 0
      this.hintElement.hidden = this.isDown || !isEmpty
    }
    const isResting = !this.isDown
    if (!isNew && isResting === this.wasResting) return
    this.wasResting = isResting
    if (isResting) this.keep()
    const { width, height } = this.sample
    this.onDrawing({ gray: this.gray.slice(), width, height }, isResting)
  }

  /** For a reload. A canvas that begins empty has not been cleared. */
  keep() {
    if (this.gray.indexOf(WHITE) >= 0) {
      this.hadInk = true
      keepDrawing(this.sample)
    } else if (this.hadInk) {
      forgetDrawing()
    }
  }

  /** Takes what the canvas holds into `gray`; whether that has changed. */
  read() {
    if (this.box.dataset.isHidden !== undefined && !this.hasInk(this.lower)) {
      delete this.box.dataset.isHidden
    }
    const isHidden = this.box.dataset.isHidden !== undefined
    const data = this.pixels(...(isHidden ? [] : [this.lower]), this.upper)
    const { gray } = this
    let isNew = this.isFirst
    this.isFirst = false
    for (let i = 0, at = 0; i < gray.length; i++, at += 4) {
      if (gray[i] === data[at]) continue
      gray[i] = data[at]
      isNew = true
    }
    return isNew
  }

  /** Of canvases on black ground, one over the other: red, green, blue and alpha. */
  pixels(...canvases) {
    const { width, height } = this.sample
    this.context.fillStyle = "#000"
    this.context.fillRect(0, 0, width, height)
    for (const canvas of canvases) this.context.drawImage(canvas, 0, 0)
    return this.context.getImageData(0, 0, width, height).data
  }

  hasInk(canvas) {
    return this.pixels(canvas).some((value, at) => at % 4 === 0 && value === WHITE)
  }

  /**
   * Clear empties at once. A canvas that began empty is emptied here, and the server
   * hears of it from the canvas; one that began with a drawing only the server empties,
   * by a new canvas, so until then its drawing is hidden.
   */
  clicked(event) {
    const button = event.target.closest?.(".st-key-clear button")
    const isRestored = event.target.closest?.(".st-key-clear_restored button")
    if ((!button && !isRestored) || !this.find()) return
    if (isRestored) {
      this.box.dataset.isHidden = ""
    } else {
      event.stopPropagation()
      this.root.querySelector(".dc-toolbar [aria-label^=Reset]")?.click()
    }
    this.begin()
  }
}

const made = (tag, properties) => Object.assign(document.createElement(tag), properties)
