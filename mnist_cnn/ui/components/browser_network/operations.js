// What each kind of layer computes, as nn/operations.py has it: for one image, in
// Float32Arrays that lie in memory as numpy's do, row by row, all channels at a pixel.
//
// Fast enough for every frame, for two reasons: the innermost loop runs over the
// output channels, which lie side by side in the kernel and in the result; and an
// input of 0, as most are after ReLU, is skipped.

// Keras' BatchNormalization default.
export const BATCH_NORM_EPSILON = 1e-3

/**
 * A window that goes over an image: size (height and width), stride (pixels from one to
 * the next) and zeroPadding (rows and columns of nothing before and after the image).
 * @typedef {{size: number, stride: number, zeroPadding: number[]}} Window
 */

/** How many windows there are side by side in so many pixels. */
const countOf = ({ size, stride, zeroPadding: [first, last] }, length) =>
  Math.floor((length + first + last - size) / stride) + 1

/**
 * Goes through the pixels under each window: `visit(number of the window, of the pixel,
 * of the offset in the window)`, each counted row by row.
 */
export function inWindows([height, width], window, visit) {
  const { size, stride, zeroPadding } = window
  const [rows, columns] = [countOf(window, height), countOf(window, width)]
  for (let row = 0; row < rows; row++) {
    const top = row * stride - zeroPadding[0]
    for (let column = 0; column < columns; column++) {
      const left = column * stride - zeroPadding[0]
      for (let i = Math.max(0, -top); i < size && top + i < height; i++) {
        for (let j = Math.max(0, -left); j < size && left + j < width; j++) {
          const pixel = (top + i) * width + left + j
          visit(row * columns + column, pixel, i * size + j)
        }
      }
    }
  }
}

const windowsIn = ([height, width], window) =>
  countOf(window, height) * countOf(window, width)

/**
 * Convolution: each output pixel is the sum over the window of pixel times weight, plus
 * bias.
 * @param {Float32Array} image (height, width, channels)
 * @param {number[]} shape of the image
 * @param {Float32Array} kernel (size, size, channels, filters)
 * @param {Float32Array} bias (filters)
 * @param {Window} window
 * @returns {Float32Array} (rows, columns, filters)
 */
export function convolution(image, shape, kernel, bias, window) {
  const [, , channels] = shape
  const filters = bias.length
  const sums = new Float32Array(windowsIn(shape, window) * filters)
  for (let start = 0; start < sums.length; start += filters) sums.set(bias, start)
  inWindows(shape, window, (number, pixel, offset) => {
    const to = number * filters
    for (let channel = 0; channel < channels; channel++) {
      const value = image[pixel * channels + channel]
      if (value === 0) continue
      const from = (offset * channels + channel) * filters
      for (let filter = 0; filter < filters; filter++) {
        sums[to + filter] += value * kernel[from + filter]
      }
    }
  })
  return sums
}

/** The largest value of each window: (rows, columns, channels). */
export function maxPooling(image, shape, window) {
  const [, , channels] = shape
  const largest = new Float32Array(windowsIn(shape, window) * channels).fill(-Infinity)
  inWindows(shape, window, (number, pixel) => {
    const [to, from] = [number * channels, pixel * channels]
    for (let channel = 0; channel < channels; channel++) {
      const value = image[from + channel]
      if (value > largest[to + channel]) largest[to + channel] = value
    }
  })
  return largest
}

/** The mean of each window; what lies outside of the image does not count. */
export function averagePooling(image, shape, window) {
  const [, , channels] = shape
  const counts = pixelsInWindows(shape, window)
  const means = new Float32Array(counts.length * channels)
  inWindows(shape, window, (number, pixel) => {
    const [to, from] = [number * channels, pixel * channels]
    for (let channel = 0; channel < channels; channel++) {
      means[to + channel] += image[from + channel] / counts[number]
    }
  })
  return means
}

/** How many pixels of the image each window holds. */
export function pixelsInWindows(shape, window) {
  const counts = new Float32Array(windowsIn(shape, window))
  inWindows(shape, window, (number) => counts[number]++)
  return counts
}

/** The mean of each map: (channels). */
export function globalAveragePooling(image, [height, width, channels]) {
  const means = new Float32Array(channels)
  for (let i = 0; i < image.length; i++) {
    means[i % channels] += image[i] / (height * width)
  }
  return means
}

/** Batch normalization with the statistics learned (Ioffe, Szegedy 2015). */
export function batchNormalization(values, { gamma, beta, mean, variance }) {
  const channels = gamma.length
  const scale = gamma.map((g, c) => g / Math.sqrt(variance[c] + BATCH_NORM_EPSILON))
  const shift = beta.map((b, c) => b - mean[c] * scale[c])
  return values.map((value, i) => value * scale[i % channels] + shift[i % channels])
}

/**
 * Each unit weighs all inputs and adds its bias.
 * @param {Float32Array} values (inputs)
 * @param {Float32Array} kernel (inputs, units)
 * @param {Float32Array} bias (units)
 * @returns {Float32Array} (units)
 */
export function dense(values, kernel, bias) {
  const units = bias.length
  const sums = bias.slice()
  for (let input = 0; input < values.length; input++) {
    const value = values[input]
    if (value === 0) continue
    const from = input * units
    for (let unit = 0; unit < units; unit++) sums[unit] += value * kernel[from + unit]
  }
  return sums
}

/** What is below 0 becomes 0. */
export function relu(values) {
  return leakyRelu(values, 0)
}

/** What is below 0 is multiplied by the slope. */
export function leakyRelu(values, slope) {
  const kept = new Float32Array(values.length)
  for (let i = 0; i < values.length; i++) {
    kept[i] = values[i] > 0 ? values[i] : slope && values[i] * slope
  }
  return kept
}

/** 1 / (1 + exp(-value)) */
export function sigmoid(values) {
  return values.map((value) => 1 / (1 + Math.exp(-value)))
}

/** exp(score) / sum of exp(scores); the largest is subtracted against overflow. */
export function softmax(scores) {
  const largest = Math.max(...scores)
  const exponentials = scores.map((score) => Math.exp(score - largest))
  const sum = exponentials.reduce((total, each) => total + each, 0)
  return exponentials.map((each) => each / sum)
}
