// A page that is one file: the live reading of the lab's pages, with the network and the
// worker that reads with it in the page itself.

import { LiveReading } from "../live_reading/live_reading.js"
import { PenCanvas } from "./pen_canvas.js"

const { words, worker, network } = JSON.parse(document.getElementById("data").textContent)
const script = new Blob([worker], { type: "text/javascript" })

new PenCanvas(document.querySelector(".canvas-page"))
new LiveReading(document.querySelector(".st-key-live_answer"), { words }).update(
  {
    words,
    networks: [{ key: "network", title: "", url: network }],
    worker: URL.createObjectURL(script),
    digit: [],
    follows: true,
    note: "",
  },
  () => {},
)
