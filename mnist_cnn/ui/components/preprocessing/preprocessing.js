// A drawing becomes a 28x28 digit like those of MNIST, as digits/preprocessing.py does
// it step by step: see there for the recipe and what its numbers come from.

import { drawnInk } from "./drawing.js"
import { resize, roundHalfToEven } from "./resampling.js"
import { split } from "./segmentation.js"

export const SIDE = 28
const OUTLINE = 19
const CENTER = 14
const STROKE_WIDTH = 2.0
const WORKING_BOX = 80
const MARGIN = 16
const SHOWN_SIDE = 280

/**
 * @param {ArrayLike<number>} gray 0 to 255, row by row
 * @param {{onlyResize?: boolean, withSteps?: boolean}} options onlyResize: squeeze the
 *   whole picture into 28x28, as most demos do
 * @returns {{pixels: Float32Array, isEmpty: boolean, steps: object[], digits: object[]}}
 *   pixels: 784 in [0, 1], all 0 when isEmpty. steps: {name, picture, values}, values
 *   being what the step's sentence has numbers of. digits: of a drawing that holds
 *   several, each with its box, row and pixels; all else is then of the last of them.
 */
export function prepare(gray, width, height, { onlyResize, withSteps } = {}) {
  const picture = { values: Float32Array.from(gray), width, height }
  const found = drawnInk(picture)
  if (onlyResize) return resizeOnly(found, withSteps)
  const groups = split(found.ink)
  if (groups.length < 2) return { ...prepareInk(found, withSteps), digits: [] }
  const digits = groups.map((group) => ({
    box: group.box,
    row: group.row,
    ...prepareInk({ ink: group.ink, ground: found.ground }, withSteps),
  }))
  return {
    ...digits.at(-1),
    digits: digits.map(({ box, row, pixels }) => ({ box, row, pixels })),
  }
}

function prepareInk({ ink, ground }, withSteps) {
  const [top, bottom, left, right] = bounds(ink)
  if (bottom <= top) return nothingDrawn()
  const cropped = crop(ink, top, bottom, left, right)
  const distance = signedDistance(cropped)
  const strokesWidth = strokeWidth(distance)
  const grow = growth(strokesWidth)
  const strokes = {
    ...distance,
    values: distance.values.map((value) => clip(value + grow + 0.5, 0, 1)),
  }
  const pixels = intoBox(strokes)
  const steps = () => [
    { name: "Ink found", picture: small(ink), values: { ground } },
    {
      name: "Cropped",
      picture: small(cropped),
      values: { width: right - left, height: bottom - top },
    },
    {
      name: "Stroke width",
      picture: crop(strokes, ...bounds(strokes)),
      values: {
        before: (strokesWidth * OUTLINE) / WORKING_BOX,
        after: STROKE_WIDTH,
        isWider: grow > 0,
      },
    },
    { name: "Scaled", picture: trimmed(pixels), values: {} },
    { name: "Centered", picture: pixels, values: {} },
  ]
  return { pixels: pixels.values, isEmpty: false, steps: withSteps ? steps() : [] }
}

function resizeOnly({ ink, ground }, withSteps) {
  const [top, bottom] = bounds(ink)
  if (bottom <= top) return nothingDrawn()
  const pixels = clipped(resize(ink, [SIDE, SIDE]))
  const steps = () => [
    { name: "Ink found", picture: small(ink), values: { ground } },
    { name: "Resized", picture: pixels, values: {} },
  ]
  return {
    pixels: pixels.values,
    isEmpty: false,
    steps: withSteps ? steps() : [],
    digits: [],
  }
}

const nothingDrawn = () => ({
  pixels: new Float32Array(SIDE * SIDE),
  isEmpty: true,
  steps: [],
  digits: [],
})

/**
 * The mean width of the strokes: inside a stroke of width w the distance to its edge
 * takes every value from 0 to w / 2 equally often, so its mean is w / 4.
 */
function strokeWidth(distance) {
  let [sum, count] = [0, 0]
  for (const value of distance.values) {
    if (value > 0) {
      sum += value
      count++
    }
  }
  return (4 * sum) / count
}

/** Top, bottom, left and right of what is at least half as bright as full ink. */
function bounds(ink, threshold = 0.5) {
  let [top, bottom, left, right] = [Infinity, 0, Infinity, 0]
  for (let row = 0; row < ink.height; row++) {
    for (let column = 0; column < ink.width; column++) {
      if (ink.values[row * ink.width + column] < threshold) continue
      if (row < top) top = row
      if (column < left) left = column
      if (column >= right) right = column + 1
      bottom = row + 1
    }
  }
  return bottom ? [top, bottom, left, right] : [0, 0, 0, 0]
}

/** The ink at working size: how far inside (above 0) or outside each pixel lies. */
function signedDistance(cropped) {
  const scale = WORKING_BOX / Math.max(cropped.width, cropped.height)
  const width = Math.max(1, roundHalfToEven(cropped.width * scale))
  const height = Math.max(1, roundHalfToEven(cropped.height * scale))
  const resized = resize(cropped, [width, height])
  const padded = { width: width + 2 * MARGIN, height: height + 2 * MARGIN }
  const isInk = new Uint8Array(padded.width * padded.height)
  // Hair that no pixel is half full of counts as a full box.
  const threshold = resized.values.some((value) => value >= 0.5) ? 0.5 : -1
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const to = (row + MARGIN) * padded.width + column + MARGIN
      isInk[to] = resized.values[row * width + column] >= threshold
    }
  }
  const inside = distanceTo(0, isInk, padded)
  const outside = distanceTo(1, isInk, padded)
  const values = new Float64Array(isInk.length)
  for (let i = 0; i < isInk.length; i++) {
    values[i] = isInk[i] ? inside[i] - 0.5 : 0.5 - outside[i]
  }
  return { ...padded, values }
}

/** The Euclidean distance of each pixel to the nearest one of a kind, of which some are. */
function distanceTo(kind, kinds, { width, height }) {
  // How far it is within the column, then the shortest way over all columns.
  const vertical = new Float64Array(kinds.length).fill(Infinity)
  for (let x = 0; x < width; x++) {
    for (const downwards of [true, false]) {
      let far = Infinity
      for (let i = 0; i < height; i++) {
        const pixel = (downwards ? i : height - 1 - i) * width + x
        far = kinds[pixel] === kind ? 0 : far + 1
        if (far < vertical[pixel]) vertical[pixel] = far
      }
    }
  }
  const distance = new Float64Array(kinds.length)
  for (let pixel = 0; pixel < kinds.length; pixel++) {
    const x = pixel % width
    let best = vertical[pixel] ** 2
    for (let step = 1; step * step < best && step < width; step++) {
      const nearest = Math.min(
        x >= step ? vertical[pixel - step] : Infinity,
        x + step < width ? vertical[pixel + step] : Infinity,
      )
      best = Math.min(best, step * step + nearest * nearest)
    }
    distance[pixel] = Math.sqrt(best)
  }
  return distance
}

/** How far each edge moves outwards so that strokes end up STROKE_WIDTH wide. */
function growth(width) {
  const wanted = (STROKE_WIDTH * WORKING_BOX) / OUTLINE
  const twice = (wanted - width) / (1 - STROKE_WIDTH / OUTLINE)
  return clip(twice / 2, -0.35 * width, MARGIN - 2)
}

/** (28, 28), its center of mass in the middle. */
function intoBox(strokes) {
  const [top, bottom, left, right] = bounds(strokes)
  const pixel = Math.max(bottom - top, right - left) / OUTLINE
  const [row, column] = centerOfMass(strokes)
  // No ink leaves the image, however far its mass lies from the middle of its box.
  const y = clip((CENTER + 0.5) * pixel - (row + 0.5), -top, SIDE * pixel - bottom)
  const x = clip((CENTER + 0.5) * pixel - (column + 0.5), -left, SIDE * pixel - right)
  const pad = Math.ceil(Math.max(y, x, 0)) + 1
  const { width, height } = strokes
  const whole = Math.ceil(SIDE * pixel) + 2 * pad + Math.max(width, height)
  const canvas = new Float32Array(whole * whole)
  for (let line = 0; line < height; line++) {
    const ink = strokes.values.subarray(line * width, (line + 1) * width)
    canvas.set(ink, (pad + line) * whole + pad)
  }
  const box = [pad - x, pad - y, pad - x + SIDE * pixel, pad - y + SIDE * pixel]
  const picture = { values: canvas, width: whole, height: whole }
  return clipped(resize(picture, [SIDE, SIDE], box))
}

function centerOfMass({ values, width }) {
  let [mass, rows, columns] = [0, 0, 0]
  for (let pixel = 0; pixel < values.length; pixel++) {
    mass += values[pixel]
    rows += values[pixel] * Math.floor(pixel / width)
    columns += values[pixel] * (pixel % width)
  }
  return [rows / mass, columns / mass]
}

function crop({ values, width }, top, bottom, left, right) {
  const cropped = { width: right - left, height: bottom - top }
  cropped.values = new Float32Array(cropped.width * cropped.height)
  for (let row = top; row < bottom; row++) {
    const line = values.subarray(row * width + left, row * width + right)
    cropped.values.set(line, (row - top) * cropped.width)
  }
  return cropped
}

const trimmed = (pixels) => crop(pixels, ...bounds(pixels, 0.0200001))

/** For showing: no side longer than SHOWN_SIDE. */
function small(picture) {
  const scale = SHOWN_SIDE / Math.max(picture.width, picture.height)
  if (scale >= 1) return picture
  const short = (side) => Math.max(1, roundHalfToEven(side * scale))
  return clipped(resize(picture, [short(picture.width), short(picture.height)]))
}

const clip = (value, low, high) => Math.min(high, Math.max(low, value))

const clipped = (picture) => ({
  ...picture,
  values: picture.values.map((value) => clip(value, 0, 1)),
})
