// One layer's arithmetic at one place. Everything was sent once: moving the window by
// click, drag, arrow keys, slider or play asks the server nothing.

import { painted } from "../painting.js"
import { element, received } from "../payload.js"
import { addedPictures, step } from "./window_arithmetic.js"
import { draw } from "./window_drawing.js"

const scrubbers = new WeakMap()
const ONE_RUN_MS = 20000

const go = (view, row, column) => {
  view.row = Math.max(0, Math.min(view.out[0] - 1, Math.floor(row)))
  view.column = Math.max(0, Math.min(view.out[1] - 1, Math.floor(column)))
  view.positions[view.layer] = [view.row, view.column]
  view.again ??= requestAnimationFrame(() => {
    view.again = undefined
    draw(view)
  })
}

const stop = (view) => {
  clearInterval(view.playing)
  view.playing = undefined
  view.sum.setAttribute("aria-live", "polite")
  view.play.textContent = `▶ ${view.words.play}`
}

const play = (view) => {
  if (view.playing) return stop(view)
  const positions = view.out[0] * view.out[1]
  if (view.row * view.out[1] + view.column === positions - 1) go(view, 0, 0)
  view.sum.setAttribute("aria-live", "off")
  view.play.textContent = `⏸ ${view.words.pause}`
  const wait = Math.max(30, Math.min(400, ONE_RUN_MS / positions))
  view.playing = setInterval(() => {
    const next = view.row * view.out[1] + view.column + 1
    if (next >= positions) stop(view)
    else go(view, next / view.out[1], next % view.out[1])
  }, wait)
}

const draggable = (canvas, moveTo) => {
  const follow = (event) => {
    const box = canvas.getBoundingClientRect()
    moveTo(event.clientX - box.left, event.clientY - box.top)
  }
  canvas.onpointerdown = (event) => {
    canvas.setPointerCapture(event.pointerId)
    follow(event)
  }
  canvas.onpointermove = (event) => {
    if (canvas.hasPointerCapture(event.pointerId)) follow(event)
  }
}

const onKey = (view, event) => {
  const moves = {
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
  }
  if (event.key === " ") play(view)
  else if (moves[event.key]) {
    stop(view)
    const [rows, columns] = moves[event.key]
    go(view, view.row + rows, view.column + columns)
  } else return
  event.preventDefault()
}

const figure = (parent, className) => {
  const made = element(parent, "figure", className)
  const canvas = element(made, "canvas")
  canvas.setAttribute("role", "img")
  return [made, canvas, element(made, "figcaption")]
}

const matrix = (view, title, operator) => {
  if (operator) element(view.numbers, "span", "operator", { textContent: operator })
  const made = element(view.numbers, "figure", "matrix")
  element(made, "figcaption", "", { textContent: title })
  const cells = element(made, "div", "cells")
  return Array.from({ length: view.size ** 2 }, () => element(cells, "div", "cell"))
}

const mount = (parentElement) => {
  const root = element(parentElement, "div", "scrubber")
  const view = { root, positions: {} }
  const row = element(root, "div", "pictures")
  ;[view.seenFigure, view.seenCanvas, view.seenCaption] = figure(row, "seen")
  ;[view.inputFigure, view.inputCanvas, view.inputCaption] = figure(row, "input")
  view.numbers = element(row, "div", "numbers")
  ;[view.outputFigure, view.outputCanvas, view.outputCaption] = figure(row, "output")
  const said = element(row, "div", "said")
  view.sum = element(said, "p", "sum")
  view.outputCanvas.tabIndex = 0
  view.outputCanvas.setAttribute("role", "application")
  view.outputCanvas.onkeydown = (event) => onKey(view, event)
  draggable(view.outputCanvas, (x, y) => {
    stop(view)
    go(view, y / view.outputCell, x / view.outputCell)
  })
  draggable(view.inputCanvas, (x, y) => {
    stop(view)
    const half = view.kind === "conv" ? (view.size - 1) / 2 : 0
    go(
      view,
      (y / view.inputCell - half) / view.stride,
      (x / view.inputCell - half) / view.stride,
    )
  })
  const controls = element(said, "div", "controls")
  view.play = element(controls, "button", "play", { type: "button" })
  view.play.onclick = () => play(view)
  view.sliders = {}
  view.sliderNames = {}
  for (const name of ["row", "column"]) {
    const label = element(controls, "label")
    view.sliderNames[name] = element(label, "span")
    const slider = element(label, "input", "", { type: "range", min: 0 })
    slider.oninput = () => {
      stop(view)
      go(view, Number(view.sliders.row.value), Number(view.sliders.column.value))
    }
    view.sliders[name] = slider
    element(label, "span", "value")
  }
  view.channelsTitle = element(root, "p", "channels-title")
  view.channels = element(root, "div", "channels")
  view.resizes = new ResizeObserver(() => {
    if (view.activation && root.clientWidth) draw(view)
  })
  view.resizes.observe(root)
  scrubbers.set(parentElement, view)
  return view
}

const show = (view, { heading, floats }) => {
  Object.assign(view, heading)
  view.inputs = floats("inputs")
  view.kernel = floats("kernel")
  view.activation = floats("activation")
  const [height, width, channels] = view.in
  const area = height * width
  const maps = Array.from({ length: channels }, (_, c) =>
    view.inputs.subarray(c * area, (c + 1) * area),
  )
  view.inputPictures = maps.map((map) =>
    painted(map, height, width, view.limits.input),
  )
  view.digitPicture = painted(floats("digit"), 28, 28, 1)
  view.outputPicture = painted(view.activation, ...view.out, view.limits.output)
  view.seenFigure.hidden = Boolean(view.input_is_digit)
  view.play.disabled = view.out[0] * view.out[1] < 2
  view.sliderNames.row.textContent = view.words.row
  view.sliderNames.column.textContent = view.words.column
  stop(view)
  view.numbers.textContent = ""
  view.patchCells = matrix(view, view.words.patch)
  if (view.kind === "conv") {
    view.kernelCells = matrix(view, view.words.kernel, "×")
    view.productCells = matrix(view, view.words.products, "=")
  }
  view.numbers.hidden = view.size < 2 && view.kind !== "conv"
  view.channels.textContent = ""
  const several = view.kind === "conv" && channels > 1
  view.channelsTitle.textContent = several ? view.words.channels : ""
  view.added = several ? addedPictures(view) : []
  view.channelButtons = Array.from({ length: several ? channels : 0 }, () => {
    const button = element(view.channels, "button", "channel", { type: "button" })
    element(button, "canvas").ariaHidden = "true"
    element(button, "span", "name")
    element(element(button, "span", "half"), "i")
    element(button, "span", "value")
    button.onclick = () => {
      view.channel = Number(button.dataset.channel)
      draw(view)
    }
    return button
  })
  ;[view.row, view.column] = view.positions[view.layer] ?? view.start
  view.channel = 0
  if (several) view.channel = step(view).order[0]
  Object.assign(view.root.dataset, { layer: view.layer, map: view.map })
  draw(view)
}

export default function ({ data, parentElement }) {
  const view = scrubbers.get(parentElement) ?? mount(parentElement)
  const news = received(view, data)
  if (news) show(view, news)
  return () => {
    stop(view)
    view.resizes.disconnect()
    cancelAnimationFrame(view.again)
    window.dispatchEvent(new CustomEvent("look-inside-window"))
    view.root.remove()
    scrubbers.delete(parentElement)
  }
}
