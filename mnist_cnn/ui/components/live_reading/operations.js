// What each kind of layer computes, as nn/operations.py has it: for one image, in
// Float32Arrays that lie in memory as numpy's do, row by row, all channels at a pixel.
//
// Fast enough for every frame, for two reasons: the innermost loop runs over the
// output channels, which lie side by side in the kernel and in the result; and an
// input of 0, as most are after ReLU, is skipped.

// Keras' BatchNormalization default.
export const BATCH_NORM_EPSILON = 1e-3

/**
 * Convolution with stride 1: each output pixel is the sum over the window of pixel
 * times weight, plus bias.
 * @param {Float32Array} image (height, width, channels)
 * @param {number[]} shape of the image
 * @param {{shape: number[], values: Float32Array}} kernel (k, k, channels, filters)
 * @param {Float32Array} bias (filters)
 * @param {number[]} zeroPadding rows (and columns) of zeros before and after the image
 * @returns {Float32Array} (height + zeros - k + 1, width + zeros - k + 1, filters)
 */
export function convolution(image, shape, kernel, bias, zeroPadding) {
  const [height, width, channels] = shape
  const [size, , , filters] = kernel.shape
  const [before, after] = zeroPadding
  const rows = height + before + after - size + 1
  const columns = width + before + after - size + 1
  const weights = kernel.values
  const sums = new Float32Array(rows * columns * filters)
  for (let start = 0; start < sums.length; start += filters) sums.set(bias, start)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < channels; channel++) {
        const value = image[(y * width + x) * channels + channel]
        if (value === 0) continue
        // The windows that hold this pixel, and where it lies in each of them.
        for (let i = 0; i < size; i++) {
          const row = y + before - i
          if (row < 0 || row >= rows) continue
          for (let j = 0; j < size; j++) {
            const column = x + before - j
            if (column < 0 || column >= columns) continue
            const to = (row * columns + column) * filters
            const from = ((i * size + j) * channels + channel) * filters
            for (let filter = 0; filter < filters; filter++) {
              sums[to + filter] += value * weights[from + filter]
            }
          }
        }
      }
    }
  }
  return sums
}

/**
 * The largest value of each size × size window; a rest at the edge is dropped.
 * @returns {Float32Array} (height / size, width / size, channels), rounded down
 */
export function maxPooling(image, [height, width, channels], size) {
  const rows = Math.floor(height / size)
  const columns = Math.floor(width / size)
  const pooled = new Float32Array(rows * columns * channels).fill(-Infinity)
  for (let y = 0; y < rows * size; y++) {
    for (let x = 0; x < columns * size; x++) {
      const from = (y * width + x) * channels
      const window = Math.floor(y / size) * columns + Math.floor(x / size)
      const to = window * channels
      for (let channel = 0; channel < channels; channel++) {
        const value = image[from + channel]
        if (value > pooled[to + channel]) pooled[to + channel] = value
      }
    }
  }
  return pooled
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
 * @param {{values: Float32Array}} kernel (inputs, units)
 * @param {Float32Array} bias (units)
 * @returns {Float32Array} (units)
 */
export function dense(values, kernel, bias) {
  const units = bias.length
  const weights = kernel.values
  const sums = bias.slice()
  for (let input = 0; input < values.length; input++) {
    const value = values[input]
    if (value === 0) continue
    const from = input * units
    for (let unit = 0; unit < units; unit++) sums[unit] += value * weights[from + unit]
  }
  return sums
}

/** What is below 0 becomes 0. */
export function relu(values) {
  const kept = new Float32Array(values.length)
  for (let i = 0; i < values.length; i++) if (values[i] > 0) kept[i] = values[i]
  return kept
}

/** exp(score) / sum of exp(scores); the largest is subtracted against overflow. */
export function softmax(scores) {
  const largest = Math.max(...scores)
  const exponentials = scores.map((score) => Math.exp(score - largest))
  const sum = exponentials.reduce((total, each) => total + each, 0)
  return exponentials.map((each) => each / sum)
}
