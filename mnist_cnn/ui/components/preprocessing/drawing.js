// The ink of a drawing, as digits/drawing.py finds it. Photos are read by the server.

const FAINTEST = 24 // gray levels between background and ink below which nothing is seen

/**
 * @param {import("./resampling.js").Picture} gray from 0 to 255
 * @returns {{ink: Picture, ground: string}} ink in [0, 1]: 1 is ink, 0 is background;
 *   ground: "dark", "light", or "" where all is of one color
 */
export function drawnInk(gray) {
  const { values, width, height } = gray
  const [low, high] = range(values)
  const ink = { values: new Float32Array(values.length), width, height }
  if (high - low < FAINTEST) return { ink, ground: "" }
  const background = backgroundOf(gray)
  const isLight = high - background >= background - low
  const contrast = isLight ? high - background : background - low
  for (let i = 0; i < values.length; i++) {
    const difference = isLight ? values[i] - background : background - values[i]
    ink.values[i] = Math.min(1, Math.max(0, difference / contrast))
  }
  return { ink, ground: isLight ? "dark" : "light" }
}

function range(values) {
  let [low, high] = [Infinity, -Infinity]
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  return [low, high]
}

/** The median level along the picture's border. */
function backgroundOf({ values, width, height }) {
  const border = []
  for (let x = 0; x < width; x++) border.push(values[x], values.at(x - width))
  for (let y = 0; y < height; y++) {
    border.push(values[y * width], values[(y + 1) * width - 1])
  }
  border.sort((one, other) => one - other)
  const middle = border.length / 2
  return (border[Math.ceil(middle) - 1] + border[Math.floor(middle)]) / 2
}
