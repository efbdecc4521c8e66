// Pillow's Image.resize with Resampling.BILINEAR, for pictures of numbers (mode F): where
// it makes smaller, each output pixel is a mean of the input pixels under a triangle that
// is two output pixels wide; first along the rows, then along the columns.

/**
 * A picture: values (Float32Array, row by row), width and height.
 * @typedef {{values: Float32Array, width: number, height: number}} Picture
 */

/**
 * @param {Picture} picture
 * @param {number[]} size width and height
 * @param {number[]} [box] left, top, right and bottom of the part that is resized
 * @returns {Picture}
 */
export function resize(picture, [width, height], box) {
  const [left, top, right, bottom] = box ?? [0, 0, picture.width, picture.height]
  const across = kernelOf(picture.width, left, right, width)
  const down = kernelOf(picture.height, top, bottom, height)
  const narrow = new Float32Array(width * picture.height)
  const first = down[0].start
  const last = down[height - 1].start + down[height - 1].weights.length
  for (let row = first; row < last; row++) {
    for (let column = 0; column < width; column++) {
      const { start, weights } = across[column]
      let sum = 0
      for (let i = 0; i < weights.length; i++) {
        sum += picture.values[row * picture.width + start + i] * weights[i]
      }
      narrow[row * width + column] = sum
    }
  }
  const values = new Float32Array(width * height)
  for (let row = 0; row < height; row++) {
    const { start, weights } = down[row]
    for (let column = 0; column < width; column++) {
      let sum = 0
      for (let i = 0; i < weights.length; i++) {
        sum += narrow[(start + i) * width + column] * weights[i]
      }
      values[row * width + column] = sum
    }
  }
  return { values, width, height }
}

/** For each output pixel: the first input pixel that counts, and the weights. */
function kernelOf(length, from, to, count) {
  const scale = (to - from) / count
  const reach = Math.max(scale, 1)
  return Array.from({ length: count }, (_, index) => {
    const center = from + (index + 0.5) * scale
    const start = Math.max(0, Math.trunc(center - reach + 0.5))
    const end = Math.min(length, Math.trunc(center + reach + 0.5))
    const weights = []
    for (let i = start; i < end; i++) {
      weights.push(Math.max(0, 1 - Math.abs(i - center + 0.5) / reach))
    }
    const sum = weights.reduce((total, weight) => total + weight, 0)
    return { start, weights: weights.map((weight) => weight / sum) }
  })
}

/** As Python rounds. */
export function roundHalfToEven(value) {
  const rounded = Math.round(value)
  return rounded - value === 0.5 && rounded % 2 ? rounded - 1 : rounded
}
