"""The Train page showing 190,000 batches, against one that shows 1,000.

``python -m benchmarks.long_run [--looks 40]``: looks at two runs that are being trained
(their lock is held here), in turns, while batches are added to both.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.server import Server
from benchmarks.session import Session
from mnist_cnn import runs
from mnist_cnn.experiments.presets import PRESETS
from mnist_cnn.runs import Run, Status

STEPS_PER_EPOCH = 3750
BATCHES = {"1 epoch at batch 64": 938, "50 epochs at batch 16": 187_500}


def lines(first: int, count: int) -> str:
    """So many batches of a curve that falls and jitters, as a run writes them."""
    rng = np.random.default_rng(first)
    text = []
    for step in range(first, first + count):
        loss = 2.3 * (1 + step / 50) ** -0.7 * rng.lognormal(0, 0.4)
        values = {
            "kind": "batch",
            "step": step,
            "epoch": 1 + (step - 1) // STEPS_PER_EPOCH,
            "loss": round(loss, 6),
            "accuracy": round(max(0.0, 1 - loss / 2.3), 5),
            "learning_rate": 0.001,
            "time": round(step * 0.02, 3),
        }
        text.append(json.dumps(values))
        if step % STEPS_PER_EPOCH == 0:
            end = {**values, "kind": "epoch", "val_loss": 0.03, "val_accuracy": 0.99}
            text.append(json.dumps({**end, "seconds": 75.0}))
    return "\n".join(text) + "\n"


def make(batches: int) -> Run:
    config = replace(PRESETS["lecture"].config, epochs=50, batch_size=16)
    run = runs.submit(config, preset="lecture", state="running")
    run.write_status(Status("running", steps_per_epoch=STEPS_PER_EPOCH))
    run.metrics_path.write_text(lines(1, batches))
    return run


async def looks(server: Server, made: dict[str, Run], count: int) -> None:
    sessions = {}
    for name, run in made.items():
        sessions[name] = Session(server.port, "Train", f"run={run.id}")
        await sessions[name].open()
    steps = dict(BATCHES)
    times: dict[str, list[float]] = {name: [] for name in made}
    sizes: dict[str, list[int]] = {name: [] for name in made}
    for _ in range(count):
        for name, session in sessions.items():
            with made[name].metrics_path.open("a") as file:
                file.write(lines(steps[name] + 1, 20))
            steps[name] += 20
            watching = min(session.fragments, key=session.fragments.get)
            times[name].append(1000 * await session.look(watching))
            sizes[name].append(session.bytes)
            assert not session.errors
            await asyncio.sleep(0.3)
    for name in made:
        p10, p50 = np.percentile(times[name], (10, 50))
        print(
            f"{name:24} a look p10 {p10:.1f} ms, p50 {p50:.1f} ms; "
            f"message p50 {np.median(sizes[name]) / 1000:.1f} kB, "
            f"largest {max(sizes[name]) / 1000:.1f} kB"
        )
    short, long = made
    for what, values in (("server time", times), ("message", sizes)):
        ratios = [
            np.percentile(values[long], q) / np.percentile(values[short], q)
            for q in (10, 50)
        ]
        print("{}: {:.2f} x (p10s), {:.2f} x (medians)".format(what, *ratios))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--looks", type=int, default=40)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as held:
        os.environ["MNIST_CNN_RUNS"] = folder
        made = {name: make(batches) for name, batches in BATCHES.items()}
        for run in made.values():
            held.enter_context(run.lock())
        with Server(Path(folder)) as server:
            asyncio.run(looks(server, made, options.looks))


if __name__ == "__main__":
    main()
