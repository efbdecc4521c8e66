// Digits side by side, each a button with its words; a click tells the server which.

const galleries = new WeakMap()
const SIDE = 28

const show = async (view, { heading, part, isNewest }) => {
  view.root.dataset.key = heading.key
  const sheet = await decoded(part("sheet"))
  if (!isNewest()) return
  view.root.textContent = ""
  heading.items.forEach((item, slot) => {
    const button = element(view.root, "button", "digit", { type: "button", title: item.title })
    button.dataset.index = item.index
    const canvas = element(button, "canvas", "", { width: SIDE, height: SIDE })
    canvas.setAttribute("role", "img")
    canvas.setAttribute("aria-label", item.title)
    canvas.getContext("2d").drawImage(sheet, 0, -SIDE * slot)
    element(button, "span", "words", { textContent: item.words })
    for (const line of item.lines) {
      const row = element(button, "span", "small")
      if (line.mark) {
        const mark = element(row, "span", "", { textContent: `${line.mark} ` })
        mark.style.color = line.color
      }
      row.append(line.text)
    }
    button.onclick = () => view.send(item.index)
  })
  view.root.dataset.draws = Number(view.root.dataset.draws ?? 0) + 1
}

export default function ({ data, parentElement, setTriggerValue }) {
  let view = galleries.get(parentElement)
  if (!view) {
    view = { root: element(parentElement, "div", "gallery") }
    galleries.set(parentElement, view)
  }
  view.send = (index) => setTriggerValue("opened", index)
  const news = received(view, data)
  if (news) show(view, news)
  return () => {
    view.root.remove()
    galleries.delete(parentElement)
  }
}
