// The paths that carried the answer: from the predicted digit back to the units, maps
// and pixels that added most to its score.
//
// For the digit at hand a network of ReLUs is a sum (and nearly so one of tanh or
// sigmoid): what a value adds to the score is
// the value times the weights on its way there (nn/saliency.py, Contributions). Walking
// back from the digit (nn/gradients.py), each layer keeps the few maps or units that
// add most by way of those that were kept after it.

import { BATCH_NORM_EPSILON, inWindows, pixelsInWindows } from "./operations.js"

// What was kept the last time is given up only for what adds so much more: paths stay
// where they are while a stroke grows.
const LOYALTY = 1.25
const PASSED_ON = ["flatten", "dropout"] // the same maps or units as before them

/**
 * @param {Network} network
 * @param {ForwardPass} forward
 * @param {{digit?: number, perLayer?: number, pixels?: number, previous?: object[]}}
 *   options digit: whose score; the predicted one by itself. perLayer: how many maps or
 *   units of each layer are kept, and pixels of the image. previous: the paths of the
 *   frame before.
 * @returns {{fromLayer, from, toLayer, to, contribution}[]} from the image to the
 *   answer. from, to: a map, a unit, or of the "image" a pixel, counted row by row.
 *   contribution: what goes this way into the digit's score; below 0 against it.
 */
export function strongestPaths(network, forward, options = {}) {
  const { digit = forward.predictedClass, perLayer = 4, pixels = 12 } = options
  const previous = options.previous ?? []
  const layers = network.layers.filter(({ kind }) => !PASSED_ON.includes(kind))
  const paths = []
  // By map or unit: the gradient of the score to its values.
  let kept = new Map([[digit, Float32Array.of(1)]])
  for (let index = layers.length - 1; index >= 0; index--) {
    const layer = layers[index]
    const source = layers[index - 1]
    const fromLayer = source?.name ?? "image"
    const count = source ? source.outputShape.at(-1) : forward.pixels.length
    const inputs = forward.inputs.get(layer.name).values
    const gradients = [...kept].map(([to, gradient]) => ({
      to,
      values: backward(network, forward, layer, to, gradient),
    }))
    const added = gradients.map(({ values }) => addedByEach(inputs, values, count))
    const ranks = new Float64Array(count)
    for (const each of added) each.forEach((value, from) => (ranks[from] += value))
    const earlier = previous.filter((path) => path.fromLayer === fromLayer)
    const favored = new Set(earlier.map(({ from }) => from))
    ranks.forEach((total, from) => {
      ranks[from] = Math.abs(total) * (favored.has(from) ? LOYALTY : 1)
    })
    const chosen = highest(ranks, source ? perLayer : pixels)
    for (const [i, { to }] of gradients.entries()) {
      for (const from of chosen) {
        const contribution = added[i][from]
        if (contribution === 0) continue
        paths.push({ fromLayer, from, toLayer: layer.name, to, contribution })
      }
    }
    kept = new Map(chosen.map((from) => [from, summed(gradients, from, count)]))
  }
  return paths.reverse()
}

/** Of each map or unit: its values times their gradients. */
function addedByEach(inputs, gradients, count) {
  const added = new Float64Array(count)
  for (let i = 0; i < inputs.length; i++) {
    if (gradients[i] !== 0) added[i % count] += inputs[i] * gradients[i]
  }
  return added
}

/** Indices of the highest ranks above 0, the first of equals first. */
function highest(ranks, limit) {
  const indices = []
  while (indices.length < limit) {
    let best = 0
    for (let i = 1; i < ranks.length; i++) {
      if (ranks[i] > ranks[best]) best = i
    }
    if (ranks[best] === 0) break
    indices.push(best)
    ranks[best] = 0
  }
  return indices
}

/** A map's or unit's gradient by way of all that were kept. */
function summed(gradients, from, count) {
  const positions = gradients[0].values.length / count
  const sums = new Float32Array(positions)
  for (const { values } of gradients) {
    for (let i = 0; i < positions; i++) sums[i] += values[i * count + from]
  }
  return sums
}

/**
 * The gradient to a layer's inputs by way of one map or unit of its result.
 * @param {Float32Array} gradient of the score to that map's values
 */
function backward(network, forward, layer, to, gradient) {
  const { shape, values: inputs } = forward.inputs.get(layer.name)
  const found = new Float32Array(inputs.length)
  const channels = shape.at(-1)
  const outputs = layer.outputShape.at(-1)
  const slope = slopeOf(forward, layer)
  const through = gradient.map((value, i) => value && value * slope(i * outputs + to))
  const kernel = network.weight(layer, "kernel")
  switch (layer.kind) {
    case "conv": // each weight hands the gradient back to what it was multiplied with
      inWindows(shape, layer.window, (number, pixel, offset) => {
        const value = through[number]
        if (value === 0) return
        const from = offset * channels * outputs + to
        for (let channel = 0; channel < channels; channel++) {
          found[pixel * channels + channel] += value * kernel[from + channel * outputs]
        }
      })
      break
    case "pool":
      throughMaxPooling(found, layer, inputs, to, through)
      break
    case "average_pool": {
      const counts = pixelsInWindows(shape, layer.window)
      inWindows(shape, layer.window, (number, pixel) => {
        found[pixel * channels + to] += through[number] / counts[number]
      })
      break
    }
    case "global_average_pool":
      for (let i = to; i < found.length; i += channels) {
        found[i] = (through[0] * channels) / found.length
      }
      break
    case "dense":
      for (let input = 0; input < found.length; input++) {
        found[input] = kernel[input * outputs + to] * through[0]
      }
      break
    default: {
      const scale = scaleOf(network, layer, to)
      through.forEach((value, position) => {
        found[position * channels + to] = value * scale
      })
    }
  }
  return found
}

/**
 * How the activation function changes with what enters it, for each value of a layer;
 * the scores before softmax go on as they are.
 */
function slopeOf(forward, layer) {
  const preActivation = forward.preActivations.get(layer.name).values
  const activation = forward.activations.get(layer.name).values
  switch (layer.activation) {
    case "relu":
    case "leaky_relu":
      return (index) => (preActivation[index] > 0 ? 1 : layer.slope)
    case "tanh":
      return (index) => 1 - activation[index] ** 2
    case "sigmoid":
      return (index) => activation[index] * (1 - activation[index])
    default:
      return () => 1
  }
}

function scaleOf(network, layer, channel) {
  if (layer.kind === "rescaling") return layer.scale
  if (layer.kind !== "batch_norm") return 1
  const variance = network.weight(layer, "moving_variance")[channel]
  const gamma = network.weight(layer, "gamma")[channel]
  return gamma / Math.sqrt(variance + BATCH_NORM_EPSILON)
}

/** Only the largest value of each window (the first, if several) has a gradient. */
function throughMaxPooling(found, layer, inputs, channel, through) {
  const channels = layer.inputShape.at(-1)
  const highest = new Int32Array(through.length).fill(-1)
  inWindows(layer.inputShape, layer.window, (number, pixel) => {
    const index = pixel * channels + channel
    const isFirst = highest[number] < 0
    if (isFirst || inputs[index] > inputs[highest[number]]) highest[number] = index
  })
  highest.forEach((index, number) => (found[index] += through[number]))
}
