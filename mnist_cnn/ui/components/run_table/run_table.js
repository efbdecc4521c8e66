// Rows with a box to tick; a click on a column's head sorts by it.
import { element, received } from "../payload.js"

const tables = new WeakMap()

const inOrder = (view) => {
  const rows = [...view.heading.rows]
  if (view.by === null) return rows
  const value = ([, cells]) => cells[view.by][1]
  const compared = (one, other) => (one < other ? -1 : Number(one > other))
  return rows.sort((a, b) => {
    const [one, other] = [value(a), value(b)]
    if (one === null || other === null) return (one === null) - (other === null)
    return (view.isDown ? -1 : 1) * compared(one, other)
  })
}

/** Ascending, descending, and back to the order the rows came in. */
const sortBy = (view, column) => {
  if (view.by !== column) Object.assign(view, { by: column, isDown: false })
  else if (!view.isDown) view.isDown = true
  else view.by = null
  draw(view)
}

const tick = (view, id, isTicked) => {
  if (isTicked) view.ticked.add(id)
  else view.ticked.delete(id)
  view.count += 1
  draw(view)
  view.send({ runs: [...view.ticked], count: view.count })
}

const makeRow = (view, id) => {
  const row = element(view.body, "tr")
  const head = element(row, "th", "", { scope: "row" })
  const label = element(head, "label")
  const box = element(label, "input", "", { type: "checkbox", title: view.heading.words.tick })
  element(label, "span")
  box.onchange = () => tick(view, id, box.checked)
  view.heading.columns.slice(1).forEach((name) => {
    const cell = element(row, "td")
    cell.dataset.column = name
    element(cell, "span")
  })
  row.onclick = (event) => {
    if (!event.target.closest("label")) box.click()
  }
  row.dataset.run = id
  return row
}

const write = (target, text) => {
  if (target.textContent !== text) target.textContent = text
}

/** Rows that stay are the same elements: one may be pressed, or have the focus. */
const draw = (view) => {
  const { columns, hints, rows } = view.heading
  columns.forEach((name, column) => {
    const head = view.heads[column] ?? element(view.head, "th", "", { scope: "col" })
    if (!view.heads[column]) element(head, "button", "", { type: "button" })
    view.heads[column] = head
    const isSorted = view.by === column
    head.classList.toggle("number", rows.some(([, cells]) => typeof cells[column][1] === "number"))
    head.title = hints[name] ?? ""
    head.ariaSort = isSorted ? (view.isDown ? "descending" : "ascending") : "none"
    const button = head.firstChild
    write(button, isSorted ? `${name} ${view.isDown ? "↓" : "↑"}` : name)
    button.onclick = () => sortBy(view, column)
  })
  const old = view.rows
  view.rows = new Map()
  inOrder(view).forEach(([id, cells], place) => {
    const row = old.get(id) ?? makeRow(view, id)
    view.rows.set(id, row)
    old.delete(id)
    const isTicked = view.ticked.has(id)
    row.classList.toggle("ticked", isTicked)
    row.querySelector("input").checked = isTicked
    write(row.querySelector("label span"), cells[0][0])
    cells.slice(1).forEach(([text, value], column) => {
      const cell = row.children[column + 1]
      write(cell.firstChild, `${text} `)
      cell.className = text ? (typeof value === "string" ? "text" : "number") : "nothing"
    })
    if (view.body.children[place] !== row) view.body.insertBefore(row, view.body.children[place])
  })
  old.forEach((row) => row.remove())
}

/** Where rows are below the edge, they fade out there: a phone shows no scroll bar. */
const fade = ({ frame }) => {
  const below = frame.scrollHeight - frame.scrollTop - frame.clientHeight
  frame.classList.toggle("more", below > 4)
}

const mount = (parentElement) => {
  const root = element(parentElement, "div", "runs")
  const frame = element(root, "div", "frame", { tabIndex: 0 })
  frame.setAttribute("role", "region")
  const table = element(frame, "table")
  const head = element(element(table, "thead"), "tr")
  const view = { root, frame, head, body: element(table, "tbody") }
  Object.assign(view, { heads: [], rows: new Map(), ticked: new Set(), count: 0, by: null })
  frame.onscroll = () => fade(view)
  view.sizes = new ResizeObserver(() => fade(view))
  for (const each of [frame, table]) view.sizes.observe(each)
  tables.set(parentElement, view)
  return view
}

export default function ({ data, parentElement, setStateValue }) {
  const view = tables.get(parentElement) ?? mount(parentElement)
  view.send = (ticks) => setStateValue("ticks", ticks)
  const news = received(view, data)
  if (news) {
    view.heading = news.heading
    view.frame.setAttribute("aria-label", news.heading.words.rows)
    // Not what the server chose before it had heard of the last tick.
    if (news.heading.seen >= view.count) {
      view.count = news.heading.seen
      view.ticked = new Set(news.heading.ticked)
    }
    draw(view)
  }
  return () => {
    view.sizes.disconnect()
    view.root.remove()
    tables.delete(parentElement)
  }
}
