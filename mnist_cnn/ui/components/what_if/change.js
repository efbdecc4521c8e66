// A drawing turned, moved, scaled and thickened, as digits/transforms.py has it.

const SIDE = 28

/**
 * @param {Float32Array} pixels 784, row by row, in [0, 1]
 * @param {{angle, right, down, scale, thicken}} change degrees counterclockwise, pixels,
 *   pixels, a factor, and pixels that each edge of a stroke moves outwards
 * @returns {Float32Array} 784 in [0, 1]
 */
export function changed(pixels, change) {
  const thick = thickened(moved(pixels, change), change.thicken)
  return thick.map((value) => Math.max(0, Math.min(1, value)))
}

/** Scaled, turned and shifted around its center of mass, bilinear, 0 outside. */
function moved(pixels, { angle, right, down, scale }) {
  const center = centerOfMass(pixels)
  if (!center || (angle === 0 && right === 0 && down === 0 && scale === 1)) return pixels
  const radians = (angle * Math.PI) / 180
  const [cos, sin] = [Math.cos(radians) / scale, Math.sin(radians) / scale]
  // A smaller digit keeps all its ink only if each new pixel is a mean of several.
  const parts = scale < 1 ? [-1 / 3, 0, 1 / 3] : [0]
  return Float32Array.from(pixels, (_, pixel) => {
    let sum = 0
    for (const rows of parts) {
      for (const columns of parts) {
        const y = Math.floor(pixel / SIDE) - center[0] - down + rows
        const x = (pixel % SIDE) - center[1] - right + columns
        const from = [center[0] + cos * y + sin * x, center[1] - sin * y + cos * x]
        sum += valueAt(pixels, ...from)
      }
    }
    return sum / parts.length ** 2
  })
}

function centerOfMass(pixels) {
  let [mass, rows, columns] = [0, 0, 0]
  pixels.forEach((value, pixel) => {
    mass += value
    rows += value * Math.floor(pixel / SIDE)
    columns += value * (pixel % SIDE)
  })
  return mass > 0 ? [rows / mass, columns / mass] : undefined
}

const inkAt = (pixels, row, column) =>
  row >= 0 && row < SIDE && column >= 0 && column < SIDE
    ? pixels[row * SIDE + column]
    : 0

function valueAt(pixels, y, x) {
  const [row, column] = [Math.floor(y), Math.floor(x)]
  const [lower, right] = [y - row, x - column]
  const at = (rows, columns) => inkAt(pixels, row + rows, column + columns)
  const above = at(0, 0) * (1 - right) + at(0, 1) * right
  const below = at(1, 0) * (1 - right) + at(1, 1) * right
  return above * (1 - lower) + below * lower
}

/** Toward the brightest (or darkest) of a pixel and the four beside it, a pixel at a time. */
function thickened(pixels, amount) {
  const reach = amount > 0 ? Math.max : Math.min
  for (let rest = Math.abs(amount); rest > 0; rest--) {
    const previous = pixels
    pixels = Float32Array.from(previous, (value, pixel) => {
      const [row, column] = [Math.floor(pixel / SIDE), pixel % SIDE]
      const reached = reach(
        value,
        inkAt(previous, row - 1, column),
        inkAt(previous, row + 1, column),
        inkAt(previous, row, column - 1),
        inkAt(previous, row, column + 1),
      )
      return value + Math.min(rest, 1) * (reached - value)
    })
  }
  return pixels
}
