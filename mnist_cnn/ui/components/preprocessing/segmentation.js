// Several digits in one drawing, as digits/segmentation.py tells them apart: which ink
// belongs to which digit, row by row.

const MAX_DIGITS = 20
const MAX_PIECES = 60
const MARGIN_OF_DIGIT = 2
const MARGIN_OF_PICTURE = 12

/**
 * @param {import("./resampling.js").Picture} ink in [0, 1], as `drawnInk` gives it
 * @returns {{box: number[], row: number, ink: Picture}[]} in reading order. box: left,
 *   top, right and bottom in pixels of the drawing; row: 0 is at the top; ink: this
 *   digit's alone, with a margin.
 */
export function split(ink) {
  const { labels, pieces } = labeled(ink)
  const largest = pieces.reduce((size, piece) => Math.max(size, piece.size), 0)
  const kept = pieces
    .sort((one, other) => other.size - one.size)
    .slice(0, MAX_PIECES)
    .filter((piece) => piece.size > Math.max(3, largest / 100))
    .map((piece) => ({ labels: [piece.label], box: piece.box }))
  const groups = merged(kept)
    .sort((one, other) => area(other.box) - area(one.box))
    .slice(0, MAX_DIGITS)
  return rowsOf(groups).flatMap((groupsOfRow, row) =>
    groupsOfRow.map((group) => ({
      box: group.box,
      row,
      get ink() {
        return alone(ink, labels, group)
      },
    })),
  )
}

/** Pieces of ink that hang together, corners too: each pixel's label, 1 for the first. */
function labeled({ values, width, height }) {
  const labels = new Int32Array(values.length)
  const pieces = []
  const isNew = (pixel) => values[pixel] >= 0.5 && !labels[pixel]
  for (let start = 0; start < values.length; start++) {
    if (!isNew(start)) continue
    const label = pieces.length + 1
    const box = [Infinity, Infinity, 0, 0]
    const found = [start]
    labels[start] = label
    let size = 0
    while (found.length) {
      const pixel = found.pop()
      const [x, y] = [pixel % width, Math.floor(pixel / width)]
      size++
      if (x < box[0]) box[0] = x
      if (y < box[1]) box[1] = y
      if (x >= box[2]) box[2] = x + 1
      if (y >= box[3]) box[3] = y + 1
      for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
        for (let column = Math.max(0, x - 1); column <= x + 1; column++) {
          const next = row * width + column
          if (column === width || !isNew(next)) continue
          labels[next] = label
          found.push(next)
        }
      }
    }
    pieces.push({ label, box, size })
  }
  return { labels, pieces }
}

function merged(pieces) {
  const tallest = Math.max(...pieces.map(({ box }) => box[3] - box[1]))
  for (;;) {
    const pair = belonging(pieces, tallest)
    if (!pair) return pieces
    const [one, other] = pair
    one.labels.push(...other.labels)
    one.box = union(one.box, other.box)
    pieces = pieces.filter((piece) => piece !== other)
  }
}

function belonging(pieces, tallest) {
  for (const [i, one] of pieces.entries()) {
    for (const other of pieces.slice(i + 1)) {
      if (belong(one.box, other.box, tallest)) return [one, other]
    }
  }
  return undefined
}

/** Whether two boxes are one digit; gaps are fractions of the tallest piece's height. */
function belong(one, other, tallest) {
  const overlap = Math.min(one[2], other[2]) - Math.max(one[0], other[0])
  const narrower = Math.min(one[2] - one[0], other[2] - other[0])
  const sideBySide = Math.min(one[3], other[3]) - Math.max(one[1], other[1])
  const isSmall = Math.min(one[3] - one[1], other[3] - other[1]) < 0.4 * tallest
  if (overlap > 0.35 * narrower) {
    return -sideBySide < (isSmall ? 0.25 : 0.05) * tallest
  }
  // A bar's end lies beside its digit, closer than the next digit would be.
  const isNear = -overlap < 0.12 * tallest && sideBySide > -0.15 * tallest
  return isNear && isSmall
}

/** From top to bottom; a digit is in the row of the digit at its left, if any is. */
function rowsOf(groups) {
  const rows = []
  groups.sort((one, other) => one.box[0] - other.box[0])
  for (const group of groups) {
    const overlaps = rows.map((row) => beside(row.at(-1).box, group.box))
    const largest = Math.max(...overlaps)
    if (largest > 0.3) rows[overlaps.indexOf(largest)].push(group)
    else rows.push([group])
  }
  const middle = (row) =>
    row.reduce((sum, { box }) => sum + box[1] + box[3], 0) / row.length
  return rows.sort((one, other) => middle(one) - middle(other))
}

/** The height that two boxes share, as a part of the lower one's. */
function beside(one, other) {
  const shared = Math.min(one[3], other[3]) - Math.max(one[1], other[1])
  return shared / Math.min(one[3] - one[1], other[3] - other[1])
}

/** Gray edges stay; only the strong ink of other digits goes. */
function alone(ink, labels, group) {
  const [left, top, right, bottom] = group.box
  const rows = [Math.max(0, top - MARGIN_OF_DIGIT), bottom + MARGIN_OF_DIGIT]
  const columns = [Math.max(0, left - MARGIN_OF_DIGIT), right + MARGIN_OF_DIGIT]
  const end = [Math.min(rows[1], ink.height), Math.min(columns[1], ink.width)]
  const width = end[1] - columns[0] + 2 * MARGIN_OF_PICTURE
  const height = end[0] - rows[0] + 2 * MARGIN_OF_PICTURE
  const values = new Float32Array(width * height)
  for (let row = rows[0]; row < end[0]; row++) {
    for (let column = columns[0]; column < end[1]; column++) {
      const label = labels[row * ink.width + column]
      if (label && !group.labels.includes(label)) continue
      const to = (row - rows[0] + MARGIN_OF_PICTURE) * width + MARGIN_OF_PICTURE
      values[to + column - columns[0]] = ink.values[row * ink.width + column]
    }
  }
  return { values, width, height }
}

const union = (one, other) => [
  Math.min(one[0], other[0]),
  Math.min(one[1], other[1]),
  Math.max(one[2], other[2]),
  Math.max(one[3], other[3]),
]

const area = (box) => (box[2] - box[0]) * (box[3] - box[1])
