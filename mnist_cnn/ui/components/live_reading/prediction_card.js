// One network's prediction: the digit, large, its probabilities as bars, and the 28x28
// pixels that it got.

import { element } from "../payload.js"
import { percent } from "./words.js"

const SECOND_FROM = 0.01

export class PredictionCard {
  constructor(parent, words) {
    this.words = words
    this.root = element(parent, "div", "live-card")
    this.title = element(this.root, "div", "live-title")
    const row = element(this.root, "div", "live-row")
    const prediction = element(row, "div", "live-said")
    this.digit = element(prediction, "div", "live-digit")
    this.confidence = element(prediction, "div", "live-confidence")
    this.second = element(prediction, "div", "live-second")
    this.pixels = element(row, "canvas", "live-pixels", { width: 28, height: 28 })
    this.pixels.setAttribute("role", "img")
    this.pixels.setAttribute("aria-label", words.pixels)
    this.bars = element(row, "div", "live-bars")
    this.bars.setAttribute("role", "img")
    this.fills = Array.from({ length: 10 }, (_, digit) => {
      const bar = element(this.bars, "div", "live-bar")
      const track = element(bar, "div", "live-track")
      const percentage = element(track, "div", "live-percent")
      const fill = element(track, "div", "live-fill")
      element(bar, "div", "live-class", { textContent: digit })
      return { bar, fill, percentage }
    })
  }

  show({ pixels, probabilities, isEmpty, digits = [] }, title) {
    const best = probabilities.indexOf(Math.max(...probabilities))
    this.title.textContent = title
    this.title.hidden = !title
    const predicted = digits.length
      ? digits.map((each) => bestOf(each.probabilities)).join("")
      : best
    this.digit.textContent = isEmpty ? "?" : predicted
    this.digit.style.setProperty("--digits", digits.length || 1)
    this.confidence.textContent = isEmpty || digits.length ? "" : percent(probabilities[best])
    const second = bestOf(probabilities, best)
    const isSaid = !isEmpty && !digits.length && probabilities[second] >= SECOND_FROM
    this.second.textContent = isSaid
      ? this.words.second
          .replace("{digit}", second)
          .replace("{confidence}", percent(probabilities[second]))
      : ""
    paintGray(this.pixels, { values: pixels, width: 28, height: 28 })
    this.fills.forEach(({ bar, fill, percentage }, digit) => {
      const value = isEmpty ? 0 : probabilities[digit]
      bar.classList.toggle("live-best", !isEmpty && digit === best)
      fill.style.height = `${100 * value}%`
      percentage.textContent = value >= 0.005 ? `${Math.round(100 * value)}` : ""
    })
    this.bars.setAttribute("aria-label", isEmpty ? this.words.nothing : inWords(probabilities))
  }
}

/** Values from 0 to 1 as gray levels, one pixel each: CSS makes them larger. */
export function paintGray(canvas, { values, width, height }) {
  const context = canvas.getContext("2d")
  const image = context.createImageData(width, height)
  for (let i = 0; i < width * height; i++) {
    image.data.fill(255 * values[i], 4 * i, 4 * i + 3)
    image.data[4 * i + 3] = 255
  }
  context.putImageData(image, 0, 0)
}

export function bestOf(probabilities, without) {
  let best = without === 0 ? 1 : 0
  probabilities.forEach((value, digit) => {
    if (digit !== without && value > probabilities[best]) best = digit
  })
  return best
}

const inWords = (probabilities) =>
  [...probabilities.keys()]
    .sort((one, other) => probabilities[other] - probabilities[one])
    .map((digit) => `${digit}: ${percent(probabilities[digit])}`)
    .join(", ")
