// How a network came to read a digit: its probabilities, moment by moment, and a mark
// that goes from one to the next. The server hears where it was left.

import { percent } from "../live_reading/words.js"
import { element, filled, received } from "../payload.js"

const [WIDTH, HEIGHT, EDGE] = [1000, 150, 12]
const SEND_AFTER_MS = 250
const DIGITS = 10
const SVG = "http://www.w3.org/2000/svg"
const views = new WeakMap()

const added = (parent, tag, attributes) => {
  const made = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  parent.append(made)
  return made
}

class TimeChart {
  constructor(parentElement) {
    this.root = element(parentElement, "div", "time-chart")
    this.since = element(this.root, "b")
    this.said = element(this.root, "p")
    this.slider = element(this.root, "div", "slider", { tabIndex: 0 })
    this.slider.setAttribute("role", "slider")
    this.svg = document.createElementNS(SVG, "svg")
    this.svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`)
    this.svg.setAttribute("preserveAspectRatio", "none")
    this.svg.ariaHidden = "true"
    this.slider.append(this.svg)
    this.handle = element(this.slider, "div", "handle")
    this.ends = element(this.root, "div", "ends")
    this.slider.onpointerdown = (event) => {
      this.slider.setPointerCapture(event.pointerId)
      this.isDragged = true
      this.drag(event)
    }
    this.slider.onpointermove = (event) => this.isDragged && this.drag(event)
    this.slider.onlostpointercapture = () => {
      this.isDragged = false
      this.settle(0)
    }
    this.slider.onkeydown = (event) => this.key(event)
  }

  show({ heading, floats }) {
    Object.assign(this, heading)
    this.probabilities = floats("probabilities")
    this.last = this.titles.length - 1
    this.svg.textContent = ""
    for (const probability of [0, 0.5, 1]) {
      const y = this.y(probability)
      added(this.svg, "line", { x1: 0, x2: WIDTH, y1: y, y2: y })
    }
    for (let digit = 0; digit < DIGITS; digit++) {
      if (digit !== this.digit) this.line(digit, "")
    }
    this.line(this.digit, "digit")
    // Dots, which scaling would make ellipses: lines of no length with round ends.
    const dots = this.titles.map((_, moment) => this.dot(moment)).join("")
    added(this.svg, "path", { class: "dots", d: dots })
    added(this.svg, "path", { class: "began", d: this.dot(this.began) })
    this.mark = added(this.svg, "line", { class: "mark", y1: 0, y2: HEIGHT })
    this.ends.textContent = ""
    for (const title of [this.titles[0], this.titles[this.last]]) {
      element(this.ends, "span", "", { textContent: title })
    }
    const { slider, words, last } = this
    this.since.textContent = words.since
    slider.setAttribute("aria-label", words.label)
    slider.setAttribute("aria-valuemin", 0)
    slider.setAttribute("aria-valuemax", last)
    this.moveTo(this.isDragged ? Math.min(this.at, last) : this.chosen)
  }

  dot(moment) {
    return `M${this.x(moment)} ${this.y(this.probability(moment, this.digit))}h0`
  }

  line(digit, name) {
    const points = this.titles.map((_, moment) =>
      [this.x(moment), this.y(this.probability(moment, digit))].join(),
    )
    added(this.svg, "polyline", { class: name, points: points.join(" ") })
  }

  x(moment) {
    return EDGE + ((WIDTH - 2 * EDGE) * moment) / Math.max(this.last, 1)
  }

  y(probability) {
    return EDGE + (HEIGHT - 2 * EDGE) * (1 - probability)
  }

  probability(moment, digit) {
    return this.probabilities[DIGITS * moment + digit]
  }

  moveTo(moment) {
    this.at = moment
    const [x, y] = [this.x(moment), this.y(this.probability(moment, this.digit))]
    this.mark.setAttribute("x1", x)
    this.mark.setAttribute("x2", x)
    this.handle.style.left = `${(100 * x) / WIDTH}%`
    this.handle.style.top = `${(100 * y) / HEIGHT}%`
    const probabilities = Array.from({ length: DIGITS }, (_, digit) => this.probability(moment, digit))
    const predicted = probabilities.indexOf(Math.max(...probabilities))
    const words = predicted === this.digit ? this.words.right : this.words.wrong
    this.said.textContent = filled(words, {
      title: this.titles[moment],
      probability: percent(probabilities[this.digit]),
      digit: this.digit,
      predicted,
    })
    this.slider.setAttribute("aria-valuenow", moment)
    this.slider.setAttribute("aria-valuetext", this.said.textContent)
  }

  drag(event) {
    const { left, width } = this.slider.getBoundingClientRect()
    const x = ((event.clientX - left) / width) * WIDTH
    const moment = Math.round(((x - EDGE) / (WIDTH - 2 * EDGE)) * this.last)
    this.moveTo(Math.max(0, Math.min(this.last, moment)))
    this.settle(SEND_AFTER_MS)
  }

  key(event) {
    const to = {
      ArrowLeft: this.at - 1,
      ArrowDown: this.at - 1,
      ArrowRight: this.at + 1,
      ArrowUp: this.at + 1,
      Home: 0,
      End: this.last,
    }[event.key]
    if (to === undefined) return
    event.preventDefault()
    this.moveTo(Math.max(0, Math.min(this.last, to)))
    this.settle(SEND_AFTER_MS)
  }

  settle(wait) {
    clearTimeout(this.timer)
    const { at } = this
    this.timer = setTimeout(() => at !== this.chosen && this.send(at), wait)
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const view = views.get(parentElement) ?? new TimeChart(parentElement)
  views.set(parentElement, view)
  view.send = (moment) => {
    view.chosen = moment
    setTriggerValue("moment", moment)
  }
  const news = received(view, data)
  if (news) view.show(news)
  return () => {
    clearTimeout(view.timer)
    view.root.remove()
    views.delete(parentElement)
  }
}
