// Reads what payload.py packs: a heading in JSON, then arrays and files.

const opened = (data) => {
  const bytes = data.slice()
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

const filled = (text, values) =>
  text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "")

const element = (parent, tag, className, properties = {}) => {
  const made = document.createElement(tag)
  if (className) made.className = className
  Object.assign(made, properties)
  parent.append(made)
  return made
}
