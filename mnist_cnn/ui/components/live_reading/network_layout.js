// Where each layer's maps stand: a column a layer from left to right, or on a narrow
// screen a band a layer from top to bottom (isAcross), as large as the room allows.

export const IMAGE = "image"
export const OUTPUT = "output"
const TITLE = 20
const EDGE = 8
const GAP = 2 // between two answers
const MIN_BETWEEN = 22 // two layers, for the lines
const SHRINK = 0.6 // a map of half the height is 0.66 as large
const LARGEST = 160
const SMALLEST = 15

/**
 * @param {Map<string, {shape: number[]}>} activations by layer name
 * @returns {Map<string, object>} by layer name a column: name, title, titleAt
 *   [x, y], height, width (of a map, in values), tiles, isAcross, left, top, cell
 *   [width, height], gap, count (of cells in a line), length along the network, breadth.
 */
export function arranged(activations, width, height) {
  const isAcross = height > 1.15 * width
  const along = (isAcross ? height : width) - 2 * EDGE
  const side = (isAcross ? width : height) - 2 * EDGE - (isAcross ? 0 : TITLE)
  let layers = shownLayers(activations)
  let size = largest(layers, along, side, isAcross)
  if (size < SMALLEST) {
    // Too many to be seen: what a block ends with stands for the block.
    layers = layers.filter(({ name }) => !/^(batch_norm|(leaky_)?relu|tanh|sigmoid)_/.test(name))
    size = largest(layers, along, side, isAcross)
  }
  const blocks = layers.map((layer) => block(layer, size, along, side))
  const used = blocks.reduce((sum, { length }) => sum + length, 0)
  const titles = isAcross ? TITLE * layers.length : 0
  const between = (along - used - titles) / Math.max(1, layers.length - 1)
  const columns = new Map()
  let at = EDGE
  layers.forEach((layer, index) => {
    const { length, breadth, cell, gap, count } = blocks[index]
    const aside = EDGE + (side - breadth) / 2
    const turned = isAcross ? [cell[1], cell[0]] : cell
    const column = { ...layer, isAcross, cell: turned, gap, count, length, breadth }
    if (isAcross) {
      Object.assign(column, { left: aside, top: at + TITLE })
      column.titleAt = [EDGE, at]
      at += length + TITLE + between
    } else {
      Object.assign(column, { left: at, top: aside + TITLE })
      column.titleAt = [at + length / 2, EDGE - 4]
      at += length + between
    }
    columns.set(layer.name, column)
  })
  return columns
}

/** [left, top, width, height] of a map, a unit or an answer. */
export function cellBox({ left, top, cell: [width, height], count, gap, isAcross }, tile) {
  const [line, position] = [Math.floor(tile / count), tile % count]
  const [row, column] = isAcross ? [line, position] : [position, line]
  return [left + column * (width + gap), top + row * (height + gap), width, height]
}

/** What lies at a point: its column, tile, row and place across; or undefined. */
export function cellAt(columns, x, y) {
  for (const column of columns.values()) {
    for (let tile = 0; tile < column.tiles; tile++) {
      const [left, top, width, height] = cellBox(column, tile)
      const [dx, dy] = [(x - left) / width, (y - top) / height]
      if (dx < 0 || dy < 0 || dx >= 1 || dy >= 1) continue
      const row = Math.floor(dy * column.height)
      return { column, tile, row, across: Math.floor(dx * column.width) }
    }
  }
  return undefined
}

function shownLayers(activations) {
  const image = { name: IMAGE, title: "image", height: 28, width: 28, tiles: 1 }
  const layers = [image]
  for (const [name, { shape }] of activations) {
    // The same numbers again, which would say that there is a change.
    if (name === "flatten" || name === "dropout") continue
    const [height, width, tiles] = shape.length === 3 ? shape : [1, 1, shape[0]]
    layers.push({ name, title: name, height, width, tiles })
  }
  return layers
}

/** The largest size of a map with which all layers have room. */
function largest(layers, along, side, isAcross) {
  const between = MIN_BETWEEN + (isAcross ? TITLE : 0)
  const room = along - between * (layers.length - 1) - (isAcross ? TITLE : 0)
  for (let size = LARGEST; size > 2; size -= 0.5) {
    const lengths = layers.map((layer) => block(layer, size, along, side).length)
    if (lengths.reduce((sum, length) => sum + length) <= room) return size
  }
  return 2
}

/** A layer with maps of that size: its length along the network, its breadth, … */
function block(layer, size, along, side) {
  const { name, tiles } = layer
  if (name === IMAGE) {
    const large = Math.min(Math.max(2.2 * size, 0.1 * along), side, 0.22 * along)
    return { length: large, breadth: large, cell: [large, large], gap: 0, count: 1 }
  }
  if (name === OUTPUT) return answers(layer, along, side)
  if (layer.height === 1 && layer.width === 1) return units(layer, along, side)
  const cell = size * (layer.height / 28) ** SHRINK
  const gap = gapOf(layer) * (cell / layer.width)
  const perLine = Math.max(1, Math.floor((side + gap) / (cell + gap)))
  const lines = Math.ceil(tiles / perLine)
  const count = Math.ceil(tiles / lines)
  return {
    length: lines * (cell + gap) - gap,
    breadth: count * (cell + gap) - gap,
    cell: [cell, cell],
    gap,
    count,
  }
}

/** Between two maps, in values: a map and its gap are enlarged together. */
export const gapOf = ({ width }) => (width > 3 ? 1 : 0)

// The ten answers on the short side; a digit is never higher than it can be read.
function answers({ tiles }, along, side) {
  const gap = GAP
  const breadth = Math.min((side - gap * (tiles - 1)) / tiles, 90)
  const length = Math.max(24, Math.min(1.2 * breadth, 0.075 * along))
  return {
    length,
    breadth: tiles * (breadth + gap) - gap,
    cell: [length, breadth],
    gap,
    count: tiles,
  }
}

// A thousand units take a sixteenth of the length or little more.
function units({ tiles }, along, side) {
  const cell = Math.max(1, Math.min(14, Math.sqrt((0.06 * along * side) / tiles)))
  const count = Math.min(tiles, Math.max(1, Math.floor(side / cell)))
  const lines = Math.ceil(tiles / count)
  return {
    length: lines * cell,
    breadth: count * cell,
    cell: [cell, cell],
    gap: 0,
    count,
  }
}
