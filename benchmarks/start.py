"""Start pressed until the first point is drawn, and a batch's end until its point is.

``python -m benchmarks.start [--repeats 3]``: in Chromium, on this machine.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from benchmarks import chromium
from benchmarks.processes import end_processes_of
from benchmarks.server import Server

WATCH_SECONDS = 20
NEWEST = (
    "() => { const chart = document.querySelector(\"[data-chart^='loss-']\");"
    "return chart?._fullData?.[0].x.at(-1) ?? 0 }"
)
# Not the chart of the run that the page showed before.
OWN_POINT = """() => {
  const run = new URL(location).searchParams.get("run");
  const chart = document.querySelector(`[data-chart='loss-${run}']`);
  return chart?._fullData?.[0].x.length > 0;
}"""
# Pairs of the moment, in seconds since 1970, and the newest step drawn then.
RECORD = """({newest, seconds}) => new Promise(done => {
  const seen = [], step = eval(newest), end = Date.now() + seconds * 1000;
  const look = () => {
    const now = step();
    if (now !== seen.at(-1)?.[1]) seen.push([Date.now() / 1000, now]);
    Date.now() < end ? requestAnimationFrame(look) : done(seen);
  };
  look();
})"""


class FileClock:
    """Notes when each batch's line appeared in metrics.jsonl."""

    def __init__(self, path: Path) -> None:
        self.times: dict[int, float] = {}
        self._path = path
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow)

    def __enter__(self) -> FileClock:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    def _follow(self) -> None:
        with self._path.open() as file:
            file.read()
            while not self._over.is_set():
                for line in file.read().splitlines():
                    values = json.loads(line)
                    if values["kind"] == "batch":
                        self.times[values["step"]] = time.time()
                time.sleep(0.005)


def first_point(page: Page, url: str, seed: int) -> float:
    """Seconds from pressing Start to the first point on the chart."""
    page.goto(f"{url}/Train")
    page.get_by_text("All settings").click()
    field = page.get_by_label("Seed", exact=True)
    field.fill(str(seed))
    field.press("Tab")
    time.sleep(3)
    button = page.get_by_role("button", name="Start training")
    before = page.url
    began = time.perf_counter()
    button.click()
    page.wait_for_function("old => location.href !== old", arg=before)
    page.wait_for_function(OWN_POINT, timeout=120_000)
    return time.perf_counter() - began


def stop(page: Page) -> None:
    page.get_by_role("group").get_by_role("button", name="Stop").click()
    page.get_by_test_id("stHeading").filter(has_text="stopped").first.wait_for(
        timeout=60_000
    )
    # The worker gets the next training process ready meanwhile.
    time.sleep(10)


def delays(page: Page, runs: Path) -> tuple[np.ndarray, np.ndarray]:
    """Seconds from each batch's line to its point, and between the updates."""
    run_id = page.evaluate("() => new URL(location).searchParams.get('run')")
    with FileClock(runs / run_id / "metrics.jsonl") as file:
        seen = page.evaluate(RECORD, {"newest": NEWEST, "seconds": WATCH_SECONDS})
    late = []
    for step, written in file.times.items():
        drawn = next((moment for moment, newest in seen if newest >= step), None)
        if drawn is not None:
            late.append(drawn - written)
    return np.array(late), np.diff([moment for moment, _ in seen])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    program = chromium.find()
    cold, warm = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"]
        )
        for number in range(options.repeats):
            with tempfile.TemporaryDirectory() as folder:
                runs = Path(folder)
                page = browser.new_context().new_page()
                try:
                    with Server(runs) as server:
                        url = f"http://127.0.0.1:{server.port}"
                        cold.append(first_point(page, url, 2 * number))
                        if number == 0:
                            late, between = delays(page, runs)
                        stop(page)
                        warm.append(first_point(page, url, 2 * number + 1))
                        stop(page)
                finally:
                    end_processes_of(runs)
                page.context.close()
        browser.close()
    for name, values in (("nobody trained before", cold), ("one trained before", warm)):
        shown = ", ".join(f"{value:.2f}" for value in values)
        print(f"Start to first point, {name}: {shown} s")
    print(
        "a batch's end to its point: p10 {:.2f} s, p50 {:.2f} s, p95 {:.2f} s".format(
            *np.percentile(late, (10, 50, 95))
        ),
        f"({len(late)} batches)",
    )
    print(
        "between two updates: p50 {:.2f} s, p95 {:.2f} s".format(
            *np.percentile(between, (50, 95))
        ),
        f"({len(between)} updates in {WATCH_SECONDS} s)",
    )


if __name__ == "__main__":
    main()
