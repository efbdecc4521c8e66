// Every layer's maps for one drawing, and the paths that carried the answer, on one
// canvas. It knows nothing of pages: `new LivingNetwork(element).show(reading)`.

import { arranged, cellAt, cellBox, IMAGE, OUTPUT } from "./network_layout.js"

const BACKGROUND = "#0e1117"
const WORDS = "#d5dae1"
const FOR = "86, 180, 233" // Okabe and Ito's sky blue, and orange
const AGAINST = "230, 159, 0"
// As figures/activations.py: black is 0, orange to white above it, blue to white below.
const ABOVE = [[0, 0, 0], [96, 40, 0], [200, 90, 0], [250, 165, 40], [255, 248, 215]]
const BELOW = [[0, 0, 0], [0, 42, 100], [0, 96, 190], [70, 170, 245], [222, 243, 255]]
const WIDEST_LINE = 7
const EASE = 0.25 // of the way that a line goes in each frame
const STILL = 0.01

/**
 * @param {HTMLElement} element is filled; its size is the picture's.
 * @param {string} label says what it is.
 */
export class LivingNetwork {
  constructor(element, label) {
    this.element = element
    this.lines = new Map()
    this.limits = new Map()
    this.atlases = new Map()
    this.canvas = element.appendChild(document.createElement("canvas"))
    this.canvas.className = "living-canvas"
    this.canvas.setAttribute("role", "img")
    this.canvas.setAttribute("aria-label", label)
    this.tooltip = element.appendChild(document.createElement("div"))
    this.tooltip.className = "living-value"
    this.tooltip.hidden = true
    this.canvas.onpointermove = (event) => this.point(event)
    this.canvas.onpointerdown = (event) => this.point(event)
    this.canvas.onpointerleave = () => this.leave()
    this.resizes = new ResizeObserver(() => this.arrange())
    this.resizes.observe(element)
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
    this.repaint()
  }

  destroy() {
    this.resizes.disconnect()
    cancelAnimationFrame(this.frame)
    this.element.textContent = ""
  }

  values(name) {
    const { pixels, activations } = this.reading
    return name === IMAGE ? pixels : activations.get(name).values
  }

  arrange() {
    const { clientWidth: width, clientHeight: height } = this.element
    if (!this.reading || !width || !height) return
    const ratio = Math.min(window.devicePixelRatio || 1, 2)
    this.ratio = ratio
    this.canvas.width = Math.round(width * ratio)
    this.canvas.height = Math.round(height * ratio)
    this.columns = arranged(this.reading.activations, width, height)
    this.element.classList.toggle("living-bands", this.columns.get(IMAGE).isAcross)
    this.element.dataset.layers = [...this.columns.keys()].join(" ")
    this.repaint()
  }

  /** Lines go to where they should be little by little: they do not flicker. */
  want({ fromLayer, from, toLayer, to, contribution }) {
    const key = `${fromLayer}/${from}/${toLayer}/${to}`
    const line = this.lines.get(key) ?? { fromLayer, from, toLayer, to, shown: 0 }
    line.wanted = contribution
    this.lines.set(key, line)
  }

  repaint() {
    cancelAnimationFrame(this.frame)
    this.frame = requestAnimationFrame(() => {
      if (!this.columns) return
      const moving = this.moveLines()
      this.paint()
      if (moving) this.repaint()
    })
  }

  moveLines() {
    const strongest = new Map()
    for (const { toLayer, wanted } of this.lines.values()) {
      const most = Math.max(strongest.get(toLayer) ?? 0, Math.abs(wanted))
      strongest.set(toLayer, most)
    }
    let moving = false
    for (const [key, line] of this.lines) {
      const most = strongest.get(line.toLayer)
      const aim = most ? line.wanted / most : 0
      line.shown += (aim - line.shown) * EASE
      if (Math.abs(aim - line.shown) > STILL) moving = true
      else if (aim === 0) this.lines.delete(key)
      else line.shown = aim
    }
    return moving
  }

  paint() {
    const context = this.canvas.getContext("2d")
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0)
    context.fillStyle = BACKGROUND
    context.fillRect(0, 0, this.canvas.width, this.canvas.height)
    context.imageSmoothingEnabled = false
    for (const column of this.columns.values()) {
      this.paintTitle(context, column)
      if (column.name === OUTPUT) this.paintOutput(context, column)
      else this.paintMaps(context, column)
    }
    for (const line of this.lines.values()) this.paintLine(context, line)
    if (this.pointed) this.paintFrame(context, this.pointed, "#fff", 2)
  }

  paintTitle(context, { title, titleBox: [x, y, align] }) {
    context.fillStyle = WORDS
    context.font = "600 13px system-ui, sans-serif"
    context.textAlign = align
    context.textBaseline = "top"
    context.fillText(title, x, y)
  }

  // All maps of a layer at one pixel a value, then each enlarged to its place.
  paintMaps(context, column) {
    const { name, height, width, tiles } = column
    const values = this.values(name)
    const limit = this.limit(name, values)
    const atlas = this.atlas(column)
    const image = atlas.image
    const colors = palette()
    const across = width * tiles
    for (let tile = 0; tile < tiles; tile++) {
      for (let row = 0, at = tile; row < height; row++) {
        let to = row * across + tile * width
        for (let x = 0; x < width; x++, at += tiles, to++) {
          const scaled = limit > 0 ? values[at] / limit : 0
          image[to] = colors[127 + Math.round(127 * Math.max(-1, Math.min(1, scaled)))]
        }
      }
    }
    const own = atlas.canvas.getContext("2d")
    own.putImageData(atlas.data, 0, 0)
    for (let tile = 0; tile < tiles; tile++) {
      const [left, top, w, h] = cellBox(column, tile)
      const from = [tile * width, 0, width, height]
      context.drawImage(atlas.canvas, ...from, left, top, w, h)
    }
  }

  // Values lie (row, column, map), as in nn: next to one another are the maps' values.
  atlas({ name, height, width, tiles }) {
    const known = this.atlases.get(name)
    if (known?.canvas.width === width * tiles && known.canvas.height === height) {
      return known
    }
    const canvas = document.createElement("canvas")
    canvas.width = width * tiles
    canvas.height = height
    const data = new ImageData(canvas.width, height)
    const made = { canvas, data, image: new Uint32Array(data.data.buffer) }
    this.atlases.set(name, made)
    return made
  }

  // The brightest value falls slowly: a map does not flash because another faded.
  limit(name, values) {
    let most = name === IMAGE ? 1 : 0
    for (const value of values) most = Math.max(most, Math.abs(value))
    const limit = Math.max(most, 0.9 * (this.limits.get(name) ?? 0))
    this.limits.set(name, limit)
    return limit
  }

  paintOutput(context, column) {
    const { probabilities, isEmpty } = this.reading
    const best = probabilities.indexOf(Math.max(...probabilities))
    for (let digit = 0; digit < probabilities.length; digit++) {
      const [left, top, width, height] = cellBox(column, digit)
      const share = isEmpty ? 0 : probabilities[digit]
      context.fillStyle = `rgba(${FOR}, ${0.12 + 0.88 * share})`
      context.fillRect(left, top, width, height)
      context.fillStyle = share > 0.5 ? "#000" : "#fff"
      const size = Math.min(0.72 * height, 0.8 * width)
      context.font = `${!isEmpty && digit === best ? 700 : 400} ${size}px system-ui`
      context.textAlign = "center"
      context.textBaseline = "middle"
      context.fillText(digit, left + width / 2, top + height / 2 + 0.04 * size)
    }
  }

  paintLine(context, { fromLayer, from, toLayer, to, shown }) {
    const start = this.columns.get(fromLayer)
    const end = this.columns.get(toLayer)
    if (!start || !end) return
    const [x1, y1, w1, h1] = this.place(start, from)
    const [x2, y2, w2, h2] = cellBox(end, to)
    const size = Math.abs(shown)
    context.strokeStyle = `rgba(${shown > 0 ? FOR : AGAINST}, ${0.25 + 0.7 * size})`
    context.lineWidth = 0.75 + (WIDEST_LINE - 0.75) * size
    context.lineCap = "round"
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

  /** A map's box, or for the image the box of one of its pixels. */
  place(column, index) {
    const [left, top, width, height] = cellBox(column, column.name === IMAGE ? 0 : index)
    if (column.name !== IMAGE) return [left, top, width, height]
    const [w, h] = [width / column.width, height / column.height]
    const [row, x] = [Math.floor(index / column.width), index % column.width]
    return [left + x * w, top + row * h, w, h]
  }

  paintFrame(context, { column, tile }, color, width) {
    context.strokeStyle = color
    context.lineWidth = width
    context.strokeRect(...cellBox(column, tile))
  }

  point(event) {
    if (!this.columns) return
    const box = this.canvas.getBoundingClientRect()
    const scale = this.element.clientWidth / box.width
    const [x, y] = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale]
    this.pointed = cellAt(this.columns, x, y)
    this.at = [x, y]
    this.repaint()
    this.say()
  }

  leave() {
    this.pointed = undefined
    this.repaint()
    this.say()
  }

  say() {
    this.tooltip.hidden = !this.pointed
    if (!this.pointed) return
    const { column, tile, row, column: { name, tiles, width }, across } = this.pointed
    const value = this.values(name)[(row * width + across) * tiles + tile]
    const isFlat = column.height === 1 && column.width === 1
    const place = isFlat
      ? `${name} [${tile}]`
      : `${name} [${row}, ${across}${name === IMAGE ? "" : `, ${tile}`}]`
    this.tooltip.textContent = `${place} = ${shortNumber(value)}`
    const [x, y] = this.at
    const room = this.element.clientWidth - this.tooltip.offsetWidth - 4
    this.tooltip.style.left = `${Math.max(4, Math.min(x + 14, room))}px`
    this.tooltip.style.top = `${y > 60 ? y - 44 : y + 22}px`
  }
}

const shortNumber = (value) => value.toPrecision(3).replace("-", "−")

let known
/** 255 colors, as the pixels of an ImageData hold them. */
function palette() {
  if (known) return known
  known = new Uint32Array(255)
  for (let index = 0; index < 255; index++) {
    const stops = index < 127 ? BELOW : ABOVE
    const place = (Math.abs(index - 127) / 127) * (stops.length - 1)
    const low = Math.min(Math.floor(place), stops.length - 2)
    const [r, g, b] = [0, 1, 2].map((channel) =>
      Math.round(
        stops[low][channel] +
          (place - low) * (stops[low + 1][channel] - stops[low][channel]),
      ),
    )
    known[index] = (255 << 24) | (b << 16) | (g << 8) | r
  }
  return known
}
