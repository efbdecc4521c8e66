// The living network as something to choose from: a click, a title or an arrow key opens
// a map or unit. A pointer magnifies what it is on, and lines show which inputs a value
// comes from: the pointed one, or the one that the window below stands on.

import { BreakPanel } from "../live_reading/break_panel.js"
import { strongestPaths } from "../browser_network/contributions.js"
import { isDamaged } from "../browser_network/damage.js"
import { LivingNetwork } from "../live_reading/living_network.js"
import { cellAt, cellBox, IMAGE, OUTPUT } from "../live_reading/network_layout.js"
import { percent } from "../live_reading/words.js"
import { networkInPage } from "../browser_network/network_in_page.js"
import { element, filled, received } from "../payload.js"
import { alone, heightOf } from "./one_layer.js"
import { shownAt, sourcesOf } from "./sources.js"

const NARROW = 600
const SEND_AFTER_MS = 200
const LINES = 12
const MAGNIFIED = 196
const UNITS_AROUND = 5
const ARITHMETIC = "layer"
const DETAIL = 29.5 // rem of the arithmetic that should be in sight
// Above the network once it is scrolled to; a phone has a line with buttons there.
const margin = () => (window.innerWidth <= 768 ? 60 : 8)
const ADDS = "230, 159, 0" // above 0 is orange, below 0 blue, as in all pictures
const TAKES = "86, 180, 233"
const NARROW_HEIGHT = 180 // pixels, about, of a layer that stands alone
const views = new WeakMap()

const height = () => Math.max(300, Math.min(0.43 * window.innerHeight, 640))

class NetworkOverview extends LivingNetwork {
  constructor(root, stage) {
    super(stage, "")
    Object.assign(this, { root, chosen: { item: "", tile: 0, number: 0 }, layers: [] })
    this.tabs = element(root, "div", "tabs")
    root.prepend(this.tabs)
    this.status = element(root, "div", "said")
    this.belowStage = element(root, "div", "breaking")
    this.line = element(this.belowStage, "p")
    this.line.setAttribute("role", "status")
    this.status.setAttribute("role", "status")
    this.magnifier = element(root, "div", "magnifier", { hidden: true })
    this.lens = element(this.magnifier, "canvas")
    this.value = element(this.magnifier, "div")
    this.over.ariaHidden = null
    this.over.tabIndex = 0
    this.over.setAttribute("role", "application")
    this.over.onclick = (event) => {
      const box = this.over.getBoundingClientRect()
      const at = [event.clientX - box.left, event.clientY - box.top]
      const found = this.columns && cellAt(this.columns, ...at)
      if (found) this.take(found.column.name, found.tile)
    }
    this.over.onkeydown = (event) => this.key(event)
    this.onWindow = ({ detail }) => {
      this.window = detail
      this.seek()
    }
    this.onPixels = ({ detail }) => this.network && this.read(detail ?? this.pixels)
    this.onResize = () => this.arrange()
    window.addEventListener("look-inside-window", this.onWindow)
    window.addEventListener("look-inside-pixels", this.onPixels)
    window.addEventListener("resize", this.onResize)
    // For tests: where on the screen a map or unit is, and what a value comes from.
    root.sources = () => this.sources
    root.boxOf = (name, tile) => {
      const { left, top } = this.over.getBoundingClientRect()
      const [x, y, width, height] = cellBox(this.columns.get(name), tile)
      return { x: left + x, y: top + y, width, height }
    }
  }

  async receive({ heading, floats, isNewest }) {
    const { words } = heading
    this.words = words
    const broken = (damage) => this.damage(damage)
    this.breaking ??= new BreakPanel(this.belowStage, this.line, this, words.break, broken)
    this.maps.setAttribute("aria-label", words.label)
    this.over.setAttribute("aria-label", words.label)
    if (!this.reading) this.wait()
    const network =
      heading.network && (await networkInPage(heading.network).catch(() => undefined))
    if (!isNewest()) return
    if (!network && !heading.layers.length) return this.needNumbers()
    this.waits?.remove()
    this.whole = network
    this.belowStage.hidden = !network
    this.layers = network ? network.layers : heading.layers
    this.takeDamage(heading.damage)
    if (heading.chosen.number >= this.chosen.number) this.chosen = heading.chosen
    const isOther = (this.view ?? ARITHMETIC) !== heading.view
    this.view = heading.view
    this.isDetail = heading.marks_chosen
    this.pixels = floats("pixels")
    if (network) this.read(this.pixels)
    else this.show(this.fromServer(floats))
    this.arrange()
    const { number } = this.chosen
    if (isOther || (number && number !== this.revealed)) this.reveal()
    this.revealed = number
    this.root.dataset.draws = Number(this.root.dataset.draws ?? 0) + 1
  }

  read(pixels) {
    const forward = this.network.forward(pixels)
    const { probabilities, activations, predictedClass } = forward
    const paths = strongestPaths(this.network, forward, { previous: this.paths })
    this.paths = paths
    this.shown = pixels
    this.show({ pixels, probabilities, activations, paths, isEmpty: false })
    const isWhole = this.network === this.whole
    const { predictedClass: whole } = isWhole ? forward : this.whole.forward(pixels)
    this.breaking.tell({ read: `${predictedClass}`, whole: `${whole}` })
  }

  // ---- breaking

  /** What this person has broken: at once here, and soon on the server. */
  damage(damage) {
    this.changes = (this.changes ?? 0) + 1
    this.break(damage)
    this.read(this.shown)
    const sent = { damage, number: this.changes }
    clearTimeout(this.damageTimer)
    this.damageTimer = setTimeout(() => this.sendDamage(sent), SEND_AFTER_MS)
  }

  /** What the link says, unless a newer change is on its way there. */
  takeDamage({ damage, number }) {
    if (number >= (this.changes ?? 0)) {
      this.changes = number
      this.breaking.take(damage)
    }
    this.break(this.breaking.damage)
  }

  break(damage) {
    this.network = this.whole && isDamaged(damage) ? this.whole.damaged(damage) : this.whole
  }

  fromServer(floats) {
    const activations = new Map(
      this.layers.map(({ name, outputShape }) => [
        name,
        { shape: outputShape, values: floats(name) },
      ]),
    )
    const probabilities = activations.get(OUTPUT).values
    return { pixels: this.pixels, probabilities, activations, paths: [], isEmpty: false }
  }

  show(reading) {
    super.show(reading)
    this.seek()
  }

  // ---- where things stand

  arrange() {
    const width = this.root.clientWidth
    if (!this.reading || !width) return
    this.isNarrow = width < NARROW
    this.placeButton()
    this.root.classList.toggle("narrow", this.isNarrow)
    const wanted = this.isNarrow ? this.only(width).length : height()
    this.parent.style.height = `${Math.round(wanted)}px`
    super.arrange()
    this.placeTabs()
  }

  /** In the picture, where it takes no room from what stands below; or below it. */
  placeButton() {
    const parent = this.isNarrow ? this.belowStage : this.parent
    const { button } = this.breaking
    if (button.parentElement !== parent) parent.prepend(button)
    button.hidden = !this.network
  }

  arranged(width, height) {
    if (!this.isNarrow) return super.arranged(width, height)
    const column = this.only(width)
    return new Map([[column.name, column]])
  }

  /** On a narrow screen the chosen layer, or what it passes on, stands alone. */
  only(width) {
    const index = this.layers.findIndex(({ name }) => name === this.chosen.item)
    const { name, outputShape } = shownAt(this.layers, index)
    return alone(name, outputShape, width)
  }

  placeTabs() {
    const names = [
      IMAGE,
      ...this.layers
        .filter((layer, index) => shownAt(this.layers, index) === layer)
        .map(({ name }) => name),
    ]
    if (String(names) !== this.tabbed) {
      this.tabbed = String(names)
      this.tabs.textContent = ""
      for (const name of names) {
        const made = element(this.tabs, "button", "", { type: "button" })
        made.textContent = name === IMAGE ? this.words.image : name
        made.dataset.layer = name
        made.onclick = () => this.take(name, this.strongest(name))
      }
    }
    for (const title of this.tabs.children) {
      const column = this.columns.get(title.dataset.layer)
      title.hidden = !column && !this.isNarrow
      title.setAttribute("aria-pressed", title.dataset.layer === this.chosen.item)
      if (!column || this.isNarrow) continue
      const middle = column.left + column.length / 2
      const room = this.parent.clientWidth - title.offsetWidth
      const left = Math.max(0, Math.min(middle - title.offsetWidth / 2, room))
      title.style.left = `${left}px`
    }
  }

  // ---- choosing

  /** Each choice has a number: an answer to an older one does not undo a newer one. */
  take(item, tile, wait = 0) {
    this.chosen = { item, tile, number: this.chosen.number + 1 }
    this.window = undefined
    this.status.textContent = this.nameOf(item, tile)
    this.arrange()
    this.seek()
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.send(this.chosen), wait)
  }

  key(event) {
    const { item, tile } = this.chosen
    const column = this.columns?.get(item) ?? [...(this.columns?.values() ?? [])][0]
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[
      event.key
    ]
    const isEnter = event.key === "Enter" || event.key === " "
    if (!column || (!step && !isEnter)) return
    event.preventDefault()
    if (isEnter && this.breaking.isOpen) return this.breaking.toggle(column.name, tile)
    if (isEnter) return this.take(column.name, tile)
    const next = neighbor(column, column.name === item ? tile : 0, step)
    if (next !== undefined) return this.take(column.name, next, SEND_AFTER_MS)
    if (step[0]) this.toLayerBeside(column, tile, step[0])
  }

  toLayerBeside(column, tile, step) {
    const names = [...this.columns.keys()]
    const beside = this.columns.get(names[names.indexOf(column.name) + step])
    if (!beside) return
    const [, top, , height] = cellBox(column, tile)
    const distance = (other) => {
      const [left, y, , h] = cellBox(beside, other)
      return Math.abs(y + h / 2 - top - height / 2) + 1e-3 * step * left
    }
    const tiles = Array.from({ length: beside.tiles }, (_, other) => other)
    const nearest = tiles.reduce((a, b) => (distance(b) < distance(a) ? b : a))
    this.take(beside.name, nearest, SEND_AFTER_MS)
  }

  /** The map or unit with the largest value; of the answers the predicted one. */
  strongest(name) {
    const values = this.values(name)
    if (name === IMAGE) return 0
    let strongest = 0
    for (let i = 0; i < values.length; i++) {
      if (Math.abs(values[i]) > Math.abs(values[strongest])) strongest = i
    }
    const index = this.layers.findIndex((layer) => layer.name === name)
    return strongest % this.layers[index].outputShape.at(-1)
  }

  /** After a choice the detail, which stands below, comes into sight. */
  reveal() {
    setTimeout(() => {
      const detail = document.querySelector(".st-key-inside_detail")
      if (!detail) return
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize)
      const below = detail.getBoundingClientRect().top + DETAIL * rem - window.innerHeight
      const wanted = this.view === ARITHMETIC ? below : Infinity
      const by = Math.min(wanted, this.parent.getBoundingClientRect().top - margin())
      const main = document.querySelector("[data-testid=stMain]")
      if (by > 0) main.scrollBy({ top: by, behavior: "smooth" })
    }, 300)
  }

  // ---- what the pointer is on

  point(event) {
    if (event && event.pointerType !== "mouse") return
    super.point(event)
    this.seek()
    this.magnifier.hidden = !this.pointed || this.breaking.isOpen
    if (!this.magnifier.hidden) this.magnify(event)
  }

  nameOf(name, tile) {
    if (name === IMAGE) return this.words.image
    const { outputShape } = this.layers.find((layer) => layer.name === name)
    const words = outputShape.length === 3 ? this.words.map : this.words.unit
    return filled(words, { layer: name, n: tile })
  }

  /** Of one value: of a map, of the digit, or a unit's. */
  nameOfValue({ column: { name, height, width }, tile, row, across }) {
    if (height === 1 && width === 1) return this.nameOf(name, tile)
    const words = name === IMAGE ? this.words.pixel : this.words["map at"]
    return filled(words, { layer: name, n: tile, row, column: across })
  }

  magnify(event) {
    const { column, tile, row, across } = this.pointed
    const value = this.values(column.name)[(row * column.width + across) * column.tiles + tile]
    const isUnit = column.height === 1 && column.width === 1
    const number = column.name === OUTPUT ? percent(value) : value.toPrecision(3)
    this.value.textContent = `${this.nameOfValue(this.pointed)}: ${number.replace("-", "−")}`
    this.lens.hidden = column.name === OUTPUT
    this.paintLens(isUnit ? UNITS_AROUND : 0)
    // To the left are the values that this one comes from.
    const { left, top } = this.parent.getBoundingClientRect()
    const [x, y] = [event.clientX - left, event.clientY - top]
    const { offsetWidth: width, offsetHeight: height } = this.magnifier
    const { clientWidth, clientHeight, offsetTop } = this.parent
    const sources = this.columns.get(this.sources[0]?.name)?.left ?? x
    const isRoom = x + 24 + width <= clientWidth
    Object.assign(this.magnifier.style, {
      left: `${isRoom ? x + 24 : Math.max(0, sources - 12 - width)}px`,
      top: `${offsetTop + Math.max(0, Math.min(y - height / 2, clientHeight - height))}px`,
    })
  }

  /** The map, or the units around one, enlarged. */
  paintLens(around) {
    const { column, tile, row, across } = this.pointed
    const [left, top, width, height] = cellBox(column, tile)
    this.lens.width = this.lens.height = MAGNIFIED
    const context = this.lens.getContext("2d")
    context.imageSmoothingEnabled = false
    const from = [left - around * width, top - around * height]
    const size = [width, height].map((each) => each * (2 * around + 1))
    const source = [...from, ...size].map((each) => each * this.ratio)
    context.drawImage(this.maps, ...source, 0, 0, MAGNIFIED, MAGNIFIED)
    const cell = MAGNIFIED / (around ? 2 * around + 1 : column.width)
    const at = around ? [around, around] : [across, row]
    outlined(context, [at[0] * cell, at[1] * cell, cell, cell])
  }

  // ---- where a value comes from

  /** Finds the sources of what is pointed at, or else of what is chosen. */
  seek() {
    const { pointed, window: position, chosen } = this
    const isAsked = position && position.layer === chosen.item && position.map === chosen.tile
    const column = this.columns?.get(chosen.item)
    const isUnit = column?.height === 1 && column?.width === 1
    if (this.breaking.isOpen) this.target = undefined
    else if (pointed) {
      const { column: { name }, tile, row, across } = pointed
      this.target = { name, tile, row, across }
    } else if (isAsked) {
      const { layer, map, row, column: across } = position
      this.target = { name: layer, tile: map, row, across }
    } else if (isUnit && this.isDetail) {
      this.target = { name: chosen.item, tile: chosen.tile, row: 0, across: 0 }
    } else this.target = undefined
    this.sources =
      this.target && this.reading
        ? sourcesOf(this.layers, this.reading, this.network, this.target)
        : []
    this.root.dataset.sources = this.sources.length
    this.repaint()
  }

  paintLines() {
    super.paintLines()
    const context = this.over.getContext("2d")
    const column = this.columns.get(this.chosen.item)
    if (column) outlined(context, cellBox(column, this.chosen.tile), 3)
    if (!this.target || !this.sources.length) return
    const end = this.columns.get(this.target.name)
    if (!end) return
    const { tile, row, across } = this.target
    const to = part(end, { tile, top: row, left: across, height: 1, width: 1 })
    const largest = Math.abs(this.sources[0].added ?? 0)
    for (const [rank, source] of this.sources.entries()) {
      const start = this.columns.get(source.name)
      if (!start) continue
      const isMany = source.width === 1 && source.height === 1
      if (rank >= LINES && isMany) break
      const box = part(start, source)
      context.strokeStyle = "rgba(255, 255, 255, 0.75)"
      context.lineWidth = 1
      context.strokeRect(...box)
      if (rank < LINES) join(context, box, to, source.added, largest)
    }
    outlined(context, to)
  }

  paintLine(...line) {
    if (!this.sources?.length) super.paintLine(...line)
  }

  /** A sentence where the network will be, which a slow line brings late. */
  wait() {
    this.waits ??= element(this.parent, "div", "waits", { textContent: this.words.waits })
    this.parent.style.height = `${this.root.clientWidth < NARROW ? NARROW_HEIGHT : height()}px`
  }

  destroy() {
    clearTimeout(this.timer)
    clearTimeout(this.damageTimer)
    window.removeEventListener("look-inside-window", this.onWindow)
    window.removeEventListener("look-inside-pixels", this.onPixels)
    window.removeEventListener("resize", this.onResize)
    super.destroy()
    this.root.remove()
  }
}

/** The next map or unit in a direction; undefined beyond the layer's edge. */
function neighbor({ count, tiles, isAcross }, tile, [right, down]) {
  const [line, position] = [Math.floor(tile / count), tile % count]
  const [lines, positions] = isAcross ? [down, right] : [right, down]
  const next = (line + lines) * count + position + positions
  const isInLine = position + positions >= 0 && position + positions < count
  return isInLine && next >= 0 && next < tiles ? next : undefined
}

/** The box of a window over a map or of a unit. */
function part(column, { tile, top, left, height, width }) {
  const [x, y, w, h] = cellBox(column, tile)
  const [dx, dy] = [w / column.width, h / column.height]
  return [x + left * dx, y + top * dy, width * dx, height * dy]
}

function join(context, [x1, y1, w1, h1], [x2, y2, , h2], added, largest) {
  const size = added === undefined ? 0.3 : largest ? Math.abs(added) / largest : 0
  const color = added === undefined ? "255, 255, 255" : added > 0 ? ADDS : TAKES
  const [a, b] = [x1 + w1, x2]
  const bend = (b - a) / 2
  context.strokeStyle = `rgba(${color}, ${0.3 + 0.6 * size})`
  context.lineWidth = 1 + 3 * size
  context.beginPath()
  context.moveTo(a, y1 + h1 / 2)
  context.bezierCurveTo(a + bend, y1 + h1 / 2, b - bend, y2 + h2 / 2, b, y2 + h2 / 2)
  context.stroke()
}

function outlined(context, [x, y, width, height], line = 2) {
  context.lineWidth = line + 2
  context.strokeStyle = "#0072B2"
  context.strokeRect(x - 1, y - 1, width + 2, height + 2)
  context.lineWidth = line - 0.5
  context.strokeStyle = "#fff"
  context.strokeRect(x - 1, y - 1, width + 2, height + 2)
}

export default function ({ data, parentElement, setStateValue }) {
  let view = views.get(parentElement)
  if (!view) {
    const root = element(parentElement, "div", "overview")
    view = new NetworkOverview(root, element(root, "div", "stage"))
    views.set(parentElement, view)
  }
  view.send = (chosen) => setStateValue("chosen", chosen)
  view.sendDamage = (sent) => setStateValue("damage", sent)
  view.needNumbers = () => setStateValue("needs", "numbers")
  const news = received(view, data)
  if (news) view.receive(news)
  return () => {
    view.destroy()
    views.delete(parentElement)
  }
}
