// Reads drawings off the page's thread, so that the pen never waits for a network.
//
// In:   {type: "network", key, url} or {type: "network", key, file: ArrayBuffer}
//       {type: "read", frame, keys, gray, width, height, onlyResize, withSteps}
//       {type: "read", frame, keys, pixels}: a digit of 28x28 that needs no preparation
//       both may have a `digit`, whose paths are wanted if not the predicted one's, and
//       `damage` that the first of the networks has, see damage.js
//       {type: "keep", keys}: all other networks are forgotten
// Out:  {type: "ready", key}, {type: "failed", key, reason}
//       {type: "reading", frame, number, key, …}, one for each network; number: its
//       place among the keys; see `reading`
//
// Only the newest drawing is read: one that comes while another is being read takes the
// place of those that wait. What comes before its network is read once that is there.

import { strongestPaths } from "./contributions.js"
import { isDamaged } from "./damage.js"
import { openNetwork } from "./network.js"
import { loadNetwork } from "./network_cache.js"
import { prepare } from "../preprocessing/preprocessing.js"

const networks = new Map()
const paths = new Map()
let newest
let isWaiting = false

self.onmessage = ({ data }) => {
  if (data.type === "network") addNetwork(data)
  if (data.type === "keep") keepNetworks(data.keys)
  if (data.type === "read") {
    newest = data
    readSoon()
  }
}

async function addNetwork({ key, url, file }) {
  if (networks.has(key)) return
  networks.set(key, undefined)
  try {
    networks.set(key, await (file ? openNetwork(file) : loadNetwork(url)))
    postMessage({ type: "ready", key })
    if (newest?.keys.includes(key)) readSoon()
  } catch (error) {
    networks.delete(key)
    postMessage({ type: "failed", key, reason: String(error) })
  }
}

function keepNetworks(keys) {
  for (const key of networks.keys()) {
    if (keys.includes(key)) continue
    networks.delete(key)
    paths.delete(key)
  }
}

/** After all messages that are here already, of which the last one counts. */
function readSoon() {
  if (isWaiting) return
  isWaiting = true
  setTimeout(() => {
    isWaiting = false
    const { frame, keys, damage, digit, pixels, gray, width, height, ...options } = newest
    const prepared = pixels ? asItIs(pixels) : prepare(gray, width, height, options)
    for (const [number, key] of keys.entries()) {
      const network = networks.get(key)
      const itsDamage = number === 0 && damage && isDamaged(damage) ? damage : undefined
      const options = { digit, damage: itsDamage }
      if (!network) continue
      postMessage({ ...reading(key, network, prepared, options), frame, number })
    }
  })
}

const asItIs = (pixels) => ({ pixels, isEmpty: false, digits: [], steps: [] })

/**
 * What a network makes of a drawing:
 * - pixels (784), isEmpty, steps: as `prepare` gives them
 * - probabilities (10), predictedClass
 * - activations: a Map from layer name to {shape, values}
 * - paths: as `strongestPaths` gives them
 * - digits: of a drawing that holds several, each with box, row, pixels and
 *   probabilities, in reading order; all else is then of the last of them
 * - whole: of a broken network what it read before, as text
 */
function reading(key, whole, { pixels, isEmpty, digits, steps }, { digit, damage }) {
  const network = damage ? whole.damaged(damage) : whole
  const forward = network.forward(pixels)
  const options = { digit, previous: paths.get(key) }
  paths.set(key, isEmpty ? [] : strongestPaths(network, forward, options))
  return {
    type: "reading",
    key,
    pixels,
    isEmpty,
    steps,
    probabilities: forward.probabilities,
    predictedClass: forward.predictedClass,
    activations: forward.activations,
    paths: paths.get(key),
    digits: digits.map((digit) => ({
      ...digit,
      probabilities: network.forward(digit.pixels).probabilities,
    })),
    whole: damage && wholeReading(whole, pixels, digits),
  }
}

const wholeReading = (whole, pixels, digits) =>
  (digits.length ? digits : [{ pixels }])
    .map((each) => whole.forward(each.pixels).predictedClass)
    .join("")
