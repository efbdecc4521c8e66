// Workers that read, one for each way of preparing: as MNIST's digits were, and resized
// only. They outlive the element that shows them, so that weights are loaded once.

export class Reader {
  constructor(address, onlyResize) {
    this.onlyResize = onlyResize
    this.keys = []
    this.frame = 0
    this.isBusy = false
    this.asked = new Set()
    this.ready = new Set()
    this.listeners = { ready() {}, failed() {}, reading() {} }
    this.worker = new Worker(address)
    this.worker.onmessage = ({ data }) => this.hear(data)
    this.worker.onerror = () => {
      this.isBusy = false
      this.listeners.failed()
    }
  }

  /** Networks to read with, the first one shown whole: {key, url}. */
  use(networks) {
    this.wanted = networks.map(({ key }) => key)
    for (const { key, url } of networks) {
      if (this.asked.has(key)) continue
      this.asked.add(key)
      this.worker.postMessage({ type: "network", key, url })
    }
    this.choose()
  }

  /** A network of the newest epoch is used once it is here, the older one until then. */
  choose() {
    if (!this.wanted.every((key) => this.ready.has(key))) return
    const areNew = String(this.keys) !== String(this.wanted)
    this.keys = this.wanted
    this.worker.postMessage({ type: "keep", keys: this.keys })
    this.asked = new Set(this.keys)
    this.ready = new Set(this.keys)
    // The others may have gone before they have answered.
    if (areNew && this.isBusy) {
      this.next ??= this.begun
      this.send()
    }
  }

  /** Reads a drawing; while it is at it, only the newest one after it waits. */
  read(drawing) {
    if (!this.keys.length) return
    this.next = drawing
    if (!this.isBusy) this.send()
  }

  send() {
    const { onlyResize, keys } = this
    this.isBusy = true
    this.open = keys.length
    this.frame += 1
    this.begun = this.next
    this.next = undefined
    this.worker.postMessage({
      type: "read",
      frame: this.frame,
      keys,
      onlyResize,
      ...this.begun,
    })
  }

  hear(message) {
    if (message.type === "ready") {
      this.ready.add(message.key)
      this.choose()
      this.listeners.ready(message)
    } else if (message.type === "failed") {
      this.asked.delete(message.key)
      this.listeners.failed(message)
    } else if (message.type === "reading" && message.frame === this.frame) {
      // While it was read, other networks may have been chosen.
      if (this.keys.includes(message.key)) this.listeners.reading(message, this.begun)
      this.open -= 1
      if (this.open > 0) return
      this.isBusy = false
      if (this.next) this.send()
    }
  }
}
