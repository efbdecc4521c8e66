// Reads what payload.py packs: a heading in JSON, then arrays and files.

const unpacked = (bytes) => {
  const length = new DataView(bytes.buffer).getUint32(0, true)
  const heading = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)))
  const part = (name) => {
    const [start, size] = heading.parts[name]
    return bytes.slice(4 + length + start, 4 + length + start + size)
  }
  const floats = (name) => new Float32Array(part(name).buffer)
  return { heading, part, floats }
}

const sameBytes = (one, other) =>
  one && one.length === other.length && one.every((byte, i) => byte === other[i])

// What has come for a view, opened; undefined if it shows that already. Who waits while
// showing it (for an image to be decoded) asks `isNewest` before going on.
export const received = (view, data) => {
  if (sameBytes(view.received, data)) return undefined
  const bytes = data.slice()
  view.received = bytes
  return { ...unpacked(bytes), isNewest: () => view.received === bytes }
}

export const decoded = (png) =>
  createImageBitmap(new Blob([png], { type: "image/png" }))

export const filled = (text, values) =>
  text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "")

export const element = (parent, tag, className, properties = {}) => {
  const made = document.createElement(tag)
  if (className) made.className = className
  Object.assign(made, properties)
  parent.append(made)
  return made
}
