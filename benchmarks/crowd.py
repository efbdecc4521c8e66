"""A class that watches one training: what each look waits, and what the training loses.

``python -m benchmarks.crowd [--people 30] [--rounds 4] [--seconds 15]``: one training
goes on; in turns nobody watches it, and so many open tabs without a browser. What is
compared is the mean time of a step. The first seconds of each turn do not count:
whoever has just opened the page looks more often, until the class is counted.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.live_run import training
from benchmarks.server import Server
from benchmarks.session import Session
from mnist_cnn.runs import Run
from mnist_cnn.runs.metrics_reader import MetricsReader

SETTLE_SECONDS = 12.0
SPREAD_SECONDS = 4.0
# Between the last batch of an epoch and the next one lies the test set.
LONGEST_STEP = 0.5


def step_times(run: Run, since: int) -> np.ndarray:
    """Seconds of each step after that many."""
    times = np.diff(MetricsReader(run.metrics_path).read().time[since:])
    return times[times < LONGEST_STEP]


async def turn(
    server: Server, run: Run, people: int, seconds: float
) -> tuple[np.ndarray, list[float], int]:
    """Seconds of each step and of each look, and errors, while so many watch."""
    sessions = [Session(server.port, "Train", f"run={run.id}") for _ in range(people)]
    for session in sessions:
        await session.open()
    await watch(sessions, SETTLE_SECONDS, spread=SPREAD_SECONDS)
    since = len(MetricsReader(run.metrics_path).read())
    looks = await watch(sessions, seconds)
    steps = step_times(run, since)
    for session in sessions:
        await session.close()
    return steps, looks, sum(session.errors for session in sessions)


async def watch(
    sessions: list[Session], seconds: float, spread: float = 0.0
) -> list[float]:
    """What each look waited; the first ones come one after the other."""

    async def one(place: int, session: Session) -> list[float]:
        late = spread * place / len(sessions)
        await asyncio.sleep(late)
        return await session.watch(seconds - late)

    if not sessions:
        await asyncio.sleep(seconds)
    rows = await asyncio.gather(*(one(*each) for each in enumerate(sessions)))
    return [look for row in rows for look in row]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=15.0)
    options = parser.parse_args()
    means: dict[int, list[float]] = {0: [], options.people: []}
    all_looks: list[float] = []
    errors, used = 0, 0.0
    with (
        tempfile.TemporaryDirectory() as folder,
        Server(Path(folder)) as server,
        training(Path(folder), epochs=50) as run,
    ):
        time.sleep(SETTLE_SECONDS)
        for _ in range(options.rounds):
            for people, measured in means.items():
                before = server.cpu_seconds()
                steps, looks, wrong = asyncio.run(
                    turn(server, run, people, options.seconds)
                )
                used += server.cpu_seconds() - before
                measured.append(1000 * float(steps.mean()))
                all_looks += looks
                errors += wrong
    alone, watched = means.values()
    looks_ms = 1000 * np.array(all_looks)
    print(
        "a look: p10 {:.0f} ms, p50 {:.0f} ms, p95 {:.0f} ms".format(
            *np.percentile(looks_ms, (10, 50, 95))
        ),
        f"({len(looks_ms) / options.rounds / options.seconds:.1f} a second), "
        f"errors {errors}; processor of the server {used:.1f} s in all",
    )
    for name, values in (("nobody", alone), (f"{options.people} people", watched)):
        low, middle = np.percentile(values, (10, 50))
        print(f"a step, {name} watching: p10 {low:.1f} ms, median {middle:.1f} ms")
    ratios = np.array(watched) / np.array(alone)
    print(f"watched / alone: median {np.median(ratios):.3f}, least {ratios.min():.3f}")


if __name__ == "__main__":
    main()
