// A network broken on purpose, as nn/damage.py has it, number for number.

/**
 * without: by layer name the maps or units that are silent. zeroBiases: whether all
 * biases are 0. noise: of each kernel's weights, in their standard deviations. bits: of a
 * weight, 8, 4, 2 or 1; null for all.
 * @typedef {{without: Object<string, number[]>, zeroBiases: boolean, noise: number,
 *   bits: ?number}} Damage
 */

/** @type {Damage} */
export const WHOLE = { without: {}, zeroBiases: false, noise: 0, bits: null }

// Layers without anything of their own, or that pass on the maps or units before them.
const NEVER_SILENT = /^(image|output|flatten|dropout|rescaling)/
const MAX_CHANNELS = 4096
// Of a sum of four bytes.
const BYTES_MEAN = 510
const BYTES_DEVIATION = 147.80054127

/** Whether maps or units of a layer, of which there are so many, can be silent. */
export const isSilenceable = (layer, channels) =>
  !NEVER_SILENT.test(layer) && channels <= MAX_CHANNELS

/** The same damage, with exactly these maps or units of a layer silent. */
export function withSilent(damage, layer, channels) {
  const { [layer]: _, ...without } = damage.without
  const inOrder = [...channels].sort((a, b) => a - b)
  if (inOrder.length) without[layer] = inOrder
  return { ...damage, without }
}

export const changesWeights = ({ zeroBiases, noise, bits }) =>
  zeroBiases || noise > 0 || bits !== null

export const isDamaged = (damage) =>
  changesWeights(damage) || Object.keys(damage.without).length > 0

/**
 * A network's arrays as they are then; those left as they were are the same.
 * @param {object[]} layers as nn/quantization.py describes them
 * @param {Map<string, Float32Array>} weights
 * @param {Damage} damage
 */
export function damagedWeights(layers, weights, { zeroBiases, noise, bits }) {
  const made = new Map(weights)
  let start = 0
  for (const [name, values] of weights) {
    const [layerName, kind] = name.split("/")
    if (kind === "kernel") {
      const { outputShape } = layers.find((layer) => layer.name === layerName)
      let changed = noise > 0 ? withNoise(values, noise, start) : values
      if (bits !== null) changed = inBits(changed, bits, outputShape.at(-1))
      made.set(name, changed)
      start += values.length
    } else if (zeroBiases && (kind === "bias" || kind === "beta")) {
      made.set(name, new Float32Array(values.length))
    }
  }
  return made
}

function withNoise(values, noise, start) {
  const size = (noise * deviation(values)) / BYTES_DEVIATION
  return values.map((value, i) => value + size * (sumOfBytes(start + i) - BYTES_MEAN))
}

function deviation(values) {
  let sum = 0
  for (const value of values) sum += value
  const mean = sum / values.length
  let squares = 0
  for (const value of values) squares += (value - mean) ** 2
  return Math.sqrt(squares / values.length)
}

/** Of the n-th number of mulberry32 (T. Ettinger 2017). */
function sumOfBytes(n) {
  const state = Math.imul(n + 1, 0x6d2b79f5)
  let mixed = Math.imul(state ^ (state >>> 15), state | 1)
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
  mixed ^= mixed >>> 14
  return (mixed & 255) + ((mixed >> 8) & 255) + ((mixed >> 16) & 255) + (mixed >>> 24)
}

/** Weights with so few bits each, and one scale for each channel, the last axis. */
function inBits(values, bits, channels) {
  const maxima = new Float64Array(channels)
  const means = new Float64Array(channels)
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i])
    maxima[i % channels] = Math.max(maxima[i % channels], size)
    means[i % channels] += (size * channels) / values.length
  }
  if (bits === 1) {
    return values.map((value, i) => (value < 0 ? -1 : 1) * means[i % channels])
  }
  if (bits === 2) {
    const [sums, counts] = [new Float64Array(channels), new Float64Array(channels)]
    const isLarge = (value, channel) => Math.abs(value) > 0.7 * means[channel]
    for (let i = 0; i < values.length; i++) {
      if (!isLarge(values[i], i % channels)) continue
      sums[i % channels] += Math.abs(values[i])
      counts[i % channels]++
    }
    return values.map((value, i) => {
      const channel = i % channels
      if (!isLarge(value, channel)) return 0
      return (Math.sign(value) * sums[channel]) / counts[channel]
    })
  }
  const scales = maxima.map((each) => each / (2 ** (bits - 1) - 1) || 1)
  return values.map((value, i) => {
    const scale = scales[i % channels]
    return Math.floor(value / scale + 0.5) * scale
  })
}
