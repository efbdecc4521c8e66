// What a window over a layer's input makes, from the numbers sent once.

import { painted } from "../painting.js"

// What the window covers, channel by channel, and what comes of it.
export const step = (view) => {
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
  const found = { top, left, patch, outside, area, activation: view.activation[at] }
  if (kind !== "conv") return found
  found.products = patch.map((value, i) => value * view.kernel[i])
  found.sums = Array.from({ length: channels }, (_, c) => {
    let sum = 0
    for (let i = 0; i < area; i++) sum += found.products[c * area + i]
    return sum
  })
  found.total = found.sums.reduce((sum, value) => sum + value, 0)
  found.preActivation = found.total + view.bias
  found.order = found.sums
    .map((_, c) => c)
    .sort((a, b) => Math.abs(found.sums[b]) - Math.abs(found.sums[a]))
  return found
}

// What each input map adds to every pixel of the result.
export const addedMaps = (view) => {
  const { size, stride, pad, out } = view
  const [height, width, channels] = view.in
  return Array.from({ length: channels }, (_, c) => {
    const map = new Float32Array(out[0] * out[1])
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        const weight = view.kernel[(c * size + i) * size + j]
        for (let row = 0; row < out[0]; row++) {
          const y = row * stride - pad + i
          if (y < 0 || y >= height) continue
          for (let column = 0; column < out[1]; column++) {
            const x = column * stride - pad + j
            if (x < 0 || x >= width) continue
            const value = view.inputs[(c * height + y) * width + x]
            map[row * out[1] + column] += weight * value
          }
        }
      }
    }
    return map
  })
}

// The same as pictures, on one scale.
export const addedPictures = (view) => {
  const maps = addedMaps(view)
  let limit = 0
  for (const map of maps) {
    for (const value of map) limit = Math.max(limit, Math.abs(value))
  }
  return maps.map((map) => painted(map, ...view.out, limit))
}
