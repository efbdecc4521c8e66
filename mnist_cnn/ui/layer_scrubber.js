// One layer's arithmetic at one place. Everything was sent once: moving the window by
// click, drag, arrow keys, slider or play asks the server nothing.

const scrubbers = new WeakMap()
const LARGEST = 230
const SMALLEST = 150
const THUMB = 42
const ONE_RUN_MS = 20000
const NUMBERS_UP_TO = 7

const fixed = (value, digits) => {
  const text = Math.abs(value) >= 1000 ? value.toFixed(0) : value.toFixed(digits)
  return text.replace("-", "−").replace(/^−(0(?:\.0*)?)$/, "$1")
}

const colourOf = (view, value, limit) => {
  const scaled = limit > 0 ? Math.max(-1, Math.min(1, value / limit)) : 0
  const index = 3 * Math.round(127 + 127 * scaled)
  return view.palette.slice(index, index + 3)
}

const isBright = ([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b > 120

// A map of values as a small picture, enlarged without smoothing when drawn.
const painted = (view, values, height, width, limit) => {
  const canvas = document.createElement("canvas")
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext("2d")
  const image = context.createImageData(width, height)
  for (let i = 0; i < width * height; i++) {
    const [r, g, b] = colourOf(view, values[i], limit)
    image.data.set([r, g, b, 255], 4 * i)
  }
  context.putImageData(image, 0, 0)
  return canvas
}

const prepared = (canvas, width, height) => {
  const ratio = window.devicePixelRatio || 1
  canvas.style.width = `${width}px`
  canvas.style.height = `${height}px`
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  const context = canvas.getContext("2d")
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.imageSmoothingEnabled = false
  return context
}

const framed = (context, x, y, width, height) => {
  context.setLineDash([])
  context.lineWidth = 4
  context.strokeStyle = "#0072B2"
  context.strokeRect(x, y, width, height)
  context.lineWidth = 1.5
  context.strokeStyle = "#fff"
  context.strokeRect(x, y, width, height)
}

const hatched = (context, width, height) => {
  context.fillStyle = "#666"
  context.fillRect(0, 0, width, height)
  context.strokeStyle = "#999"
  context.lineWidth = 1
  context.beginPath()
  for (let x = -height; x < width; x += 6) {
    context.moveTo(x, height)
    context.lineTo(x + height, 0)
  }
  context.stroke()
}

// What the window covers, channel by channel, and what comes of it.
const step = (view) => {
  const { size, stride, pad, kind } = view
  const [height, width, channels] = view.in
  const top = view.row * stride - pad
  const left = view.column * stride - pad
  const area = size * size
  const patch = new Float32Array(channels * area)
  const outside = new Uint8Array(area)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const y = top + i
      const x = left + j
      const inside = y >= 0 && y < height && x >= 0 && x < width
      outside[i * size + j] = inside ? 0 : 1
      if (!inside) continue
      for (let c = 0; c < channels; c++) {
        patch[c * area + i * size + j] = view.inputs[(c * height + y) * width + x]
      }
    }
  }
  const at = view.row * view.out[1] + view.column
  const found = { top, left, patch, outside, area, result: view.after[at] }
  if (kind !== "conv") return found
  found.products = patch.map((value, i) => value * view.kernel[i])
  found.sums = Array.from({ length: channels }, (_, c) => {
    let sum = 0
    for (let i = 0; i < area; i++) sum += found.products[c * area + i]
    return sum
  })
  found.total = found.sums.reduce((sum, value) => sum + value, 0)
  found.before = found.total + view.bias
  found.order = found.sums
    .map((_, c) => c)
    .sort((a, b) => Math.abs(found.sums[b]) - Math.abs(found.sums[a]))
  return found
}

// What each input map adds to every pixel of the result, as a picture of its own.
const addedPictures = (view) => {
  const { size, pad, out } = view
  const [height, width, channels] = view.in
  const maps = Array.from({ length: channels }, (_, c) => {
    const map = new Float32Array(out[0] * out[1])
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        const weight = view.kernel[(c * size + i) * size + j]
        for (let row = 0; row < out[0]; row++) {
          const y = row - pad + i
          if (y < 0 || y >= height) continue
          for (let column = 0; column < out[1]; column++) {
            const x = column - pad + j
            if (x < 0 || x >= width) continue
            const value = view.inputs[(c * height + y) * width + x]
            map[row * out[1] + column] += weight * value
          }
        }
      }
    }
    return map
  })
  let limit = 0
  for (const map of maps) {
    for (const value of map) limit = Math.max(limit, Math.abs(value))
  }
  return maps.map((map) => painted(view, map, out[0], out[1], limit))
}

const drawSeen = (view) => {
  const { side } = view
  const scale = side / 28
  const context = prepared(view.seenCanvas, side, side)
  context.drawImage(view.digitPicture, 0, 0, side, side)
  const { offset, jump, size } = view.seen
  const top = offset + view.row * jump
  const left = offset + view.column * jump
  const edges = [
    Math.max(0, top),
    Math.min(28, top + size),
    Math.max(0, left),
    Math.min(28, left + size),
  ]
  const [y0, y1, x0, x1] = edges
  framed(context, x0 * scale, y0 * scale, (x1 - x0) * scale, (y1 - y0) * scale)
  view.seenCaption.textContent = filled(view.words.seen, {
    rows: `${y0}–${y1 - 1}`,
    columns: `${x0}–${x1 - 1}`,
    size: view.seen.size,
  })
  view.seenCanvas.setAttribute("aria-label", view.seenCaption.textContent)
}

const drawInput = (view, now) => {
  const { size, pad, stride } = view
  const [height, width] = view.in
  const padded = view.padded ? size - 1 : 0
  const cell = view.side / Math.max(height + padded, width + padded)
  const shown = [(width + padded) * cell, (height + padded) * cell]
  const context = prepared(view.inputCanvas, ...shown)
  if (padded) hatched(context, ...shown)
  const picture = view.inputPictures[view.channel]
  context.drawImage(picture, pad * cell, pad * cell, width * cell, height * cell)
  const x = (view.column * stride - pad + pad) * cell
  const y = (view.row * stride - pad + pad) * cell
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
    value: fixed(now.result, 4),
  })
  const label = `${view.outputCaption.textContent} ${view.words.keys}`
  view.outputCanvas.setAttribute("aria-label", label)
}

const drawCells = (view, cells, values, limit, now) => {
  const winner = view.kind === "pool" ? values.indexOf(Math.max(...values)) : -1
  cells.forEach((cell, i) => {
    const padding = now && now.outside[i]
    const colour = colourOf(view, values[i], limit)
    cell.className = "cell"
    cell.classList.toggle("padding", Boolean(padding))
    cell.classList.toggle("bright", isBright(colour))
    cell.classList.toggle("winner", Boolean(now) && i === winner)
    cell.style.background = padding ? "" : `rgb(${colour.join()})`
    const text = fixed(values[i], 2)
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
    result: fixed(now.result, 4),
    map: view.channel,
  }
  if (view.kind === "conv") {
    values.total = fixed(now.total, 4)
    values.bias = fixed(view.bias, 4)
    values.before = fixed(now.before, 4)
    values.here = fixed(now.sums[view.channel], 4)
  } else {
    values.value = fixed(now.patch[0], 4)
    values.values = Array.from(now.patch, (value) => fixed(value, 4)).join(", ")
    for (const [name, value] of Object.entries(view.learnt ?? {})) {
      values[name] = fixed(value, 4)
    }
  }
  view.sum.textContent = filled(view.words.sum, values)
}

const drawChannels = (view, now) => {
  if (!view.channelButtons.length) return
  const largest = Math.abs(now.sums[now.order[0]]) || 1
  view.channelButtons.forEach((button, rank) => {
    const channel = now.order[rank]
    const value = now.sums[channel]
    const share = (50 * Math.abs(value)) / largest
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
    bar.style.left = `${value < 0 ? 50 - share : 50}%`
    bar.style.width = `${share}%`
    bar.style.background = value < 0 ? "#0072B2" : "#D55E00"
    button.querySelector(".value").textContent = fixed(value, 4)
  })
}

const fitted = (view) => {
  // Three side by side, or two on a phone.
  const width = view.root.clientWidth || 3 * LARGEST
  const beside = width < 600 ? 2 : 3
  const side = Math.floor((width - 26 * (beside - 1)) / beside)
  view.side = Math.max(SMALLEST, Math.min(LARGEST, side))
}

const draw = (view) => {
  fitted(view)
  const now = step(view)
  if (view.seenFigure.hidden === false) drawSeen(view)
  drawInput(view, now)
  drawOutput(view, now)
  drawNumbers(view, now)
  drawSum(view, now)
  drawChannels(view, now)
  for (const [name, most] of [
    ["row", view.out[0]],
    ["column", view.out[1]],
  ]) {
    view.sliders[name].max = most - 1
    view.sliders[name].value = view[name]
    view.sliders[name].nextSibling.textContent = view[name]
  }
  Object.assign(view.root.dataset, { row: view.row, column: view.column })
}

const go = (view, row, column) => {
  view.row = Math.max(0, Math.min(view.out[0] - 1, Math.floor(row)))
  view.column = Math.max(0, Math.min(view.out[1] - 1, Math.floor(column)))
  view.places[view.layer] = [view.row, view.column]
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
  const places = view.out[0] * view.out[1]
  if (view.row * view.out[1] + view.column === places - 1) go(view, 0, 0)
  view.sum.setAttribute("aria-live", "off")
  view.play.textContent = `⏸ ${view.words.pause}`
  const wait = Math.max(30, Math.min(400, ONE_RUN_MS / places))
  view.playing = setInterval(() => {
    const next = view.row * view.out[1] + view.column + 1
    if (next >= places) stop(view)
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
  const room = view.root.clientWidth || 360
  const plain = view.size > NUMBERS_UP_TO
  const side = Math.floor(Math.min(plain ? 16 : 42, (room - 8) / view.size - 1))
  cells.style.gridTemplateColumns = `repeat(${view.size}, ${side}px)`
  cells.style.gridAutoRows = `${Math.min(side, 34)}px`
  return Array.from({ length: view.size ** 2 }, () => element(cells, "div", "cell"))
}

const mount = (parentElement) => {
  const root = element(parentElement, "div", "scrubber")
  const view = { root, places: {} }
  const row = element(root, "div", "pictures")
  ;[view.seenFigure, view.seenCanvas, view.seenCaption] = figure(row, "seen")
  ;[view.inputFigure, view.inputCanvas, view.inputCaption] = figure(row, "input")
  ;[view.outputFigure, view.outputCanvas, view.outputCaption] = figure(row, "output")
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
  const controls = element(root, "div", "controls")
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
  view.numbers = element(root, "div", "numbers")
  view.sum = element(root, "p", "sum")
  view.channelsTitle = element(root, "p", "channels-title")
  view.channels = element(root, "div", "channels")
  view.resizes = new ResizeObserver(() => {
    if (view.after && root.clientWidth) draw(view)
  })
  view.resizes.observe(root)
  scrubbers.set(parentElement, view)
  return view
}

const show = (view, data) => {
  view.data = data.slice()
  const { heading, part, floats } = opened(data)
  Object.assign(view, heading)
  view.palette = part("palette")
  view.inputs = floats("inputs")
  view.kernel = floats("kernel")
  view.after = floats("after")
  const [height, width, channels] = view.in
  const area = height * width
  const maps = Array.from({ length: channels }, (_, c) =>
    view.inputs.subarray(c * area, (c + 1) * area),
  )
  view.inputPictures = maps.map((map) =>
    painted(view, map, height, width, view.limits.input),
  )
  view.digitPicture = painted(view, floats("digit"), 28, 28, 1)
  view.outputPicture = painted(view, view.after, ...view.out, view.limits.output)
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
  ;[view.row, view.column] = view.places[view.layer] ?? view.start
  view.channel = 0
  if (several) view.channel = step(view).order[0]
  Object.assign(view.root.dataset, { layer: view.layer, map: view.map })
  draw(view)
}

export default function ({ data, parentElement }) {
  const view = scrubbers.get(parentElement) ?? mount(parentElement)
  if (!sameBytes(view.data, data)) show(view, data)
  return () => {
    stop(view)
    view.resizes.disconnect()
    cancelAnimationFrame(view.again)
    view.root.remove()
    scrubbers.delete(parentElement)
  }
}
