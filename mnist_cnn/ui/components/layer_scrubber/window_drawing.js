// Draws a window's place: on the digit, the input and the result, and its numbers.

import { colorOf, fixed, framed, hatched, isBright, prepared } from "../painting.js"
import { filled } from "../payload.js"
import { step } from "./window_arithmetic.js"

const HIGHEST = 0.28 // of the window: the overview stands above
const WIDEST_PICTURE = 420
const NARROWEST_PICTURE = 90
const WIDEST_CELL = 84
const BESIDE = 20 // pixels between two pictures
const SMALLEST_NUMBER = 12
const DECIMALS_FROM = 27 // pixels a cell
const OPERATORS = 60 // pixels for × and =, and what is between
const THUMB = 42
const NUMBERS_UP_TO = 7

const drawSeen = (view) => {
  const { side } = view
  const scale = side / 28
  const context = prepared(view.seenCanvas, side, side)
  context.drawImage(view.digitPicture, 0, 0, side, side)
  const [top, bottom] = view.rows_seen[view.row]
  const [left, right] = view.rows_seen[view.column]
  const [width, height] = [right - left + 1, bottom - top + 1]
  framed(context, left * scale, top * scale, width * scale, height * scale)
  view.seenCaption.textContent = filled(view.words.seen, {
    rows: `${top}–${bottom}`,
    columns: `${left}–${right}`,
  })
  view.seenCanvas.setAttribute("aria-label", view.seenCaption.textContent)
}

const drawInput = (view, now) => {
  const { size, pad, stride, zeros } = view
  const [height, width] = view.in
  const cell = view.side / Math.max(height + zeros, width + zeros)
  const shown = [(width + zeros) * cell, (height + zeros) * cell]
  const context = prepared(view.inputCanvas, ...shown)
  if (zeros) hatched(context, ...shown)
  const picture = view.inputPictures[view.channel]
  context.drawImage(picture, pad * cell, pad * cell, width * cell, height * cell)
  const [x, y] = [view.column * stride * cell, view.row * stride * cell]
  framed(context, x, y, size * cell, size * cell)
  view.inputCell = cell
  const words = now.outside.some(Boolean) ? view.words.over_edge : view.words.input
  view.inputCaption.textContent = filled(words, { map: view.channel, size })
  view.inputCanvas.setAttribute("aria-label", view.inputCaption.textContent)
}

const drawOutput = (view, now) => {
  const [height, width] = view.out
  const cell = view.side / Math.max(height, width)
  const context = prepared(view.outputCanvas, width * cell, height * cell)
  context.drawImage(view.outputPicture, 0, 0, width * cell, height * cell)
  framed(context, view.column * cell, view.row * cell, cell, cell)
  view.outputCell = cell
  view.outputCaption.textContent = filled(view.words.output, {
    row: view.row,
    column: view.column,
    value: fixed(now.activation, 4),
  })
  const label = `${view.outputCaption.textContent} ${view.words.keys}`
  view.outputCanvas.setAttribute("aria-label", label)
}

const drawCells = (view, cells, values, limit, now) => {
  // What lies outside of the image is never the largest.
  const inside = values.map((value, i) => (now?.outside[i] ? -Infinity : value))
  const winner = view.kind === "pool" ? inside.indexOf(Math.max(...inside)) : -1
  cells.forEach((cell, i) => {
    const padding = now && now.outside[i]
    const color = colorOf(values[i], limit)
    cell.className = "cell"
    cell.classList.toggle("padding", Boolean(padding))
    cell.classList.toggle("bright", isBright(color))
    cell.classList.toggle("winner", Boolean(now) && i === winner)
    cell.style.background = padding ? "" : `rgb(${color.join()})`
    const text =
      view.cell < DECIMALS_FROM
        ? fixed(values[i], 1).replace(/^(−?)0\./, "$1.")
        : fixed(values[i], 2)
    cell.title = padding ? view.words.padding : fixed(values[i], 4)
    cell.textContent = view.size <= NUMBERS_UP_TO ? text : ""
  })
}

const drawNumbers = (view, now) => {
  const from = view.channel * now.area
  const slice = (values) => Array.from(values.slice(from, from + now.area))
  drawCells(view, view.patchCells, slice(now.patch), view.limits.input, now)
  if (view.kind !== "conv") return
  drawCells(view, view.kernelCells, slice(view.kernel), view.limits.kernel)
  const limit = view.limits.input * view.limits.kernel
  drawCells(view, view.productCells, slice(now.products), limit)
}

const drawSum = (view, now) => {
  const values = {
    count: now.area * view.in[2],
    channels: view.in[2],
    result: fixed(now.activation, 4),
    map: view.channel,
  }
  if (view.kind === "conv") {
    values.total = fixed(now.total, 4)
    values.bias = fixed(view.bias, 4)
    values.pre_activation = fixed(now.preActivation, 4)
    values.here = fixed(now.sums[view.channel], 4)
  } else {
    values.value = fixed(now.patch[0], 4)
    const inside = Array.from(now.patch).filter((_, i) => !now.outside[i])
    values.values = inside.map((value) => fixed(value, 4)).join(", ")
    for (const [name, value] of Object.entries(view.statistics)) {
      values[name] = fixed(value, 4)
    }
  }
  view.sum.textContent = filled(view.words.sum, { ...values, ...view.constants })
}

const drawChannels = (view, now) => {
  if (!view.channelButtons.length) return
  const largest = Math.abs(now.sums[now.order[0]]) || 1
  view.channelButtons.forEach((button, rank) => {
    const channel = now.order[rank]
    const value = now.sums[channel]
    const half = (50 * Math.abs(value)) / largest
    button.dataset.channel = channel
    button.setAttribute("aria-pressed", channel === view.channel)
    const thumb = button.querySelector("canvas")
    const context = prepared(thumb, THUMB, THUMB)
    context.drawImage(view.added[channel], 0, 0, THUMB, THUMB)
    context.strokeStyle = "#fff"
    const cell = [THUMB / view.out[1], THUMB / view.out[0]]
    context.strokeRect(
      view.column * cell[0] - 0.5,
      view.row * cell[1] - 0.5,
      cell[0] + 1,
      cell[1] + 1,
    )
    button.querySelector(".name").textContent = filled(view.words.channel, {
      n: channel,
    })
    const bar = button.querySelector("i")
    bar.style.left = `${value < 0 ? 50 - half : 50}%`
    bar.style.width = `${half}%`
    bar.style.background = value < 0 ? "#0072B2" : "#D55E00"
    button.querySelector(".value").textContent = fixed(value, 4)
  })
}

// Digit, input, kernel, products and result side by side; on a phone the numbers below.
const fitted = (view) => {
  const room = view.root.clientWidth || 900
  const isNarrow = room < 600
  view.root.classList.toggle("narrow", isNarrow)
  const matrices = view.numbers.hidden ? 0 : view.kind === "conv" ? 3 : 1
  const columns = matrices * view.size
  const pictures = view.input_is_digit ? 2 : 3
  const highest = Math.min(WIDEST_PICTURE, Math.max(150, HIGHEST * window.innerHeight))
  const beside = room - pictures * (highest + BESIDE)
  const operators = matrices > 1 ? OPERATORS : 0
  const forNumbers = (isNarrow ? room : Math.max(0.52 * room, beside)) - operators
  const cell = columns ? Math.floor(forNumbers / columns) - 1 : 0
  const widest = Math.min(WIDEST_CELL, Math.floor(highest / view.size))
  view.cell = Math.min(widest, Math.max(view.size > NUMBERS_UP_TO ? 6 : 14, cell))
  const number = Math.max(SMALLEST_NUMBER, Math.floor(view.cell / 3))
  view.numbers.style.setProperty("--cell", `${view.cell}px`)
  view.numbers.style.setProperty("--size", view.size)
  view.numbers.style.setProperty("--number", `${number}px`)
  const taken = columns * (view.cell + 1) + OPERATORS
  const left = isNarrow || !matrices ? room : room - taken
  const side = Math.floor(left / pictures) - BESIDE
  view.side = Math.max(NARROWEST_PICTURE, Math.min(highest, side))
}

export const draw = (view) => {
  fitted(view)
  const now = step(view)
  if (view.seenFigure.hidden === false) drawSeen(view)
  drawInput(view, now)
  drawOutput(view, now)
  drawNumbers(view, now)
  drawSum(view, now)
  drawChannels(view, now)
  for (const [name, count] of [
    ["row", view.out[0]],
    ["column", view.out[1]],
  ]) {
    view.sliders[name].max = count - 1
    view.sliders[name].value = view[name]
    view.sliders[name].nextSibling.textContent = view[name]
  }
  Object.assign(view.root.dataset, { row: view.row, column: view.column })
  const { layer, map, row, column } = view
  const detail = { layer, map, row, column }
  window.dispatchEvent(new CustomEvent("look-inside-window", { detail }))
}
