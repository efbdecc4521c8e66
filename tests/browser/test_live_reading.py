"""The live reading as networks come and go, beside a worker that the test plays."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnist_cnn.ui.components import live_reading
from mnist_cnn.ui.components.bundle import bundle
from mnist_cnn.ui.components.live_words import live_words

SCRIPT = Path(live_reading.__file__).with_name("live_reading.js")
WORKER = """
const sent = []
self.Worker = class {
  postMessage(message) {
    sent.push(message)
  }
}
const reads = () => sent.filter(({ type }) => type === "read")
const hear = (data) => readers.prepare.worker.onmessage({ data })
const ready = (key) => hear({ type: "ready", key })
const answer = (frame, number, digit) =>
  hear({
    type: "reading",
    key: reads().find((each) => each.frame === frame).keys[number],
    frame,
    number,
    pixels: new Float32Array(784),
    probabilities: Float32Array.from({ length: 10 }, (_, each) => each === digit),
    activations: new Map(),
    paths: [],
    digits: [],
    steps: [],
  })
const shown = () =>
  [...document.querySelectorAll(".live-card")].map((card) => [
    card.querySelector(".live-title").textContent,
    card.querySelector(".live-digit").textContent,
  ])
"""
START = """([words, networks]) => {
  const digit = [Array(784).fill(0.5), Array(784).fill(0.5)]
  const data = { words, worker: "/worker.js", digit, follows: false, note: "" }
  const view = new LiveReading(document.body, { words })
  self.update = (networks) => view.update({ ...data, networks }, () => {})
  self.update(networks)
}"""


def network(key: str, title: str = "") -> dict[str, str]:
    return {"key": key, "url": f"/{key}.bin", "title": title}


@pytest.fixture
def script(page):
    page.set_content("<base href='http://127.0.0.1:1/'>")
    page.add_script_tag(
        content=bundle(SCRIPT).replace("export default", "self.start =")
    )
    page.add_script_tag(content=WORKER)
    return page.evaluate


@pytest.mark.parametrize("is_answered", [True, False])
def test_a_new_epochs_network_reads_what_the_old_one_was_reading(script, is_answered):
    script(START, [live_words(), [network("old")]])
    script("() => ready('old')")
    assert script("() => reads().map(({ keys }) => keys)") == [["old"]]
    script("network => update([network])", network("new"))
    script("() => ready('new')")
    # The worker has forgotten the old one, perhaps before it has answered.
    if is_answered:
        script("() => answer(1, 0, 3)")
    assert script("() => reads().map(({ keys }) => keys)") == [["old"], ["new"]]
    script("() => answer(2, 0, 7)")
    assert script("shown") == [["", "7"]]


def test_a_broken_network_stands_beside_the_same_one_whole(script):
    both = [network("a", "A, broken"), network("a", "A")]
    script(START, [live_words(), both])
    script("() => ready('a')")
    script("() => { answer(1, 0, 3); answer(1, 1, 7) }")
    assert script("shown") == [["A, broken", "3"], ["A", "7"]]
