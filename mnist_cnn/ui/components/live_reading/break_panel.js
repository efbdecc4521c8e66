// Breaks the network that a living network shows: a pointer silences maps and units, and
// a panel has the rest of the damage. What follows from it is for others to compute.

import { element, filled } from "../payload.js"
import { isDamaged, isSilenceable, WHOLE, withSilent } from "../browser_network/damage.js"
import { cellAt } from "./network_layout.js"

const BIT_STEPS = [null, 8, 4, 2, 1]
const STEP = 3 // pixels: a quick drag leaves out no map and few units

export class BreakPanel {
  /**
   * @param {HTMLElement} parent of the panel, which is there while something is broken.
   * @param {HTMLElement} line says what is still read.
   * @param {LivingNetwork} network
   * @param {object} words
   * @param {(damage: Damage) => void} onDamage hears of each change by this person.
   */
  constructor(parent, line, network, words, onDamage) {
    Object.assign(this, { line, network, words, onDamage, damage: WHOLE })
    this.button = element(parent, "button", "break-it live-button", { type: "button" })
    this.button.onclick = () => (this.isOpen ? this.mend() : this.open())
    this.panel = element(parent, "div", "break-panel", { hidden: true })
    const silence = element(this.panel, "div", "break-silence")
    this.name = element(silence, "span")
    this.only = this.addButton(silence, words.only, ({ tile }) => [tile])
    this.others = this.addButton(silence, words.others, ({ tile, tiles }) =>
      Array.from({ length: tiles }, (_, each) => each).filter((each) => each !== tile),
    )
    this.all = element(silence, "button", "", { type: "button", textContent: words.all })
    this.all.onclick = () => this.change({ ...this.damage, without: {} })
    const sliders = element(this.panel, "div", "break-sliders")
    this.noise = this.addSlider(sliders, words.noise, { max: 200, step: 5 })
    this.bits = this.addSlider(sliders, words.bits, { max: BIT_STEPS.length - 1, step: 1 })
    const biases = element(sliders, "label")
    this.biases = element(biases, "input", "", { type: "checkbox" })
    this.biases.onchange = () => this.slide()
    element(biases, "span", "", { textContent: words.biases })
    this.listen(network.over)
    this.refresh()
  }

  addButton(parent, textContent, silent) {
    const button = element(parent, "button", "", { type: "button", textContent })
    button.onclick = () => {
      const { layer } = this.touched
      this.change(withSilent(this.damage, layer, silent(this.touched)))
    }
    return button
  }

  addSlider(parent, textContent, range) {
    const label = element(parent, "label")
    element(label, "span", "", { textContent })
    const input = element(label, "input", "", { type: "range", min: 0, value: 0, ...range })
    input.oninput = () => this.slide()
    input.shown = element(label, "output")
    return input
  }

  // ---- the pointer

  /** A click or a tap on a map; a mouse that is dragged goes on with what it began. */
  listen(over) {
    let silences, last
    const goOn = (event) => {
      if (!this.isOpen || event.pointerType === "touch" || !(event.buttons & 1)) {
        silences = last = undefined
        return
      }
      const cells = this.cellsBetween(last ?? event, event)
      last = event
      if (!cells.length) return
      silences ??= !this.isSilent(cells[0])
      this.silence(cells, silences)
    }
    for (const type of ["pointerdown", "pointermove", "pointerup"]) {
      over.addEventListener(type, goOn)
    }
    const tap = (event) => {
      if (!this.isOpen) return
      event.stopImmediatePropagation() // it opens nothing
      const cell = event.pointerType === "touch" && this.cellNear(event)
      if (cell) this.silence([cell], !this.isSilent(cell))
    }
    over.addEventListener("click", tap, { capture: true })
  }

  /** {layer, tile, tiles} at a pointer; undefined where nothing can be silent. */
  cellAt({ clientX, clientY }) {
    const { columns, over } = this.network
    if (!this.isOpen || !columns) return undefined
    const { left, top } = over.getBoundingClientRect()
    const found = cellAt(columns, clientX - left, clientY - top)
    const layer = found?.column.name
    const tiles = found?.column.tiles
    return found && isSilenceable(layer, tiles)
      ? { layer, tile: found.tile, tiles }
      : undefined
  }

  /** What a finger means, which is wider than a map is high. */
  cellNear({ clientX, clientY }) {
    const tried = [0, -6, 6, -12, 12].map((off) => this.cellAt({ clientX, clientY: clientY + off }))
    return tried.find(Boolean)
  }

  cellsBetween(from, to) {
    const [dx, dy] = [to.clientX - from.clientX, to.clientY - from.clientY]
    const steps = Math.max(1, Math.ceil(Math.hypot(dx, dy) / STEP))
    return Array.from({ length: steps }, (_, step) => {
      const fraction = (step + 1) / steps
      const at = { clientX: from.clientX + dx * fraction, clientY: from.clientY + dy * fraction }
      return this.cellAt(at)
    }).filter(Boolean)
  }

  // ---- the damage

  isSilent({ layer, tile }) {
    return this.damage.without[layer]?.includes(tile) ?? false
  }

  /** Lets maps and units be silent or speak. */
  silence(cells, silences) {
    let { damage } = this
    for (const { layer, tile } of cells) {
      const channels = new Set(damage.without[layer])
      if (channels.has(tile) === silences) continue
      if (silences) channels.add(tile)
      else channels.delete(tile)
      damage = withSilent(damage, layer, channels)
    }
    this.touched = cells.at(-1) ?? this.touched
    if (damage !== this.damage) this.change(damage)
  }

  toggle(layer, tile) {
    const { tiles } = this.sizeOf(layer)
    const cell = { layer, tile, tiles }
    if (isSilenceable(layer, tiles)) this.silence([cell], !this.isSilent(cell))
  }

  slide() {
    const noise = Number(this.noise.value) / 100
    const bits = BIT_STEPS[this.bits.value]
    this.change({ ...this.damage, noise, bits, zeroBiases: this.biases.checked })
  }

  change(damage) {
    this.damage = damage
    this.refresh()
    this.onDamage(damage)
  }

  /** Takes damage from elsewhere: a link, the browser's Back. */
  take(damage) {
    if (JSON.stringify(damage) === JSON.stringify(this.damage)) return
    this.damage = damage
    this.isOpen = isDamaged(damage)
    this.refresh()
  }

  /** Panel and network come into sight together. */
  open() {
    this.isOpen = true
    this.refresh()
    const both = this.network.parent.parentElement
    setTimeout(() => both.scrollIntoView({ block: "nearest", behavior: "smooth" }), 100)
  }

  mend() {
    this.isOpen = false
    this.touched = undefined
    this.change(WHOLE)
  }

  // ---- what is shown

  refresh() {
    const { words, damage, touched, isOpen } = this
    this.button.textContent = isOpen ? words.mend : words.break
    this.button.ariaPressed = Boolean(isOpen)
    this.panel.hidden = !isOpen
    this.network.parent.classList.toggle("living-breaks", Boolean(isOpen))
    this.network.silent = damage.without
    this.network.repaint()
    this.noise.value = 100 * damage.noise
    this.noise.shown.textContent = `${Math.round(100 * damage.noise)}%`
    this.bits.value = BIT_STEPS.indexOf(damage.bits)
    this.bits.shown.textContent = damage.bits ?? 32
    this.biases.checked = damage.zeroBiases
    this.only.disabled = this.others.disabled = !touched
    this.all.disabled = !Object.keys(damage.without).length
    this.name.textContent = touched
      ? filled(this.sizeOf(touched.layer).isMap ? words.map : words.unit, {
          layer: touched.layer,
          n: touched.tile,
        })
      : matchMedia("(pointer: coarse)").matches
        ? words.tap
        : words.hint
    this.tell()
  }

  /**
   * Says what is still read.
   * @param {{read: string, whole: string}} [reading] digits as the broken and as the
   *   whole network reads them; "" if there are none
   */
  tell(reading = this.reading ?? { read: "", whole: "" }) {
    this.reading = reading
    const { words, damage } = this
    const { read, whole } = reading
    const layers = Object.entries(damage.without)
    const silent = layers.reduce((sum, [, channels]) => sum + channels.length, 0)
    const columns = layers.map(([layer]) => this.sizeOf(layer))
    const all = columns.reduce((sum, { tiles }) => sum + tiles, 0)
    const kind = !silent
      ? "weights"
      : layers.length > 1
        ? "parts"
        : columns[0].isMap
          ? "maps"
          : "units"
    const text = !isDamaged(damage) || !read ? "" : read === whole ? "still" : "lost"
    const said = text && words[`${text} ${kind}`]
    const layer = layers[0]?.[0]
    this.line.hidden = !this.isOpen
    this.line.textContent = said
      ? filled(said, { digit: whole, other: read, silent, all, layer })
      : words.start
  }

  sizeOf(layer) {
    const shape = this.network.reading?.activations.get(layer)?.shape ?? [0]
    return { tiles: shape.at(-1), isMap: shape.length === 3 }
  }
}

