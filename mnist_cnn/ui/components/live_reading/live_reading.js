// The reading that follows the pen: it takes the drawing from the canvas at every frame,
// lets a worker read it, and shows the answer and the network that gave it.

import { BreakPanel } from "./break_panel.js"
import { PredictionCard, bestOf, paintGray } from "./prediction_card.js"
import { WHOLE } from "../browser_network/damage.js"
import { DrawingCanvas } from "./drawing_canvas.js"
import { keptDrawing } from "./kept_drawing.js"
import { LivingNetwork } from "./living_network.js"
import { Reader } from "../browser_network/reader.js"
import { element } from "../payload.js"
import { percent } from "./words.js"

const UNSURE = 0.6
const SEND_AFTER_MS = 300
const BLANK = new Float32Array(784)
const MIN_ROOM = 200 // pixels in height for the network
const MIN_BELOW_EACH_OTHER = 420 // if its layers are
const HEADER = 60 // pixels of a phone's line with buttons, and below the network
const views = new WeakMap()
// For as long as the page is open: weights are loaded once, whatever is looked at.
const readers = (window.mnistReaders ??= {})

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const view = views.get(parentElement) ?? new LiveReading(parentElement, data)
  views.set(parentElement, view)
  view.update(data, setStateValue)
  const kept = keptDrawing()
  // By itself: what other parts of the page send at first belongs to other fragments.
  if (kept) setTimeout(() => setTriggerValue("drawing", kept))
  return () => {
    views.get(parentElement)?.destroy()
    views.delete(parentElement)
  }
}

export class LiveReading {
  constructor(parentElement, { words }) {
    this.words = words
    this.cards = new Map()
    this.root = element(parentElement, "div", "live")
    this.section = element(this.root, "section", "live-reading")
    this.section.dataset.testid = "live-reading"
    this.answers = element(this.section, "div", "live-answers")
    this.several = element(this.section, "div", "live-number")
    const below = element(this.section, "div", "live-below")
    this.note = element(below, "p", "live-note")
    this.note.setAttribute("role", "status")
    this.note.dataset.isUsual = ""
    const network = element(this.root, "section", "live-network")
    const breaking = element(network, "div", "live-break")
    this.stage = element(network, "div", "living")
    this.network = new LivingNetwork(this.stage, words.network)
    this.network.onAnswer = (digit) => {
      this.asked = digit
      this.again()
    }
    const line = element(below, "p", "live-note")
    line.setAttribute("role", "status")
    const broken = (damage) => {
      this.again()
      this.tellDamage(damage)
    }
    this.breaking = new BreakPanel(breaking, line, this.network, words.break, broken)
    below.append(this.breaking.button)
    this.full = element(below, "button", "live-button", { type: "button" })
    this.full.onclick = () => this.fillScreen()
    this.full.textContent = words.full
    this.steps = element(this.root, "section", "live-steps")
    this.onResize = () => this.fitStage()
    window.addEventListener("resize", this.onResize)
    this.grows = new ResizeObserver(this.onResize)
    this.grows.observe(this.section)
    this.grows.observe(breaking)
    this.onFullscreen = () => document.fullscreenElement || this.leaveScreen()
    this.onKey = ({ key }) => key === "Escape" && this.leaveScreen()
    document.addEventListener("fullscreenchange", this.onFullscreen)
    document.addEventListener("keydown", this.onKey)
  }

  destroy() {
    this.leaveScreen()
    clearTimeout(this.timer)
    window.removeEventListener("resize", this.onResize)
    this.grows.disconnect()
    document.removeEventListener("fullscreenchange", this.onFullscreen)
    document.removeEventListener("keydown", this.onKey)
    this.canvas?.destroy()
    this.network.destroy()
    this.root.remove()
    for (const reader of Object.values(readers)) reader.listeners = silent
  }

  update(data, setStateValue) {
    this.data = data
    this.tell = (state) => {
      if (this.told !== state) setStateValue("reads", state)
      this.told = state
    }
    this.sendDamage = (sent) => setStateValue("damage", sent)
    this.takeDamage(data.damage)
    this.root.toggleAttribute("data-is-answered", Boolean(data.answered))
    this.watch()
    if (!data.networks.length) return // the server reads
    try {
      this.listen(this.reader("prepare"))
      if (data.resized) this.listen(this.reader("resize"))
      this.again()
    } catch (error) {
      console.warn("No worker here: the server reads.", error)
      this.tell("never")
    }
  }

  reader(way) {
    const { networks, worker } = this.data
    readers[way] ??= new Reader(addressOf(worker), way === "resize")
    readers[way].use(networks.map(({ key, url }) => ({ key, url: addressOf(url) })))
    return readers[way]
  }

  listen(reader) {
    reader.listeners = {
      ready: () => this.again(),
      failed: () => reader.keys.length || this.tell("never"),
      reading: (reading, asked) => this.hear(reading, asked, reader),
    }
  }

  /** Each change has a number: an answer to an older one does not undo a newer one. */
  tellDamage(damage) {
    this.changes = (this.changes ?? 0) + 1
    const sent = { damage, number: this.changes }
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.sendDamage(sent), SEND_AFTER_MS)
  }

  takeDamage({ damage, number } = { damage: WHOLE, number: 0 }) {
    if (number < (this.changes ?? 0)) return
    this.changes = number
    this.breaking.take(damage)
  }

  /** The canvas, unless the digit comes otherwise. */
  watch() {
    const place = this.board?.querySelector(".st-key-live_canvas")
    if (!this.data.follows || this.place !== place) {
      this.canvas?.destroy()
      this.canvas = this.place = this.drawing = undefined
    }
    if (!this.data.follows || !place || this.canvas) return
    this.place = place
    this.canvas = new DrawingCanvas(place, this.words.hint, (drawing, isResting) => {
      this.drawing = drawing
      this.isResting = isResting
      this.again()
    })
  }

  again() {
    const { follows, networks, resized } = this.data
    const digit = this.asked
    const { damage } = this.breaking
    if (!networks.length || !readers.prepare) return
    if (!follows) {
      const [prepared, onlyResized] = this.data.digit.map((it) => Float32Array.from(it))
      readers.prepare.read({ pixels: prepared ?? BLANK, digit, damage })
      if (resized) readers.resize.read({ pixels: onlyResized ?? BLANK, damage })
    } else if (this.drawing) {
      const withSteps = this.isResting
      readers.prepare.read({ ...this.drawing, withSteps, digit, damage })
      if (resized) readers.resize.read({ ...this.drawing, damage })
    }
  }

  hear(heard, asked, reader) {
    const isEmpty = heard.isEmpty || (!this.data.follows && !this.data.digit.length)
    const reading = { ...heard, isEmpty }
    const way = reader.onlyResize ? "resize" : "prepare"
    const { number } = reading
    const isMain = way === "prepare" && number === 0
    this.card(way, reading, number)
    if (!isMain) return
    if (!document.hidden) this.network.show(reading)
    this.report(reading)
    this.showNumber(reading)
    this.say(reading)
    if (asked.withSteps || reading.isEmpty) this.showSteps(reading)
    if (this.root.dataset.isReading === undefined) {
      this.root.dataset.isReading = ""
      this.fitStage()
    }
    this.tell("yes")
  }

  report({ pixels, probabilities, isEmpty, digits = [], whole = "" }) {
    const { dataset } = this.section
    const rounded = (values) => `[${Array.from(values, (v) => +v.toFixed(4)).join(",")}]`
    dataset.pixels = rounded(pixels)
    dataset.probabilities = isEmpty ? "[]" : rounded(probabilities)
    const read = digits.map((digit) => bestOf(digit.probabilities)).join("")
    dataset.digit = isEmpty ? "" : read || bestOf(probabilities)
    dataset.isOneDigit = !isEmpty && digits.length < 2
    this.breaking.tell({ read: dataset.digit, whole })
  }

  card(way, reading, number) {
    const { networks, resized, words } = this.data
    const key = `${way}/${number}`
    if (!this.cards.has(key)) {
      const card = new PredictionCard(this.answers, this.words)
      card.root.style.order = (way === "resize" ? 10 : 0) + number
      if (key === "prepare/0") card.digit.dataset.testid = "live-answer"
      this.cards.set(key, card)
    }
    for (const [shown, card] of this.cards) {
      const [itsWay, itsNumber] = shown.split("/")
      const isGone = (itsWay === "resize" && !resized) || itsNumber >= networks.length
      if (!isGone) continue
      card.root.remove()
      this.cards.delete(shown)
    }
    const name = networks.length > 1 ? networks[number].title : ""
    const prepared = way === "resize" ? words.resized : resized ? words.prepared : ""
    const title = [name, prepared].filter(Boolean).join(" · ")
    this.cards.get(key)?.show(reading, title)
    this.section.dataset.cards = this.cards.size
  }

  showNumber({ digits = [] }) {
    this.several.hidden = digits.length < 2
    this.several.textContent = ""
    for (const { pixels, probabilities } of digits.length < 2 ? [] : digits) {
      const box = element(this.several, "figure")
      const canvas = element(box, "canvas", "live-pixels", { width: 28, height: 28 })
      paintGray(canvas, { values: pixels, width: 28, height: 28 })
      const best = bestOf(probabilities)
      const textContent = `${best}: ${percent(probabilities[best])}`
      element(box, "figcaption", "", { textContent })
    }
  }

  say({ isEmpty, probabilities, digits = [] }) {
    if (!this.isResting && !this.data.digit.length) return
    const { words, note, follows, resized } = this.data
    const best = Math.max(...probabilities)
    let text = `${note} ${words.always}`
    if (isEmpty) text = follows ? words.nothing : ""
    else if (resized && follows) text = words.corner
    else if (digits.length > 1) text = words.several.replace("{count}", digits.length)
    else if (best < UNSURE) text = words.unsure.replace("{confidence}", percent(best))
    if (this.note.textContent !== text.trim()) this.note.textContent = text.trim()
  }

  showSteps({ isEmpty, digits = [], steps = [] }) {
    this.steps.textContent = ""
    if (isEmpty || digits.length > 1 || !steps.length) return
    element(this.steps, "h2", "", { textContent: this.words.steps })
    const strip = element(this.steps, "div", "live-strip")
    steps.forEach(({ name, picture, values }, index) => {
      const { width, height } = picture
      const figure = element(strip, "figure")
      const canvas = element(figure, "canvas", "live-step", { width, height })
      canvas.classList.toggle("live-pixels", Math.max(width, height) <= 28)
      canvas.style.aspectRatio = `${width} / ${height}`
      paintGray(canvas, picture)
      const words = element(figure, "figcaption")
      element(words, "b", "", { textContent: `${index + 1}. ${this.words[name]}` })
      element(words, "span", "", { textContent: this.sentence(name, values) })
    })
  }

  sentence(name, values) {
    const { ground, isWider } = values
    const kind = isWider === undefined ? (ground ?? "") : isWider ? "wider" : "thinner"
    return (this.words[`${name}: ${kind}`] ?? "").replace(/\{(\w+)\}/g, (_, value) =>
      Number.isInteger(values[value]) ? values[value] : values[value].toFixed(1),
    )
  }

  /** The network takes what is left of the window's height. */
  fitStage() {
    const { top, width } = this.stage.getBoundingClientRect()
    const scrolled = this.stage.closest("[data-testid=stMain]")?.scrollTop ?? 0
    const isWhole = this.board?.classList.contains("live-whole")
    const room = window.innerHeight - top - (isWhole ? 0 : scrolled) - 16
    // A narrow one shows a layer below the other, for which it must be high.
    const isNarrow = width < 400
    const fits = room >= MIN_ROOM && (isWhole || !isNarrow || room >= 1.3 * width)
    // Where one has to scroll, it is seen whole, and with what breaks it.
    const whole = window.innerHeight - HEADER - this.stage.previousSibling.offsetHeight
    const least = isNarrow ? MIN_BELOW_EACH_OTHER : MIN_ROOM
    const height = fits ? room : Math.max(least, Math.min(1.4 * width, whole))
    this.stage.style.height = `${Math.round(height)}px`
  }

  get board() {
    return this.root.closest(".st-key-live_board")
  }

  fillScreen() {
    if (this.board.classList.contains("live-whole")) {
      this.leaveScreen()
      return
    }
    this.board.classList.add("live-whole")
    // Streamlit tells its colors to components only.
    const ground = getComputedStyle(this.root).getPropertyValue("--st-background-color")
    this.board.style.setProperty("--ground", ground)
    // A phone without it still gets the whole window.
    this.board.requestFullscreen?.().catch(() => {})
    this.nameFull()
  }

  leaveScreen() {
    const whole = document.fullscreenElement
    if (whole && whole === this.board) document.exitFullscreen()
    this.board?.classList.remove("live-whole")
    this.nameFull()
  }

  nameFull() {
    const isWhole = this.board?.classList.contains("live-whole")
    this.full.textContent = isWhole ? this.words.leave : this.words.full
    this.fitStage()
  }
}

const silent = { ready() {}, failed() {}, reading() {} }

// Below server.baseUrlPath, too.
const addressOf = (url) => new URL(url, document.baseURI).href
