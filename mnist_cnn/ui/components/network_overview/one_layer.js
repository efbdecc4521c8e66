// Where a layer's maps stand if it is shown alone, as wide as a phone.

import { gapOf, IMAGE, OUTPUT } from "../live_reading/network_layout.js"

const LEAST_MAP = 41 // for a map of 28x28 values; a smaller one may be a little smaller
const LEAST_UNIT = 8
const WIDEST = 260

/** A column as network_layout.js makes them, of so many pixels at most. */
export function alone(name, shape, room) {
  const [height, width, tiles] = shape.length === 3 ? shape : [1, 1, shape[0]]
  const between = name === IMAGE ? 0 : name === OUTPUT ? 0.06 : gapOf({ width }) / width
  const isUnits = shape.length === 1
  const least = isUnits ? LEAST_UNIT : LEAST_MAP * (height / 28) ** 0.4
  const most = name === OUTPUT ? tiles : Math.floor(room / (least * (1 + between)))
  const count = Math.max(1, Math.min(tiles, most))
  const side = Math.min(WIDEST, room / (count * (1 + between) - between))
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
