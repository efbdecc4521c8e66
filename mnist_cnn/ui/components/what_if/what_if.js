// The drawing follows the sliders, and with it the answer and the whole overview: the
// browser reads while they move, and the server hears of it when they rest.

import { percent } from "../live_reading/words.js"
import { networkInPage } from "../browser_network/network_in_page.js"
import { element, received } from "../payload.js"
import { changed } from "./change.js"

const WITHOUT_NETWORK_MS = 60
const views = new WeakMap()

const mount = (parentElement) => {
  const root = element(parentElement, "div", "what-if")
  const view = { root, sliders: element(root, "div", "sliders"), fields: {} }
  const digit = element(root, "div", "digit")
  view.answer = element(digit, "div", "answer")
  view.answer.setAttribute("role", "status")
  view.canvas = element(digit, "canvas", "", { width: 28, height: 28 })
  view.canvas.setAttribute("role", "img")
  view.bars = Array.from({ length: 10 }, (_, each) => {
    view.list ??= element(root, "div", "bars")
    const bar = element(view.list, "div", "bar")
    element(bar, "span", "name", { textContent: each })
    const fill = element(element(bar, "span", "track"), "span", "fill")
    return { fill, percentage: element(bar, "span", "percentage") }
  })
  views.set(parentElement, view)
  return view
}

const addSliders = (view, { sliders, change, words }) => {
  for (const { name, title, low, high, step } of sliders) {
    const label = element(view.sliders, "label")
    element(label, "span", "", { textContent: title })
    const input = element(label, "input", "", { type: "range", min: low, max: high, step })
    const shown = element(label, "output")
    input.value = change[name]
    input.oninput = () => follow(view)
    input.onchange = () => settle(view)
    view.fields[name] = { input, shown }
  }
  const undo = element(view.sliders, "button", "", { type: "button" })
  undo.textContent = words.undo
  undo.onclick = () => {
    for (const { name, neutral } of sliders) view.fields[name].input.value = neutral
    draw(view)
    settle(view)
  }
}

const changeNow = (view) =>
  Object.fromEntries(
    Object.entries(view.fields).map(([name, { input }]) => [name, Number(input.value)]),
  )

const settle = (view) => {
  clearTimeout(view.timer)
  view.send(changeNow(view))
}

// Where the browser cannot read, the server does so on the way.
const follow = (view) => {
  draw(view)
  clearTimeout(view.timer)
  if (!view.network) view.timer = setTimeout(() => settle(view), WITHOUT_NETWORK_MS)
}

const draw = (view) => {
  const change = changeNow(view)
  const pixels = changed(view.pixels, change)
  for (const { input, shown } of Object.values(view.fields)) {
    shown.textContent = input.value.replace("-", "−")
  }
  const context = view.canvas.getContext("2d")
  const image = context.createImageData(28, 28)
  pixels.forEach((value, pixel) => {
    image.data.set([255 * value, 255 * value, 255 * value, 255], 4 * pixel)
  })
  context.putImageData(image, 0, 0)
  const isOld = !view.network && JSON.stringify(change) !== JSON.stringify(view.change)
  view.root.classList.toggle("old", isOld) // its answer is on the way
  const probabilities = view.network
    ? view.network.forward(pixels).probabilities
    : view.probabilities
  const best = probabilities.indexOf(Math.max(...probabilities))
  view.answer.textContent = `${best} · ${percent(probabilities[best])}`
  view.root.dataset.digit = best
  view.bars.forEach(({ fill, percentage }, digit) => {
    fill.style.width = `${100 * probabilities[digit]}%`
    percentage.textContent = percent(probabilities[digit])
  })
  window.dispatchEvent(new CustomEvent("look-inside-pixels", { detail: pixels }))
}

const show = async (view, { heading, floats, isNewest }) => {
  view.canvas.setAttribute("aria-label", heading.words.digit)
  const network =
    heading.network && (await networkInPage(heading.network).catch(() => undefined))
  if (!isNewest()) return
  Object.assign(view, {
    network: network?.damaged(heading.damage),
    change: heading.change,
  })
  view.pixels = floats("pixels")
  view.probabilities = floats("probabilities")
  if (!view.sliders.children.length) addSliders(view, heading)
  draw(view)
}

export default function ({ data, parentElement, setStateValue }) {
  const view = views.get(parentElement) ?? mount(parentElement)
  view.send = (change) => setStateValue("change", change)
  const news = received(view, data)
  if (news) show(view, news)
  return () => {
    clearTimeout(view.timer)
    window.dispatchEvent(new CustomEvent("look-inside-pixels"))
    view.root.remove()
    views.delete(parentElement)
  }
}
