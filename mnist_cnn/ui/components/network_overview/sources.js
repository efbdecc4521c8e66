// Which values of the layer before a value comes from, and what each of them adds.

import { IMAGE } from "../live_reading/network_layout.js"

const POINT = { size: 1, stride: 1, zeroPadding: [0, 0] }
const SAME_NUMBERS = ["flatten", "dropout"] // the same numbers as before them

/** The last layer whose numbers are shown by that layer's name or before it. */
export function shownAt(layers, index) {
  while (index >= 0 && SAME_NUMBERS.includes(layers[index].kind)) index--
  return index < 0 ? { name: IMAGE, outputShape: [28, 28, 1] } : layers[index]
}

/**
 * @param {object[]} layers as nn/quantization.py describes them
 * @param {{pixels, activations}} reading
 * @param {Network} [network] without it, nobody knows what each adds
 * @param {{name, tile, row, across}} value of a layer's map or unit
 * @returns {{name, tile, top, left, height, width, added}[]} windows over the maps or
 *   units before it, those that add most first; added is undefined if not known.
 */
export function sourcesOf(layers, reading, network, { name, tile, row, across }) {
  const index = layers.findIndex((layer) => layer.name === name)
  if (index < 0) return []
  const layer = layers[index]
  const input = shownAt(layers, index - 1)
  const shape = input.outputShape
  const [height, width, maps] = shape.length === 3 ? shape : [1, 1, shape[0]]
  const values =
    input.name === IMAGE ? reading.pixels : reading.activations.get(input.name).values
  const kernel = network && hasKernel(layer) ? network.weight(layer, "kernel") : undefined
  const windowAt = (map, top, left, size) => ({
    name: input.name,
    tile: map,
    top: Math.max(0, top),
    left: Math.max(0, left),
    height: Math.min(height, top + size) - Math.max(0, top),
    width: Math.min(width, left + size) - Math.max(0, left),
  })
  if (input.outputShape.length > layer.outputShape.length && layer.kind !== "dense") {
    return [windowAt(tile, 0, 0, height)] // a mean over the whole map
  }
  const { size, stride, zeroPadding } = layer.window ?? POINT
  const [top, left] = [row, across].map((at) => at * stride - zeroPadding[0])
  if (layer.kind === "conv") {
    const filters = layer.outputShape.at(-1)
    const added = (map, seen) => {
      if (!kernel) return undefined
      let sum = 0
      for (let y = seen.top; y < seen.top + seen.height; y++) {
        for (let x = seen.left; x < seen.left + seen.width; x++) {
          const weight = ((y - top) * size + x - left) * maps + map
          sum += values[(y * width + x) * maps + map] * kernel[weight * filters + tile]
        }
      }
      return sum
    }
    return byWhatTheyAdd(
      Array.from({ length: maps }, (_, map) => {
        const seen = windowAt(map, top, left, size)
        return { ...seen, added: added(map, seen) }
      }),
    )
  }
  if (layer.kind === "dense") {
    if (!kernel) return []
    const units = layer.outputShape[0]
    return byWhatTheyAdd(
      Array.from(values, (value, index) => {
        const position = Math.floor(index / maps)
        return {
          ...windowAt(index % maps, Math.floor(position / width), position % width, 1),
          added: value * kernel[index * units + tile],
        }
      }),
    )
  }
  return [windowAt(tile, top, left, size)]
}

const hasKernel = ({ kind }) => kind === "conv" || kind === "dense"

const byWhatTheyAdd = (found) =>
  found[0]?.added === undefined
    ? found
    : found.sort((one, other) => Math.abs(other.added) - Math.abs(one.added))
