"""The server's memory after 50 trainings watched and 300 sessions, against after 5.

``python -m benchmarks.memory [--trainings 50] [--sessions 300]``

Streamlit keeps a session for two minutes after its tab has closed, so that a lost
connection loses nothing. Each figure is taken twice: at once, and when those are gone.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.live_run import training
from benchmarks.server import Server
from benchmarks.session import Session, a_seven
from mnist_cnn import runs
from mnist_cnn.experiments.presets import PRESETS
from mnist_cnn.nn.architecture import LECTURE_NETWORK

PAGES = ("", "Train", "Architecture", "Draw", "Look_inside", "Mistakes", "Compare")
AT_FIRST = 5
# Streamlit's 120 seconds, and a little more.
FORGOTTEN_SECONDS = 125.0


async def watch_to_the_end(server: Server, run: runs.Run) -> None:
    session = Session(server.port, "Train", f"run={run.id}")
    await session.open()
    while not run.status().is_final:
        await session.watch(0.5)
    await session.close()


async def visit(server: Server, number: int) -> int:
    page = PAGES[number % len(PAGES)]
    session = Session(server.port, page)
    await session.open()
    if page == "Draw":
        await session.stroke(a_seven(number))
    await session.close()
    return session.errors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trainings", type=int, default=50)
    parser.add_argument("--sessions", type=int, default=300)
    options = parser.parse_args()
    settings = {
        "epochs": 1,
        "examples": 500,
        "network": replace(LECTURE_NETWORK, dense=(32,)),
    }
    with (
        tempfile.TemporaryDirectory() as folder,
        Server(Path(folder)) as server,
        training(Path(folder), "classroom", **settings) as first,
    ):
        errors, visits, measured = 0, 0, {}
        for number in range(1, options.trainings + 1):
            run = first
            if number > 1:
                config = replace(PRESETS["classroom"].config, **settings)
                run = runs.submit(replace(config, seed=number))
            asyncio.run(watch_to_the_end(server, run))
            while visits < options.sessions * number / options.trainings:
                errors += asyncio.run(visit(server, visits))
                visits += 1
            if number in (AT_FIRST, options.trainings):
                at_once = server.memory_mb()
                time.sleep(FORGOTTEN_SECONDS)
                # What is too old goes when the next one comes.
                errors += asyncio.run(visit(server, 0))
                measured[number] = at_once, server.memory_mb()
                print(
                    f"after {number} trainings and {visits} sessions: "
                    f"{at_once:.0f} MB at once, {measured[number][1]:.0f} MB when they "
                    f"were forgotten, errors {errors}"
                )
    first, last = measured[AT_FIRST], measured[options.trainings]
    print(
        "ratios: {:.3f} at once, {:.3f} when forgotten".format(
            *(after / before for before, after in zip(first, last, strict=True))
        )
    )


if __name__ == "__main__":
    main()
