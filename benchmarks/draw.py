"""The Draw page: how soon it is there, what a stroke costs, and a class on one server.

``python -m benchmarks.draw [--sessions 1 30 150] [--strokes 10] [--training]``

With ``--training`` a worker trains the lecture's network beside them.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

import numpy as np

from benchmarks.live_run import training
from benchmarks.server import Server
from benchmarks.session import Session, a_seven

PERIOD_SECONDS = 2.0


async def start_up(server: Server) -> tuple[float, float, float]:
    """Seconds from the start to Home, to a prediction on Draw, and to Look inside."""
    home = Session(server.port, "")
    await home.open()
    first_page = time.perf_counter() - server.started
    draw = Session(server.port, "Draw")
    await draw.open()
    await draw.stroke(a_seven())
    assert draw.metrics == ["7"], draw.metrics
    first_prediction = time.perf_counter() - server.started
    inside = Session(server.port, "Look_inside")
    await inside.open()
    look_inside = time.perf_counter() - server.started
    for session in (home, draw, inside):
        await session.close()
    return first_page, first_prediction, look_inside


async def a_class(
    server: Server, sessions: int, strokes: int
) -> tuple[list[float], float, int]:
    """Seconds for each stroke of so many sessions, each one every two seconds.

    Returns:
        The seconds, those of the server's processor for all of them, and errors.
    """
    people = [Session(server.port, "Draw", reads=True) for _ in range(sessions)]
    for person in people:
        await person.open()

    async def draws(person: Session, number: int) -> list[float]:
        await asyncio.sleep(PERIOD_SECONDS * number / sessions)
        times = []
        for stroke in range(strokes):
            seconds = await person.stroke(a_seven(number + stroke))
            times.append(seconds)
            await asyncio.sleep(max(0.0, PERIOD_SECONDS - seconds))
        return times

    tasks = [draws(person, number) for number, person in enumerate(people)]
    used = server.cpu_seconds()
    times = [each for row in await asyncio.gather(*tasks) for each in row]
    used = server.cpu_seconds() - used
    for person in people:
        await person.close()
    return times, used, sum(person.errors for person in people)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, nargs="+", default=[1, 30, 150])
    parser.add_argument("--strokes", type=int, default=10)
    parser.add_argument("--training", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder)) as server:
        first_page, first_prediction, look_inside = asyncio.run(start_up(server))
        print(f"start to first page         {first_page:6.2f} s")
        print(f"start to first prediction   {first_prediction:6.2f} s")
        print(f"start to Look inside ready  {look_inside:6.2f} s")
        beside = training(Path(folder)) if options.training else nullcontext()
        with beside:
            for sessions in options.sessions:
                times, used, errors = asyncio.run(
                    a_class(server, sessions, options.strokes)
                )
                ms = np.array(times) * 1000
                p10, p50, p95 = np.percentile(ms, (10, 50, 95))
                print(
                    f"{sessions:3} sessions, {len(ms)} strokes: p10 {p10:.0f} ms, "
                    f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, processor "
                    f"{1000 * used / len(ms):.1f} ms a stroke, "
                    f"errors {errors}, server {server.memory_mb():.0f} MB"
                )


if __name__ == "__main__":
    main()
