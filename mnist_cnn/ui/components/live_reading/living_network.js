// Every layer's maps for one drawing, and the paths that carried the answer. It knows
// nothing of pages: `new LivingNetwork(element, label).show(reading)`.
//
// Maps and lines have a canvas each: maps change with every reading, lines move on for a
// few frames after it.

import { element } from "../payload.js"
import { arranged, cellAt, cellBox, gapOf, IMAGE, OUTPUT } from "./network_layout.js"
import { MIDDLE, palette } from "./palette.js"

const ANSWER = "86, 180, 233"
// As in all pictures what adds is orange, and what takes away is blue.
const FOR = "230, 159, 0"
const AGAINST = "86, 180, 233"
const CROSS = "#a3aab5"
const DARK = "#272c36"
const MIN_CROSS = 7 // pixels: a smaller unit is gray where it is silent
const BETWEEN_NAMES = 4 // pixels
const WIDEST_LINE = 7
const EASE = 0.25 // of the way that a line goes in each frame
const STILL = 0.01
const REST = 2 // times as long as a picture took to paint, at least, until the next one

/**
 * onAnswer(digit), if it is set, hears which answer a pointer asks about (undefined: the
 * network's own), whose paths the next reading should have. silent: by layer name the maps
 * and units that are crossed out.
 *
 * @param {HTMLElement} parent is filled; its size is the picture's.
 * @param {string} label says what it is.
 */
export class LivingNetwork {
  constructor(parent, label) {
    this.parent = parent
    this.lines = new Map()
    this.limits = new Map()
    this.silent = {}
    this.resumes = 0
    this.maps = element(parent, "canvas", "living-canvas")
    this.maps.setAttribute("role", "img")
    this.maps.setAttribute("aria-label", label)
    this.over = element(parent, "canvas", "living-lines")
    this.over.ariaHidden = "true"
    this.titles = element(parent, "div", "living-titles")
    this.titles.ariaHidden = "true"
    this.tooltip = element(parent, "div", "living-value", { hidden: true })
    this.over.onpointermove = (event) => this.point(event)
    this.over.onpointerdown = (event) => this.point(event)
    this.over.onpointerleave = () => this.point()
    this.resizes = new ResizeObserver(() => this.arrange())
    this.resizes.observe(parent)
  }

  /**
   * @param {{pixels, probabilities, activations, paths, isEmpty}} reading as worker.js
   *   posts it; activations: a Map from layer name to {shape, values}.
   */
  show(reading) {
    const shapes = [...reading.activations].map(([name, { shape }]) => name + shape)
    this.reading = reading
    if (String(shapes) !== this.shapes) {
      this.shapes = String(shapes)
      this.lines.clear()
      this.arrange()
    }
    for (const line of this.lines.values()) line.wanted = 0
    for (const path of reading.isEmpty ? [] : reading.paths) this.want(path)
    this.isNew = true
    this.repaint()
  }

  destroy() {
    this.resizes.disconnect()
    cancelAnimationFrame(this.frame)
    this.parent.textContent = ""
  }

  values(name) {
    const { pixels, activations } = this.reading
    return name === IMAGE ? pixels : activations.get(name).values
  }

  arrange() {
    const { clientWidth: width, clientHeight: height } = this.parent
    if (!this.reading || !width || !height) return
    this.ratio = Math.min(window.devicePixelRatio || 1, 2)
    for (const canvas of [this.maps, this.over]) {
      canvas.width = Math.round(width * this.ratio)
      canvas.height = Math.round(height * this.ratio)
    }
    this.columns = this.arranged(width, height)
    this.atlases = new Map([...this.columns].map(([name, each]) => [name, atlas(each)]))
    const [{ isAcross }] = this.columns.values()
    this.parent.classList.toggle("living-bands", isAcross)
    this.parent.dataset.layers = [...this.columns.keys()].join(" ")
    this.label(this.columns)
    this.isNew = true
    this.repaint()
  }

  arranged(width, height) {
    return arranged(this.reading.activations, width, height)
  }

  /** The layers' names, and the ten answers. */
  label(columns) {
    this.titles.textContent = ""
    const names = [...columns.values()].map(({ title, titleAt }) => {
      const name = element(this.titles, "span", "", { textContent: title })
      placed(name, titleAt)
      return name
    })
    if (!this.parent.classList.contains("living-bands")) apart(names)
    const output = columns.get(OUTPUT)
    this.answers = Array.from({ length: output?.tiles ?? 0 }, (_, digit) => {
      const answer = element(this.titles, "b", "", { textContent: digit })
      const [left, top, width, height] = cellBox(output, digit)
      const size = Math.min(0.75 * height, 0.8 * width)
      placed(answer, [left, top])
      Object.assign(answer.style, {
        width: `${width}px`,
        height: `${height}px`,
        font: `500 ${size}px/${height}px system-ui`,
      })
      return answer
    })
  }

  /** Lines go to where they should be little by little: they do not flicker. */
  want({ fromLayer, from, toLayer, to, contribution }) {
    const key = `${fromLayer}/${from}/${toLayer}/${to}`
    const line = this.lines.get(key) ?? { fromLayer, from, toLayer, to, shown: 0 }
    line.wanted = contribution
    this.lines.set(key, line)
  }

  /** At the next frame, but never for more than a part of the page's time. */
  repaint() {
    if (this.frame) return
    this.frame = requestAnimationFrame((now) => {
      this.frame = undefined
      if (!this.columns) return
      if (now < this.resumes) {
        this.repaint()
        return
      }
      const began = performance.now()
      const isMoving = this.moveLines()
      if (this.isNew) this.paintMaps()
      this.isNew = false
      this.paintLines()
      const ended = performance.now()
      this.resumes = ended + Math.min(REST * (ended - began), 250) - 12
      if (isMoving) this.repaint()
    })
  }

  moveLines() {
    const strongest = new Map()
    for (const { toLayer, wanted } of this.lines.values()) {
      const largest = Math.max(strongest.get(toLayer) ?? 0, Math.abs(wanted))
      strongest.set(toLayer, largest)
    }
    let isMoving = false
    for (const [key, line] of this.lines) {
      const largest = strongest.get(line.toLayer)
      const aim = largest ? line.wanted / largest : 0
      line.shown += (aim - line.shown) * EASE
      if (Math.abs(aim - line.shown) > STILL) isMoving = true
      else if (aim === 0) this.lines.delete(key)
      else line.shown = aim
    }
    return isMoving
  }

  paintMaps() {
    const context = cleared(this.maps, this.ratio)
    context.imageSmoothingEnabled = false
    for (const [name, column] of this.columns) {
      if (name === OUTPUT) continue
      const { canvas, data, pixels, offsets } = this.atlases.get(name)
      this.fill(name, pixels, offsets)
      canvas.getContext("2d").putImageData(data, 0, 0)
      const [across, down] = column.isAcross
        ? [column.breadth, column.length]
        : [column.length, column.breadth]
      context.drawImage(canvas, column.left, column.top, across, down)
    }
    const { probabilities, isEmpty } = this.reading
    this.answers.forEach((answer, digit) => {
      const probability = isEmpty ? 0 : probabilities[digit]
      answer.style.background = `rgba(${ANSWER}, ${(0.12 + 0.88 * probability).toFixed(3)})`
      answer.style.color = probability > 0.5 ? "#000" : "#fff"
    })
  }

  // The brightest value falls slowly: a map does not flash because another faded.
  fill(name, pixels, offsets) {
    const values = this.values(name)
    let limit = name === IMAGE ? 1 : 0.9 * (this.limits.get(name) ?? 0)
    for (let i = 0; i < values.length; i++) {
      const size = values[i] < 0 ? -values[i] : values[i]
      if (size > limit) limit = size
    }
    this.limits.set(name, limit)
    const colors = palette()
    const scale = limit > 0 ? MIDDLE / limit : 0
    for (let i = 0; i < values.length; i++) {
      pixels[offsets[i]] = colors[(MIDDLE + 0.5 + values[i] * scale) | 0]
    }
  }

  paintLines() {
    const context = cleared(this.over, this.ratio)
    context.lineCap = "round"
    const own = [...this.lines.values()].filter((line) => this.isPointedAt(line))
    for (const line of this.lines.values()) {
      this.paintLine(context, line, own.length > 0 && !own.includes(line))
    }
    this.paintSilent(context)
    if (!this.pointed) return
    context.strokeStyle = "#fff"
    context.lineWidth = 2
    context.strokeRect(...cellBox(this.pointed.column, this.pointed.tile))
  }

  paintSilent(context) {
    context.lineWidth = 1.5
    context.strokeStyle = CROSS
    for (const [name, tiles] of Object.entries(this.silent)) {
      const column = this.columns.get(name)
      for (const tile of column ? tiles : []) {
        const [left, top, width, height] = cellBox(column, tile)
        context.fillStyle = width < MIN_CROSS ? CROSS : DARK
        context.fillRect(left, top, width, height)
        if (width < MIN_CROSS) continue
        const [right, bottom] = [left + width, top + height]
        context.beginPath()
        context.moveTo(left, top)
        context.lineTo(right, bottom)
        context.moveTo(left, bottom)
        context.lineTo(right, top)
        context.stroke()
      }
    }
  }

  paintLine(context, { fromLayer, from, toLayer, to, shown }, isPale) {
    const start = this.columns.get(fromLayer)
    const end = this.columns.get(toLayer)
    if (!start || !end) return
    const [x1, y1, w1, h1] = boxOf(start, from)
    const [x2, y2, w2, h2] = cellBox(end, to)
    const size = Math.abs(shown)
    const strength = (0.25 + 0.7 * size) * (isPale ? 0.25 : 1)
    context.strokeStyle = `rgba(${shown > 0 ? FOR : AGAINST}, ${strength})`
    context.lineWidth = 0.75 + (WIDEST_LINE - 0.75) * size
    context.beginPath()
    if (start.isAcross) {
      const [a, b] = [y1 + h1, y2]
      const bend = (b - a) / 2
      context.moveTo(x1 + w1 / 2, a)
      context.bezierCurveTo(x1 + w1 / 2, a + bend, x2 + w2 / 2, b - bend, x2 + w2 / 2, b)
    } else {
      const [a, b] = [x1 + w1, x2]
      const bend = (b - a) / 2
      context.moveTo(a, y1 + h1 / 2)
      context.bezierCurveTo(a + bend, y1 + h1 / 2, b - bend, y2 + h2 / 2, b, y2 + h2 / 2)
    }
    context.stroke()
  }

  /** Whether a pointer is on an end of the line. */
  isPointedAt({ fromLayer, from, toLayer, to }) {
    if (!this.pointed) return false
    const { column, tile, row, across } = this.pointed
    const index = column.name === IMAGE ? row * column.width + across : tile
    return (
      (column.name === fromLayer && index === from) ||
      (column.name === toLayer && index === to)
    )
  }

  /** What lies under a pointer says its value. */
  point(event) {
    if (!this.columns) return
    this.pointed = undefined
    if (event) {
      const box = this.over.getBoundingClientRect()
      const [x, y] = [event.clientX - box.left, event.clientY - box.top]
      this.pointed = cellAt(this.columns, x, y)
      placed(this.tooltip, [x + 14, y > 60 ? y - 44 : y + 22])
    }
    const isAnswer = this.pointed?.column.name === OUTPUT
    const asked = isAnswer ? this.pointed.tile : undefined
    if (asked !== this.asked) this.onAnswer?.(asked)
    this.asked = asked
    this.tooltip.hidden = !this.pointed
    if (this.pointed) this.tooltip.textContent = this.said(this.pointed)
    const { offsetLeft, offsetWidth } = this.tooltip
    const room = this.parent.clientWidth - offsetWidth - 4
    if (offsetLeft > room) this.tooltip.style.left = `${room}px`
    this.repaint()
  }

  said({ column: { name, height, width, tiles }, tile, row, across }) {
    const value = this.values(name)[(row * width + across) * tiles + tile]
    const isUnit = height === 1 && width === 1
    const index = isUnit ? tile : name === IMAGE ? [row, across] : [row, across, tile]
    const shown = value.toPrecision(3).replace("-", "−")
    return `${name} [${[index].flat().join(", ")}] = ${shown}`
  }
}

/** A layer's maps at one pixel a value, with `offsets[i]` for the i-th value. */
function atlas(column) {
  const { height, width, tiles, count, isAcross, name } = column
  const gap = name === IMAGE ? 0 : gapOf(column)
  const lines = Math.ceil(tiles / count)
  const [across, down] = isAcross ? [count, lines] : [lines, count]
  const canvas = document.createElement("canvas")
  canvas.width = across * (width + gap) - gap
  canvas.height = down * (height + gap) - gap
  const data = new ImageData(canvas.width, canvas.height)
  const offsets = new Int32Array(height * width * tiles)
  // Values lie (row, column, map), as in nn: next to one another are the maps' values.
  let i = 0
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < width; x++) {
      for (let tile = 0; tile < tiles; tile++) {
        const [line, at] = [Math.floor(tile / count), tile % count]
        const [left, top] = isAcross ? [at, line] : [line, at]
        offsets[i++] =
          (top * (height + gap) + row) * canvas.width + left * (width + gap) + x
      }
    }
  }
  return { canvas, data, offsets, pixels: new Uint32Array(data.data.buffer) }
}

/** A map's box, or for the image the box of one of its pixels. */
function boxOf(column, index) {
  if (column.name !== IMAGE) return cellBox(column, index)
  const [left, top, width, height] = cellBox(column, 0)
  const [w, h] = [width / column.width, height / column.height]
  return [left + (index % 28) * w, top + Math.floor(index / 28) * h, w, h]
}

function cleared(canvas, ratio) {
  const context = canvas.getContext("2d")
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, canvas.width, canvas.height)
  return context
}

/** Names in a line, each as near to its column as the others let it. */
function apart(names) {
  const boxes = names.map(({ offsetLeft, offsetWidth }) => [offsetLeft, offsetWidth])
  let end = 0
  for (const box of boxes) {
    const [middle, width] = box
    box[0] = Math.max(middle, end + width / 2)
    end = box[0] + width / 2 + BETWEEN_NAMES
  }
  end = names[0].parentElement.clientWidth
  boxes.reverse().forEach(([middle, width], index) => {
    const at = Math.min(middle, end - width / 2)
    names.at(-1 - index).style.left = `${at}px`
    end = at - width / 2 - BETWEEN_NAMES
  })
}

const placed = ({ style }, [left, top]) =>
  Object.assign(style, { left: `${left}px`, top: `${top}px` })
