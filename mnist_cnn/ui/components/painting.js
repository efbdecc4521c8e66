// Values as colors, cells and small pictures, all on one palette.

import { palette } from "./live_reading/palette.js"

export const fixed = (value, digits) => {
  const text = Math.abs(value) >= 1000 ? value.toFixed(0) : value.toFixed(digits)
  return text.replace("-", "−").replace(/^−(0(?:\.0*)?)$/, "$1")
}

export const colorOf = (value, limit) => {
  const scaled = limit > 0 ? Math.max(-1, Math.min(1, value / limit)) : 0
  const color = palette()[Math.round(127 + 127 * scaled)]
  return [color & 255, (color >> 8) & 255, (color >> 16) & 255]
}

/** Black text stands out better on it than white: by WCAG 2's relative luminance. */
export const isBright = (color) => {
  const [r, g, b] = color.map((value) =>
    value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
  )
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179
}

// A map of values as a small picture, enlarged without smoothing when drawn.
export const painted = (values, height, width, limit) => {
  const canvas = document.createElement("canvas")
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext("2d")
  const image = context.createImageData(width, height)
  for (let i = 0; i < width * height; i++) {
    const [r, g, b] = colorOf(values[i], limit)
    image.data.set([r, g, b, 255], 4 * i)
  }
  context.putImageData(image, 0, 0)
  return canvas
}

export const prepared = (canvas, width, height) => {
  const ratio = window.devicePixelRatio || 1
  canvas.style.width = `${width}px`
  canvas.style.height = `${height}px`
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  const context = canvas.getContext("2d")
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.imageSmoothingEnabled = false
  return context
}

export const framed = (context, x, y, width, height) => {
  context.setLineDash([])
  context.lineWidth = 4
  context.strokeStyle = "#0072B2"
  context.strokeRect(x, y, width, height)
  context.lineWidth = 1.5
  context.strokeStyle = "#fff"
  context.strokeRect(x, y, width, height)
}

export const hatched = (context, width, height) => {
  context.fillStyle = "#666"
  context.fillRect(0, 0, width, height)
  context.strokeStyle = "#999"
  context.lineWidth = 1
  context.beginPath()
  for (let x = -height; x < width; x += 6) {
    context.moveTo(x, height)
    context.lineTo(x + height, 0)
  }
  context.stroke()
}
