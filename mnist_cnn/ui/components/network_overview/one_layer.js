// Where a layer's maps stand if it is shown alone, as wide as a phone.

import { gapOf, IMAGE, OUTPUT } from "../live_reading/network_layout.js"

const MIN_MAP = 41 // for a map of 28x28 values; a smaller one may be a little smaller
const MIN_UNIT = 8
const MAX_SIDE = 260

/** A column as network_layout.js makes them, of so many pixels at most. */
export function alone(name, shape, room) {
  const [height, width, tiles] = shape.length === 3 ? shape : [1, 1, shape[0]]
  const between = name === IMAGE ? 0 : name === OUTPUT ? 0.06 : gapOf({ width }) / width
  const isUnits = shape.length === 1
  const minimum = isUnits ? MIN_UNIT : MIN_MAP * (height / 28) ** 0.4
  const limit = name === OUTPUT ? tiles : Math.floor(room / (minimum * (1 + between)))
  const count = Math.max(1, Math.min(tiles, limit))
  const side = Math.min(MAX_SIDE, room / (count * (1 + between) - between))
  const cell = [side, name === OUTPUT ? 1.6 * side : side]
  const gap = between * side
  const lines = Math.ceil(tiles / count)
  return {
    ...{ name, title: name, titleAt: [0, 0], height, width, tiles },
    ...{ isAcross: true, left: 0, top: 0, cell, gap, count },
    length: lines * (cell[1] + gap) - gap,
    breadth: count * (side + gap) - gap,
  }
}
