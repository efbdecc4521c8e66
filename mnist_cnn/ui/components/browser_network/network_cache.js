// A network's file, fetched once and kept by this browser, on plain http as well. Its
// address names its content, so that what is kept never grows old.

import { openNetwork } from "./network.js"

const DATABASE = "mnist-cnn-networks"
const STORE = "files"
const KEPT = 12

/** The network at an address; from this browser's memory if it is there. */
export async function loadNetwork(url) {
  const isFetched = url.startsWith("http") // and not part of the page itself
  let file = isFetched && (await kept(url).catch(() => undefined))
  if (!file) {
    const answer = await fetch(url)
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`)
    file = await answer.arrayBuffer()
    // A browser that keeps nothing (private windows, a full disk) asks again next time.
    if (isFetched) keep(url, file).catch(() => undefined)
  }
  return openNetwork(file)
}

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

let opened

async function store(mode) {
  if (!opened) {
    const request = indexedDB.open(DATABASE)
    request.onupgradeneeded = () =>
      request.result.createObjectStore(STORE).createIndex("used", "used")
    opened = done(request)
  }
  return (await opened).transaction(STORE, mode).objectStore(STORE)
}

async function kept(url) {
  const found = await done((await store("readonly")).get(url))
  if (found) keep(url, found.file).catch(() => undefined)
  return found?.file
}

/** Notes when it was used last, and forgets what was not used for longest. */
async function keep(url, file) {
  const files = await store("readwrite")
  files.put({ file, used: Date.now() }, url)
  const urls = await done(files.index("used").getAllKeys())
  for (const old of urls.slice(0, -KEPT)) files.delete(old)
}
