// The paths that carried the answer: from the predicted digit back to the units, maps
// and pixels that added most to its score.
//
// For the digit at hand a network of ReLUs is a sum: what a value adds to the score is
// the value times the weights on its way there (nn/saliency.py, Contributions). Walking
// back from the digit (nn/gradients.py), each layer keeps the few maps or units that
// add most by way of those that were kept after it.

import { BATCH_NORM_EPSILON } from "./operations.js"

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
  const before = options.previous ?? []
  const wasKept = new Set(before.map((path) => `${path.fromLayer}/${path.from}`))
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
    const totals = Array.from({ length: count }, (_, from) =>
      added.reduce((total, contributions) => total + contributions[from], 0),
    )
    const favored = (from) => wasKept.has(`${fromLayer}/${from}`)
    const chosen = strongest(totals, source ? perLayer : pixels, favored)
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
  for (let i = 0; i < inputs.length; i++) added[i % count] += inputs[i] * gradients[i]
  return added
}

/** The places of the largest totals, whatever their sign; the first of equals. */
function strongest(totals, most, favored) {
  const rank = totals.map((total, from) =>
    Math.abs(total) * (favored(from) ? LOYALTY : 1),
  )
  return [...totals.keys()]
    .filter((from) => rank[from] > 0)
    .sort((one, other) => rank[other] - rank[one] || one - other)
    .slice(0, most)
}

/** A map's or unit's gradient by way of all that were kept. */
function summed(gradients, from, count) {
  const positions = gradients[0].values.length / count
  return Float32Array.from({ length: positions }, (_, position) =>
    gradients.reduce((sum, { values }) => sum + values[position * count + from], 0),
  )
}

/**
 * The gradient to a layer's inputs by way of one map or unit of its result.
 * @param {Float32Array} gradient of the score to that map's values
 */
function backward(network, forward, layer, to, gradient) {
  const { shape, values: inputs } = forward.inputs.get(layer.name)
  const found = new Float32Array(inputs.length)
  const channels = layer.outputShape.at(-1)
  const before = forward.preActivations.get(layer.name).values
  // ReLU lets through where its input was above 0, and nothing elsewhere.
  const isOn = (position) => before[position * channels + to] > 0
  const through = gradient.map((value, position) =>
    layer.activation !== "relu" || isOn(position) ? value : 0,
  )
  const weight = (name) => network.weight(layer, name)
  switch (layer.kind) {
    case "conv":
      throughConvolution(found, layer, weight("kernel").values, to, through)
      break
    case "pool":
      throughMaxPooling(found, layer, inputs, to, through)
      break
    case "dense":
      for (let input = 0; input < found.length; input++) {
        found[input] = weight("kernel").values[input * channels + to] * through[0]
      }
      break
    default: {
      const deviation =
        layer.kind === "batch_norm" &&
        Math.sqrt(weight("moving_variance").values[to] + BATCH_NORM_EPSILON)
      const slope = deviation ? weight("gamma").values[to] / deviation : 1
      for (const [position, value] of through.entries()) {
        found[position * shape.at(-1) + to] = value * slope
      }
    }
  }
  return found
}

/** Each weight hands the gradient back to the pixels it was multiplied with. */
function throughConvolution(found, layer, kernel, to, through) {
  const [height, width, channels] = layer.inputShape
  const [, columns, filters] = layer.outputShape
  const { kernelSize: size } = layer
  for (const [position, value] of through.entries()) {
    if (value === 0) continue
    const top = Math.floor(position / columns) - layer.zeroPadding[0]
    const left = (position % columns) - layer.zeroPadding[0]
    for (let i = Math.max(0, -top); i < size && top + i < height; i++) {
      for (let j = Math.max(0, -left); j < size && left + j < width; j++) {
        const pixel = ((top + i) * width + left + j) * channels
        const weights = (i * size + j) * channels * filters + to
        for (let channel = 0; channel < channels; channel++) {
          found[pixel + channel] += value * kernel[weights + channel * filters]
        }
      }
    }
  }
}

/** Only the largest value of each window (the first, if several) has a share. */
function throughMaxPooling(found, layer, inputs, channel, through) {
  const [, width, channels] = layer.inputShape
  const [, columns] = layer.outputShape
  const { kernelSize: size } = layer
  for (const [position, value] of through.entries()) {
    const top = Math.floor(position / columns) * size
    const left = (position % columns) * size
    let largest = (top * width + left) * channels + channel
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        const place = ((top + i) * width + left + j) * channels + channel
        if (inputs[place] > inputs[largest]) largest = place
      }
    }
    found[largest] = value
  }
}
