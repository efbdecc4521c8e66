// A picture, a box that a finger drags on it, and buttons to turn it and to take it all.

const choosers = new WeakMap()
const SLIP = 8 // pixels: a shorter drag is a click

/** [left, top, right, bottom] in fractions as a style. */
const placed = (target, [left, top, right, bottom]) => {
  Object.assign(target.style, {
    left: `${100 * left}%`,
    top: `${100 * top}%`,
    width: `${100 * (right - left)}%`,
    height: `${100 * (bottom - top)}%`,
  })
}

const framed = (view, box) => {
  view.frame.hidden = !box
  view.all.disabled = !box
  if (box) placed(view.frame, box)
}

const choose = (view, turns, box) => {
  view.chosen = { turns, box }
  framed(view, box)
  view.send({ turns, box })
}

/** Where the pointer is, in fractions of the picture. */
const position = (view, event) => {
  const { left, top, width, height } = view.stage.getBoundingClientRect()
  const fraction = (value) => Math.min(1, Math.max(0, value))
  return [fraction((event.clientX - left) / width), fraction((event.clientY - top) / height)]
}

const boxBetween = ([x1, y1], [x2, y2]) => [
  Math.min(x1, x2),
  Math.min(y1, y2),
  Math.max(x1, x2),
  Math.max(y1, y2),
]

/** A found digit with some paper around it. */
const withMargin = ([left, top, right, bottom], picture) => {
  const { naturalWidth: width, naturalHeight: height } = picture
  const margin = 0.25 * Math.max((right - left) * width, (bottom - top) * height)
  const [x, y] = [margin / width, margin / height]
  return [
    Math.max(0, left - x),
    Math.max(0, top - y),
    Math.min(1, right + x),
    Math.min(1, bottom + y),
  ]
}

const listen = (view) => {
  const { stage } = view
  stage.onpointerdown = (event) => {
    if (event.button) return
    event.preventDefault()
    stage.setPointerCapture(event.pointerId)
    view.start = { at: position(view, event), x: event.clientX, y: event.clientY }
  }
  stage.onpointermove = (event) => {
    if (view.start) framed(view, boxBetween(view.start.at, position(view, event)))
  }
  stage.onpointerup = (event) => {
    if (!view.start) return
    const { at, x, y } = view.start
    view.start = null
    const moved = Math.min(Math.abs(event.clientX - x), Math.abs(event.clientY - y))
    if (moved >= SLIP) {
      choose(view, view.chosen.turns, boxBetween(at, position(view, event)))
      return
    }
    const found = view.found.find(
      ([left, top, right, bottom]) =>
        left <= at[0] && at[0] <= right && top <= at[1] && at[1] <= bottom,
    )
    if (found) choose(view, view.chosen.turns, withMargin(found, view.picture))
    else framed(view, view.chosen.box)
  }
  stage.onpointercancel = () => {
    view.start = null
    framed(view, view.chosen.box)
  }
}

const mount = (parentElement) => {
  const root = element(parentElement, "div", "chooser")
  const view = { root, stage: element(root, "div", "stage"), found: [] }
  view.stage.setAttribute("role", "group")
  view.picture = element(view.stage, "img", "", { alt: "", draggable: false })
  view.digits = element(view.stage, "div", "digits")
  view.frame = element(view.stage, "div", "frame", { hidden: true })
  const buttons = element(root, "div", "buttons")
  view.turn = element(buttons, "button", "", { type: "button" })
  view.all = element(buttons, "button", "", { type: "button" })
  view.turn.onclick = () => choose(view, (view.chosen.turns + 1) % 4, null)
  view.all.onclick = () => choose(view, view.chosen.turns, null)
  listen(view)
  choosers.set(parentElement, view)
  return view
}

const show = (view, { heading, part }) => {
  const { words, found, turns, box } = heading
  URL.revokeObjectURL(view.picture.src)
  view.picture.src = URL.createObjectURL(new Blob([part("jpeg")], { type: "image/jpeg" }))
  view.stage.setAttribute("aria-label", words.picture)
  view.picture.alt = words.picture
  view.turn.textContent = `↻ ${words.turn}`
  view.all.textContent = words.all
  view.found = found
  view.digits.replaceChildren()
  found.forEach((digit, index) => {
    const label = filled(words.digit, { number: index + 1 })
    const button = element(view.digits, "button", "digit", { type: "button" })
    button.setAttribute("aria-label", label)
    placed(button, digit)
    // A pointer's click is the stage's; this one comes from the keyboard.
    button.onclick = (event) =>
      event.detail || choose(view, turns, withMargin(digit, view.picture))
  })
  view.chosen = { turns, box }
  framed(view, box)
}

export default function ({ data, parentElement, setStateValue }) {
  const view = choosers.get(parentElement) ?? mount(parentElement)
  view.send = (part) => setStateValue("part", part)
  const news = received(view, data)
  if (news) show(view, news)
  return () => {
    URL.revokeObjectURL(view.picture.src)
    view.root.remove()
    choosers.delete(parentElement)
  }
}
