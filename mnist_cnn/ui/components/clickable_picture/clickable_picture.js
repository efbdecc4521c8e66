// A row of pictures made of tiles. A click or the arrow keys choose a tile; the frame
// moves at once, and the server hears of it.

const views = new WeakMap()
const SEND_AFTER_MS = 200
const TALLEST = 260
const LOWEST = 140
const SCROLLED = 210

const framed = (view, item) => {
  const { picture, frame, canvas } = item
  const chosen = view.chosen
  const here = chosen.item === picture.name
  item.root.classList.toggle("chosen", here)
  item.bars?.forEach((bar, digit) =>
    bar.setAttribute("aria-pressed", here && digit === chosen.tile),
  )
  if (!frame) return
  frame.hidden = !here || picture.tiles < 2
  if (frame.hidden) return
  const scale = canvas.clientWidth / picture.width
  const column = chosen.tile % picture.columns
  const row = Math.floor(chosen.tile / picture.columns)
  const left = column * (picture.tile_width + picture.gap) * scale
  const top = row * (picture.tile_height + picture.gap) * scale
  const grow = picture.tile_width === 1 ? 3 : 0
  Object.assign(frame.style, {
    left: `${left - grow}px`,
    top: `${top - grow}px`,
    width: `${picture.tile_width * scale + 2 * grow}px`,
    height: `${picture.tile_height * scale + 2 * grow}px`,
  })
}

// Each choice has a number: an answer to an older one does not take back a newer one.
const choose = (view, item, tile, wait = 0) => {
  view.chosen = { item, tile, number: view.chosen.number + 1 }
  view.items.forEach((each) => framed(view, each))
  clearTimeout(view.timer)
  view.timer = setTimeout(() => view.send(view.chosen), wait)
}

const tileAt = (item, event) => {
  const { picture, canvas } = item
  const box = canvas.getBoundingClientRect()
  const x = ((event.clientX - box.left) / box.width) * picture.width
  const y = ((event.clientY - box.top) / box.height) * picture.height
  const clamp = (value, most) => Math.max(0, Math.min(most - 1, Math.floor(value)))
  const column = clamp(x / (picture.tile_width + picture.gap), picture.columns)
  const row = clamp(y / (picture.tile_height + picture.gap), picture.rows)
  return Math.min(row * picture.columns + column, picture.tiles - 1)
}

const moved = (picture, tile, key) => {
  const step = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -picture.columns,
    ArrowDown: picture.columns,
    Home: -tile,
    End: picture.tiles - 1 - tile,
  }[key]
  if (step === undefined) return undefined
  const next = tile + step
  return next >= 0 && next < picture.tiles ? next : tile
}

const tileName = (view, picture, tile) =>
  filled(picture.tile_name ?? "", { n: tile, total: picture.tiles - 1 })

const addPicture = (view, item) => {
  const { picture, root } = item
  const stage = element(root, "div", "stage")
  const canvas = element(stage, "canvas", "pixels")
  canvas.setAttribute("role", "img")
  item.stage = stage
  item.canvas = canvas
  item.frame = element(stage, "div", "frame", { hidden: true })
  if (!picture.clickable) return
  stage.tabIndex = 0
  stage.setAttribute("role", "application")
  stage.onclick = (event) => choose(view, picture.name, tileAt(item, event))
  stage.onmousemove = (event) => {
    stage.title = tileName(view, item.picture, tileAt(item, event))
  }
  stage.onkeydown = (event) => {
    const here = view.chosen.item === picture.name ? view.chosen.tile : 0
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault()
      choose(view, picture.name, here)
      return
    }
    const next = moved(item.picture, here, event.key)
    if (next === undefined) return
    event.preventDefault()
    choose(view, picture.name, next, SEND_AFTER_MS)
  }
}

const addBars = (view, item) => {
  const list = element(item.root, "div", "bars")
  item.bars = item.picture.bars.map((_, digit) => {
    const bar = element(list, "button", "bar", { type: "button" })
    bar.onclick = () => choose(view, item.picture.name, digit)
    element(bar, "span", "name", { textContent: digit })
    element(element(bar, "span", "track"), "span", "fill")
    element(bar, "span", "share")
    return bar
  })
}

const build = (view, pictures) => {
  view.strip.textContent = ""
  view.items = pictures.map((picture, index) => {
    if (index > 0) {
      element(view.strip, "div", "arrow", { textContent: "→" }).ariaHidden = "true"
    }
    const item = { picture, root: element(view.strip, "div", "item") }
    item.root.dataset.item = picture.name
    item.title = element(item.root, "button", "title", { type: "button" })
    item.title.disabled = !picture.clickable
    item.title.onclick = () => choose(view, picture.name, 0)
    item.shape = element(item.root, "div", "small")
    if (picture.bars) addBars(view, item)
    else if (picture.columns) addPicture(view, item)
    item.range = element(item.root, "div", "small")
    return item
  })
}

const fill = (item, picture, image) => {
  item.picture = picture
  item.title.textContent = picture.title
  item.shape.textContent = picture.shape
  item.range.textContent = picture.range
  item.bars?.forEach((bar, digit) => {
    const percent = 100 * picture.bars[digit]
    bar.querySelector(".fill").style.width = `${percent}%`
    bar.querySelector(".share").textContent = `${percent.toFixed(1)}%`
  })
  if (!item.canvas) return
  item.canvas.setAttribute("aria-label", picture.label)
  item.stage.setAttribute("aria-label", picture.label)
  item.canvas.width = picture.width
  item.canvas.height = picture.height
  item.canvas.getContext("2d").drawImage(image, 0, 0)
}

const resized = (view, height) =>
  view.items.forEach(({ picture, canvas }) => {
    if (!canvas) return
    const tall = height * picture.relative_height
    canvas.style.height = `${Math.round(tall)}px`
    canvas.style.width = `${Math.round((tall * picture.width) / picture.height)}px`
  })

const arrange = (view) => {
  // The tallest pictures with which all still stand side by side; else they scroll.
  if (!view.root.clientWidth) return
  const fits = () => view.strip.scrollWidth <= view.strip.clientWidth
  let low = LOWEST
  let high = view.tallest ?? TALLEST
  resized(view, high)
  if (!fits()) {
    while (high - low > 2) {
      const middle = (low + high) / 2
      resized(view, middle)
      if (fits()) low = middle
      else high = middle
    }
    resized(view, low)
    // Too many even so: then they scroll, and may as well be larger.
    if (!fits()) resized(view, SCROLLED)
  }
  view.items.forEach((item) => framed(view, item))
}

// On a narrow screen the chosen picture may be out of sight, far to the right.
const revealed = (view) => {
  const item = view.items.find(({ picture }) => picture.name === view.chosen.item)
  if (!item) return
  const { strip } = view
  const start = item.root.offsetLeft - strip.offsetLeft
  const end = start + item.root.offsetWidth
  const seen = start >= strip.scrollLeft && end <= strip.scrollLeft + strip.clientWidth
  if (!seen) strip.scrollLeft = start - (strip.clientWidth - item.root.offsetWidth) / 2
}

const mount = (parentElement) => {
  const root = element(parentElement, "div", "clickable")
  const view = { root, strip: element(root, "div", "strip"), items: [] }
  view.chosen = { item: "", tile: 0, number: 0 }
  view.resizes = new ResizeObserver(() => arrange(view))
  view.resizes.observe(root)
  views.set(parentElement, view)
  return view
}

const show = async (view, { heading, part, isNewest }) => {
  const { pictures } = heading
  const images = await Promise.all(
    pictures.map(({ name, columns }) => columns && decoded(part(name))),
  )
  if (!isNewest()) return
  view.root.dataset.key = heading.key
  view.tallest = heading.tallest
  const structure = JSON.stringify(
    pictures.map((p) => [p.name, p.columns, p.clickable, Boolean(p.bars)]),
  )
  if (structure !== view.structure) {
    build(view, pictures)
    view.structure = structure
  }
  if (heading.chosen.number >= view.chosen.number) view.chosen = heading.chosen
  pictures.forEach((picture, index) => fill(view.items[index], picture, images[index]))
  arrange(view)
  revealed(view)
  view.root.dataset.draws = Number(view.root.dataset.draws ?? 0) + 1
}

export default function ({ data, parentElement, setStateValue }) {
  const view = views.get(parentElement) ?? mount(parentElement)
  view.send = (chosen) => setStateValue("chosen", chosen)
  const news = received(view, data)
  if (news) show(view, news)
  return () => {
    clearTimeout(view.timer)
    view.resizes.disconnect()
    view.root.remove()
    views.delete(parentElement)
  }
}
