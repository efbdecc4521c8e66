// Keeps the names of the buttons pressed since it was mounted and sends all of them, so
// that no press is lost while an earlier one is on its way.

const bars = new WeakMap()

const element = (parent, tag, className) => {
  const made = document.createElement(tag)
  made.className = className
  parent.append(made)
  return made
}

const mount = (parentElement) => {
  const root = element(parentElement, "div", "command-bar")
  root.setAttribute("role", "group")
  const id = Math.random().toString(36).slice(2)
  const bar = { root, id, names: [], groups: [] }
  bars.set(parentElement, bar)
  return bar
}

const show = (bar, index, [word, commands]) => {
  bar.groups[index] ??= (() => {
    const group = element(bar.root, "div", "commands")
    return { group, word: element(group, "span", "word"), buttons: [] }
  })()
  const shown = bar.groups[index]
  shown.word.textContent = word
  commands.forEach((command, at) => {
    shown.buttons[at] ??= (() => {
      const button = element(shown.group, "button", "command")
      button.type = "button"
      return { button, icon: element(button, "i", "icon"), label: element(button, "span", "") }
    })()
    const { button, icon, label } = shown.buttons[at]
    icon.textContent = command.icon
    icon.hidden = !command.icon
    icon.setAttribute("aria-hidden", "true")
    label.textContent = command.label
    button.disabled = !command.enabled
    button.title = command.about
    button.onclick = () => {
      bar.names.push(command.name)
      bar.send({ bar: bar.id, names: [...bar.names] })
    }
  })
}

export default function ({ data, parentElement, setStateValue }) {
  const bar = bars.get(parentElement) ?? mount(parentElement)
  bar.send = (pressed) => setStateValue("pressed", pressed)
  bar.root.setAttribute("aria-label", data.label)
  data.groups.forEach((group, index) => show(bar, index, group))
  return () => {
    bar.root.remove()
    bars.delete(parentElement)
  }
}
