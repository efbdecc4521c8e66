"""Pen lifted until new probabilities are on the screen, in Chromium.

``python -m benchmarks.pen [--strokes 20]``: idle, and while a training runs. The canvas
itself waits 200 ms before it sends.
"""

from __future__ import annotations

import argparse
import contextlib
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from benchmarks import chromium
from benchmarks.live_run import training
from benchmarks.server import Server

# Resolves with the milliseconds until the picture of the probabilities has changed.
CHANGED = """() => new Promise(done => {
  const chart = () => document.querySelector("[data-chart='probabilities']");
  const before = chart()?.dataset.updates;
  window.addEventListener('pointerup', () => {
    const began = performance.now();
    const look = () => chart() && chart().dataset.updates !== before
      ? done(performance.now() - began) : requestAnimationFrame(look);
    look();
  }, {once: true, capture: true});
})"""


def strokes(page: Page, url: str, count: int) -> list[float]:
    """Milliseconds for each of so many strokes on a fresh canvas."""
    page.goto(f"{url}/Draw")
    canvas = page.locator("canvas").last
    canvas.wait_for()
    page.wait_for_timeout(2000)
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    gap = (box["width"] - 60) / (count + 2)
    times = []
    for number in range(count + 1):
        # One zigzag: strokes that do not touch would be read as several digits.
        heights = (60, 220) if number % 2 else (220, 60)
        x, y = box["x"] + 30 + number * gap, box["y"]
        page.evaluate(f"window.measured = ({CHANGED})(); 0")
        page.mouse.move(x, y + heights[0])
        page.mouse.down()
        page.mouse.move(x + gap, y + heights[1], steps=5)
        page.mouse.up()
        times.append(page.evaluate("window.measured"))
        page.wait_for_timeout(700)
    # The first one loads what the later ones have.
    return times[1:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strokes", type=int, default=20)
    options = parser.parse_args()
    program = chromium.find()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"]
        )
        with Server(Path(folder)) as server:
            for name, beside in (
                ("idle", contextlib.nullcontext()),
                ("while a training runs", training(Path(folder))),
            ):
                with beside:
                    page = browser.new_context().new_page()
                    times = strokes(
                        page, f"http://127.0.0.1:{server.port}", options.strokes
                    )
                    page.context.close()
                p10, p50, p95 = np.percentile(times, (10, 50, 95))
                print(f"{name:22} p10 {p10:.0f} ms, p50 {p50:.0f} ms, p95 {p95:.0f} ms")
        browser.close()


if __name__ == "__main__":
    main()
