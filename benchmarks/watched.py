"""What watching costs a training run: the lab's, watched live, against plain ``fit``.

``python -m benchmarks.watched [--viewers 3] [--rounds 8] [--browsers]``

A plain script (same network, batches of 128, the same switches and priority, no
callback but the one that waits for its turn) and the lab's training take turns of an
epoch over the same digits; the lab's is shown by a server, and so many sessions look at
it as open tabs do. They speak Streamlit's websocket; with ``--browsers`` they are real
tabs in Chromium, whose drawing then shares the training's cores: in a class each has a
computer of its own. Server and viewers are stopped while the plain script works.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks import chromium
from benchmarks.contenders import Contender, take_turns
from benchmarks.server import Server
from benchmarks.session import Session
from benchmarks.training import keras_contender
from mnist_cnn import runs
from mnist_cnn.jobs.worker import NICENESS

BATCH = 128


class Watched(Contender):
    """A contender whose turns are watched: who watches sleeps between them."""

    def __init__(self, title: str, command: list[str], **options: object) -> None:
        super().__init__(title, command, **options)
        self.watchers: list[int] = []

    def turn(self) -> dict[str, float]:
        self._tell(signal.SIGCONT)
        try:
            return super().turn()
        finally:
            self._tell(signal.SIGSTOP)

    def _tell(self, what: signal.Signals) -> None:
        for process in self.watchers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, what)


class Viewers:
    """Sessions in a thread of their own that look at a run until the block ends."""

    def __init__(self, port: int, run_id: str, count: int) -> None:
        self._port, self._query, self._count = port, f"run={run_id}", count
        self._over = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._all()))
        self.times: list[float] = []
        self.errors = 0

    def __enter__(self) -> Viewers:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join(30)

    async def _all(self) -> None:
        await asyncio.gather(*(self._one() for _ in range(self._count)))

    async def _one(self) -> None:
        session = Session(self._port, "Train", self._query)
        await session.open()
        while not self._over.is_set():
            self.times += await session.watch(1.0)
        self.errors += session.errors
        await session.close()


@contextlib.contextmanager
def browsers(port: int, run_id: str, count: int) -> Iterator[list[int]]:
    """So many tabs in a Chromium of their own; gives its processes."""
    from playwright.sync_api import sync_playwright

    program = chromium.find()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"]
        )
        for _ in range(count):
            page = browser.new_context().new_page()
            page.goto(f"http://127.0.0.1:{port}/Train?run={run_id}")
            page.locator("[data-chart^='loss-']").wait_for()
        yield [
            int(each.name)
            for each in Path("/proc").glob("[0-9]*")
            if b"chromium" in _command(each).partition(b"\0")[0]
        ]
        browser.close()


def _command(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--digits", type=int, default=9_600)
    parser.add_argument("--browsers", action="store_true")
    options = parser.parse_args()
    turns = options.rounds + 1
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MNIST_CNN_RUNS"] = folder
        numbers = [str(BATCH), str(options.digits), str(turns + 1)]
        lab = Watched(
            f"the lab, {options.viewers} watching",
            [sys.executable, "-m", "benchmarks.keras_contenders", "lab_here", *numbers],
            nice=NICENESS,
        )
        alone = keras_contender(
            "the lab, nobody watching",
            "lab",
            BATCH,
            options.digits,
            turns,
            nice=NICENESS,
        )
        plain = keras_contender(
            "plain fit", "plain", BATCH, options.digits, turns, nice=NICENESS
        )
        contenders = [lab, alone, plain]
        try:
            with Server(Path(folder)) as server:
                while not (found := runs.list_runs()):
                    pass
                run_id = found[0].id
                lab.watchers.append(server.process.pid)
                if options.browsers:
                    with browsers(server.port, run_id, options.viewers) as processes:
                        lab.watchers += processes
                        take_turns(contenders, options.rounds)
                        lab._tell(signal.SIGCONT)
                else:
                    with Viewers(server.port, run_id, options.viewers) as viewers:
                        take_turns(contenders, options.rounds)
                        lab._tell(signal.SIGCONT)
                    # A look during which all slept is no measurement.
                    ms = np.array([x for x in viewers.times if x < 2.0]) * 1000
                    print(
                        "a look: p10 {:.0f} ms, p50 {:.0f} ms, p95 {:.0f} ms".format(
                            *np.percentile(ms, (10, 50, 95))
                        ),
                        f"of {len(ms)}, errors {viewers.errors}",
                    )
        finally:
            for contender in contenders:
                contender.end()
    for mine in (lab, alone):
        low, middle = mine.ratio(plain, "training")
        print(f"{mine.title} / plain fit: {low:.3f} (p10s) {middle:.3f} (medians)")
    for each in contenders:
        low, middle = each.percentiles("training")
        print(f"{each.title:28} {low:.2f} s {middle:.2f} s a turn")


if __name__ == "__main__":
    main()
