// Networks that this page's own thread reads with, each loaded once for all components.

import { loadNetwork } from "./network_cache.js"

const networks = (window.mnistNetworks ??= new Map())

/** @param {{url: string, key: string}} found as browser_network.py has it */
export function networkInPage({ url, key }) {
  if (!networks.has(key)) {
    networks.clear() // one is enough for a page, and some are large
    networks.set(key, loadNetwork(new URL(url, document.baseURI).href))
    networks.get(key).catch(() => networks.delete(key))
  }
  return networks.get(key)
}
