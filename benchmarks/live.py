"""The network that reads in the browser, in Chromium: as the server, and how fast.

``python -m benchmarks.live [--digits 1000] [--seconds 5] [--training]``

- pen digits drawn on a canvas, prepared and read by the browser and by the server;
- Draw, with the pen down: from a pointer event to the probabilities of what it drew;
  frames a second while it moves, and tasks over 50 ms on the page's thread; the same
  with a broken network, and while maps are silenced;
- a first visit to Home on a fresh server until a stroke is answered, and a second one.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from benchmarks import chromium
from benchmarks.handwriting import PEN_DIGITS, pen_digits
from benchmarks.live_run import training
from benchmarks.server import Server
from mnist_cnn import runs
from mnist_cnn.digits.drawing import drawn_ink
from mnist_cnn.digits.preprocessing import prepare_ink
from mnist_cnn.nn.quantization import to_bytes
from mnist_cnn.ui.components.bundle import WORKER, bundle

SIDE = 280
BRUSH = 20
TOGETHER = 50
BROKEN = "conv_1.0-15~noise.50~bits.4"

OPEN = """async (address) => {
  const file = await fetch(address)
  self.network = await openNetwork(await file.arrayBuffer())
}"""

READ = """([digits, side, brush]) => {
  const canvas = Object.assign(document.createElement("canvas"), {
    width: side,
    height: side,
  })
  const context = canvas.getContext("2d", { willReadFrequently: true })
  const letters = (bytes) => Array.from(bytes, (b) => String.fromCharCode(b)).join("")
  return digits.map((strokes) => {
    context.fillRect(0, 0, side, side)
    Object.assign(context, { strokeStyle: "#fff", lineWidth: brush })
    Object.assign(context, { lineCap: "round", lineJoin: "round" })
    for (const stroke of strokes) {
      context.beginPath()
      context.moveTo(...stroke[0])
      for (const point of stroke) context.lineTo(...point)
      context.stroke()
    }
    const { data } = context.getImageData(0, 0, side, side)
    const gray = Uint8Array.from({ length: side * side }, (_, i) => data[4 * i])
    const began = performance.now()
    const { pixels, digits } = prepare(gray, side, side)
    const prepared = performance.now()
    const forward = network.forward(pixels)
    const read = performance.now()
    strongestPaths(network, forward)
    return {
      gray: btoa(letters(gray)),
      several: digits.length,
      pixels: Array.from(pixels),
      probabilities: Array.from(forward.probabilities),
      ms: [prepared - began, read - prepared, performance.now() - read],
    }
  })
}"""

# Notes when a reading is shown, each frame, and each long task.
WATCH = """() => {
  const shown = document.querySelector("[data-testid=live-reading]")
  const noted = (self.noted = { frames: 0, long: [], waited: [] })
  let asked
  addEventListener("pointermove", (event) => (asked ??= event.timeStamp), true)
  new MutationObserver(() => {
    if (asked !== undefined) noted.waited.push(performance.now() - asked)
    asked = undefined
  }).observe(shown, { attributeFilter: ["data-probabilities"] })
  new PerformanceObserver((list) => {
    noted.long.push(...list.getEntries().map((entry) => entry.duration))
  }).observe({ type: "longtask" })
  const count = () => requestAnimationFrame(() => (noted.frames++, count()))
  count()
}"""


def same_as_the_server(browser: Browser, count: int) -> None:
    """Prints how far browser and server are apart on so many pen digits."""
    digits = pen_digits(PEN_DIGITS, count)
    network = runs.load_network()
    rng = np.random.default_rng(1)
    drawn = [placed(strokes, rng) for strokes in digits.strokes]
    page = browser.new_page()
    page.add_script_tag(content=bundle(WORKER))
    file = base64.b64encode(to_bytes(network)).decode()
    page.evaluate(OPEN, f"data:;base64,{file}")
    read = []
    for start in range(0, count, TOGETHER):
        part = drawn[start : start + TOGETHER]
        read += page.evaluate(READ, [part, SIDE, BRUSH])
    page.close()
    one = [each for each in read if each["several"] < 2]
    server = np.stack([prepared(base64.b64decode(each["gray"])) for each in one])
    pixels = np.array([each["pixels"] for each in one])
    differences = np.abs(pixels - server)
    probabilities = np.array([each["probabilities"] for each in one])
    wanted = network.probabilities(server.reshape(-1, 28, 28))
    others = (probabilities.argmax(1) != wanted.argmax(1)).sum()
    print(
        f"{len(one)} of {count} drawings are one digit: 28x28 apart by "
        f"{differences.mean(axis=1).max():.6f} (mean of the worst image), "
        f"{differences.max():.6f} at worst; another digit in {others}; "
        f"probabilities apart by {np.abs(probabilities - wanted).max():.4f} at most"
    )
    for name, ms in zip(
        ("prepare", "read", "paths"), np.array([x["ms"] for x in read]).T, strict=True
    ):
        print(f"{name:8} {summary(ms)}")


def prepared(gray: bytes) -> np.ndarray:
    """(784,), as the server prepares the canvas."""
    levels = np.frombuffer(gray, np.uint8).reshape(SIDE, SIDE).astype(np.float32)
    return prepare_ink(drawn_ink(levels)).pixels.ravel()


def placed(strokes: list, rng: np.random.Generator) -> list:
    """Points on the canvas: the digit at a random size and place."""
    points = np.concatenate([np.asarray(stroke, float) for stroke in strokes])
    low, high = points.min(0), points.max(0)
    scale = rng.uniform(0.35, 0.9) * SIDE / max(float((high - low).max()), 1.0)
    room = np.maximum(SIDE - BRUSH - (high - low) * scale, 0)
    corner = BRUSH / 2 + rng.uniform(0, 1, 2) * room
    found = []
    for stroke in strokes:
        place = (np.asarray(stroke, float) - low) * scale
        place[:, 1] = (high - low)[1] * scale - place[:, 1]
        found.append((place + corner).tolist())
    return found


def with_the_pen_down(
    context: BrowserContext, url: str, seconds: float, broken: str = ""
) -> None:
    """Prints what one feels while drawing on Draw, with a broken network or a whole."""
    page = context.new_page()
    page.goto(f"{url}/Draw?broken={broken}" if broken else f"{url}/Draw")
    box = canvas_of(page)
    for x, y in zigzag(box, 8):
        page.mouse.move(x, y)
        page.mouse.down()
    page.wait_for_selector(
        "[data-testid=live-reading][data-digit]:not([data-digit=''])"
    )
    page.wait_for_timeout(1500)
    page.evaluate(WATCH)
    # One event at a time: what is shown next is what it drew.
    for x, y in zigzag(box, 60):
        page.mouse.move(x, y)
        page.wait_for_timeout(120)
    waited = page.evaluate("noted.waited")
    print(f"pointer event to probabilities   {summary(waited)} ({len(waited)})")
    follow(page, box, seconds)
    if broken:
        print("silencing maps, with the pen up: ", end="")
        follow(page, page.locator(".living").bounding_box(), seconds, presses=True)
    page.close()


def follow(
    page: Page, box: dict[str, float], seconds: float, *, presses: bool = False
) -> None:
    """Prints frames and readings while a pointer that is down goes over a box.

    Args:
        presses: anew for each lap: maps fall silent in one, and speak in the next.
    """
    before = page.evaluate("noted.frames")
    page.evaluate("noted.long = []; noted.waited = []")
    until = time.perf_counter() + seconds
    began = time.perf_counter()
    events = 0
    while time.perf_counter() < until:
        if presses:
            page.mouse.up()
            page.mouse.move(*zigzag(box, 40)[0])
            page.mouse.down()
        for x, y in zigzag(box, 40):
            page.mouse.move(x, y)
            events += 1
    page.mouse.up()
    lasted = time.perf_counter() - began
    noted = page.evaluate("noted")
    print(
        f"{events / lasted:.0f} events a second: "
        f"{(noted['frames'] - before) / lasted:.0f} frames and "
        f"{len(noted['waited']) / lasted:.0f} readings a second; "
        f"{len(noted['long'])} tasks over 50 ms, the longest "
        f"{max(noted['long'], default=0):.0f} ms"
    )


def canvas_of(page: Page) -> dict[str, float]:
    canvas = page.locator("canvas.upper-canvas")
    canvas.wait_for()
    return canvas.bounding_box()


def zigzag(box: dict[str, float], points: int) -> list[tuple[float, float]]:
    """Places on the canvas that leave no two drawings alike."""
    places = np.linspace(0.2, 0.8, points)
    heights = 0.5 + 0.3 * np.sin(np.linspace(0, 9, points))
    return [
        (box["x"] + x * box["width"], box["y"] + y * box["height"])
        for x, y in zip(places, heights, strict=True)
    ]


def a_visit(context: BrowserContext, url: str) -> tuple[float, float]:
    """Seconds from the address to a stroke that is answered on Home, and megabytes."""
    page = context.new_page()
    received = [0.0]
    # Those of the worker, which fetches the network, too: the page's session has not.
    requests: list[Request] = []
    page.on("requestfinished", lambda request: requests.append(request))  # noqa: PLW0108
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.on(
        "Network.webSocketFrameReceived",
        lambda event: received.append(len(event["response"]["payloadData"]) * 0.75),
    )
    began = time.perf_counter()
    page.goto(url)
    box = canvas_of(page)
    for x, y in zigzag(box, 12):
        page.mouse.move(x, y)
        page.mouse.down()
    page.wait_for_selector(
        "[data-testid=live-reading][data-digit]:not([data-digit=''])"
    )
    seconds = time.perf_counter() - began
    page.mouse.up()
    page.wait_for_timeout(3000)
    received += [each.sizes()["responseBodySize"] for each in requests]
    page.close()
    return seconds, sum(received) / 1e6


def summary(ms: list[float]) -> str:
    p50, p95 = np.percentile(ms, (50, 95))
    return f"p50 {p50:.1f} ms, p95 {p95:.1f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--digits", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--training", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=["--no-sandbox"]
        )
        with Server(Path(folder)) as server:
            context = browser.new_context(viewport={"width": 1280, "height": 800})
            for name in ("first", "second"):
                seconds, megabytes = a_visit(context, server.url)
                print(f"{name} visit: {seconds:.2f} s, {megabytes:.1f} MB")
            beside = training(Path(folder)) if options.training else None
            with beside or contextlib.nullcontext():
                if PEN_DIGITS.exists():
                    same_as_the_server(browser, options.digits)
                with_the_pen_down(context, server.url, options.seconds)
                print("the network broken:")
                with_the_pen_down(context, server.url, options.seconds, BROKEN)
        browser.close()


if __name__ == "__main__":
    main()
