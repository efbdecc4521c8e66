// Draws a Plotly figure and redraws it in place: Plotly.react with a constant
// uirevision keeps the reader's zoom, and the chart is never mounted anew.

const RETRY_AFTER_MS = 10000
const TOO_LOW_FOR_A_LEGEND = 200
const TICKS_IN_A_LOW_ONE = 4 // more numbers would touch each other
const TEXT_SIZE = 13 // pixels, for which margins are given
// Pixels of a chart whose texts have the sizes given, and which leaves out what is
// meant for wide ones.
const NARROW = 400
const charts = new WeakMap()

const baseUrl = () => {
  // Streamlit's own script says where the server is, on any page and behind a proxy.
  for (const script of document.querySelectorAll("script[src]")) {
    const at = script.src.indexOf("/static/js/")
    if (at >= 0) return script.src.slice(0, at + 1)
  }
  return new URL("./", document.baseURI).href
}

const loadPlotly = () => {
  if (window.Plotly?.react) return Promise.resolve(window.Plotly)
  const failed = window.__mnistCnnPlotlyFailed
  if (failed && Date.now() - failed < RETRY_AFTER_MS) return Promise.reject()
  window.__mnistCnnPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script")
    script.src = baseUrl() + "app/static/plotly.min.js"
    script.onload = () => (window.Plotly ? resolve(window.Plotly) : script.onerror())
    script.onerror = () => {
      script.remove()
      window.__mnistCnnPlotly = undefined
      window.__mnistCnnPlotlyFailed = Date.now()
      reject(new Error("plotly.min.js did not load"))
    }
    document.head.append(script)
  })
  return window.__mnistCnnPlotly
}

/** How much larger text is than margins are made for: 16 pixels at least, and as
    frame.css lets the page's text grow with the window; its margins with it. */
const growth = () => {
  const { fontSize } = getComputedStyle(document.documentElement)
  return Math.max(16, 0.875 * parseFloat(fontSize)) / TEXT_SIZE
}

const grown = (sizes, factor) =>
  Object.fromEntries(Object.entries(sizes).map(([side, size]) => [side, size * factor]))

const readable = ({ textfont: { size, ...font } = {}, ...trace }) => ({
  ...trace,
  textfont: font,
})

const themed = (figure, root) => {
  const style = getComputedStyle(root)
  const color = (name, otherwise) => {
    const value = style.getPropertyValue(name).trim()
    return value && value !== "unset" ? value : otherwise
  }
  const text = color("--st-text-color", "#31333f")
  const grid = color("--st-border-color-light", "rgba(128, 128, 128, 0.25)")
  const factor = growth()
  const layout = {
    ...figure.layout,
    margin: grown(figure.layout.margin ?? {}, factor),
    width: root.clientWidth,
    height: root.clientHeight,
    font: { color: text, family: color("--st-font", "sans-serif"), size: TEXT_SIZE * factor },
    hoverlabel: {
      bgcolor: color("--st-background-color", "#ffffff"),
      bordercolor: grid,
      font: { color: text },
    },
    modebar: { bgcolor: "rgba(0,0,0,0)", color: grid, activecolor: text },
  }
  if (root.clientHeight < TOO_LOW_FOR_A_LEGEND) {
    layout.showlegend = false
    layout.yaxis = { nticks: TICKS_IN_A_LOW_ONE, ...layout.yaxis }
  }
  // A finger that scrolls the page must not zoom the chart it passes.
  if (matchMedia("(pointer: coarse)").matches) layout.dragmode = false
  for (const name of Object.keys(layout)) {
    if (!/^[xy]axis\d*$/.test(name)) continue
    layout[name] = { gridcolor: grid, zerolinecolor: grid, ...layout[name] }
    layout[name].automargin ??= false
    layout[name].title &&= { font: { size: layout.font.size }, ...layout[name].title }
  }
  return layout
}

const CONFIG = {
  displaylogo: false,
  // A finger does not hover: the buttons would always lie over the chart.
  displayModeBar: matchMedia("(hover: none)").matches ? false : "hover",
  // The last one would send the chart to Plotly's servers.
  modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d", "sendChartToCloud"],
  doubleClick: "reset",
}

const draw = async (chart) => {
  // A hidden tab has no width; its chart is drawn once it is seen.
  if (!chart.root.isConnected || chart.root.clientWidth === 0) return
  let Plotly
  try {
    Plotly = await loadPlotly()
  } catch {
    if (chart.closed || chart.drawn) return
    chart.root.textContent = chart.latest.heading.unavailable
    chart.retry ??= setTimeout(() => {
      chart.retry = undefined
      schedule(chart)
    }, RETRY_AFTER_MS)
    return
  }
  // A newer figure has come while this one waited: it is drawn next.
  if (chart.closed || !chart.latest.isNewest() || chart.root.clientWidth === 0) return
  if (!chart.drawn) {
    chart.drawn = true
    chart.root.textContent = ""
    chart.root.style.background = ""
  }
  const { figure, heading } = chart.latest
  const layout = themed(figure, chart.root)
  const isNarrow = chart.root.clientWidth < NARROW
  const data = isNarrow
    ? figure.data.map((trace) => (trace.meta === "wide" ? { ...trace, visible: false } : trace))
    : figure.data.map(readable)
  const above = () => chart.root._fullLayout?._size?.t
  const before = above()
  await Plotly.react(chart.root, data, layout, CONFIG)
  // Plotly places a legend of other lines by the margin of the lines before.
  if (before !== undefined && above() !== before) {
    await Plotly.react(chart.root, data, layout, CONFIG)
  }
  if (heading.clickable && !chart.listens) {
    chart.listens = true
    chart.root.on("plotly_click", ({ points: [point] }) =>
      chart.send({ x: point.x, y: point.y }),
    )
  }
  chart.root.dataset.draws = Number(chart.root.dataset.draws ?? 0) + 1
}

const schedule = (chart) => {
  chart.again = true
  if (chart.closed || chart.frame) return
  // Browsers give no frames to a tab in the background, so nothing piles up there.
  chart.frame = requestAnimationFrame(async () => {
    chart.again = false
    try {
      await draw(chart)
    } finally {
      chart.frame = undefined
      if (chart.again) schedule(chart)
    }
  })
}

const mount = (parentElement, name) => {
  const root = document.createElement("div")
  root.className = "mnist-cnn-live-chart"
  // Its label says what it shows; Plotly puts buttons in it, which an img may not hold.
  root.setAttribute("role", "figure")
  root.style.width = "100%"
  // Its place is seen before it is drawn: Plotly can take seconds to arrive.
  root.style.background = "var(--st-secondary-background-color)"
  const mounts = (window.__mnistCnnMounts ??= {})
  mounts[name] = (mounts[name] ?? 0) + 1
  root.dataset.chart = name
  root.dataset.mounts = mounts[name]
  parentElement.append(root)
  const chart = { root, drawn: false, closed: false, received: undefined }
  chart.resizes = new ResizeObserver(() => schedule(chart))
  chart.resizes.observe(root)
  charts.set(parentElement, chart)
  return chart
}

export default function ({ data, parentElement, setTriggerValue }) {
  let chart = charts.get(parentElement)
  if (!chart || chart.closed || !chart.root.isConnected) {
    chart = mount(parentElement, unpacked(data.slice()).heading.key)
  }
  chart.send = (clicked) => setTriggerValue("clicked", clicked)
  const news = received(chart, data)
  if (news) {
    const { heading } = news
    const figure = JSON.parse(new TextDecoder().decode(news.part("figure")))
    chart.latest = { ...news, figure }
    chart.root.setAttribute("aria-label", heading.label)
    chart.root.style.height = heading.height
    chart.root.dataset.updates = Number(chart.root.dataset.updates ?? 0) + 1
  }
  schedule(chart)
  return () => {
    chart.closed = true
    chart.resizes.disconnect()
    if (chart.drawn) window.Plotly.purge(chart.root)
    chart.root.remove()
  }
}
