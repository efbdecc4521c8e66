// The one color scale of signed values, as figures/activations.py has it: black is 0,
// orange to white above it, blue to white below.

const ABOVE = [[0, 0, 0], [96, 40, 0], [200, 90, 0], [250, 165, 40], [255, 248, 215]]
const BELOW = [[0, 0, 0], [0, 42, 100], [0, 96, 190], [70, 170, 245], [222, 243, 255]]

export const MIDDLE = 127

let colorsOfValues
/** 255 colors, as the pixels of an ImageData hold them; the middle one is 0's. */
export function palette() {
  if (colorsOfValues) return colorsOfValues
  colorsOfValues = new Uint32Array(2 * MIDDLE + 1)
  for (let index = 0; index <= 2 * MIDDLE; index++) {
    const stops = index < MIDDLE ? BELOW : ABOVE
    const at = (Math.abs(index - MIDDLE) / MIDDLE) * (stops.length - 1)
    const low = Math.min(Math.floor(at), stops.length - 2)
    const [r, g, b] = stops[low].map((from, channel) =>
      Math.round(from + (at - low) * (stops[low + 1][channel] - from)),
    )
    colorsOfValues[index] = (255 << 24) | (b << 16) | (g << 8) | r
  }
  return colorsOfValues
}
