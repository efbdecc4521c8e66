"""Seconds until 0.99 on the test set: the preset "quick" against the lecture's code.

``python -m benchmarks.time_to_99 [--seeds 1 2 3]``: for each seed one after the other,
from the first batch on; the lecture's code trains until its validation accuracy is at
least 0.99, five epochs at most. Also the accuracy of the preset "classroom".
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.contenders import ROOT
from mnist_cnn import runs
from mnist_cnn.experiments.presets import PRESETS
from mnist_cnn.runs.metrics_reader import MetricsReader

GOAL = 0.99
EPOCHS = 5
DIGITS = 60_000


def lecture(seed: int) -> tuple[float, list[float]]:
    """Seconds until the goal, infinite if it is not reached; each epoch's accuracy."""
    environment = dict(os.environ)
    environment.pop("TF_ENABLE_ONEDNN_OPTS", None)
    command = [sys.executable, "-m", "benchmarks.keras_contenders", "written"]
    process = subprocess.Popen(
        [*command, "32", str(DIGITS), str(EPOCHS + 1), str(seed)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    seconds, accuracies = 0.0, []
    for _ in range(EPOCHS):
        process.stdin.write("go\n")
        process.stdin.flush()
        measured = json.loads(process.stdout.readline())
        seconds += measured["training"] + measured["rest"]
        accuracies.append(measured["val_accuracy"])
        if accuracies[-1] >= GOAL:
            break
    process.kill()
    process.wait()
    return (seconds if accuracies[-1] >= GOAL else float("inf")), accuracies


def preset(name: str, seed: int) -> tuple[float, float]:
    """Seconds of training and the test accuracy of a preset with this seed."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MNIST_CNN_RUNS"] = folder
        run = runs.submit(replace(PRESETS[name].config, seed=seed))
        subprocess.run(
            [sys.executable, "-m", "mnist_cnn.training.process"],
            input=f"{run.id}\n",
            cwd=ROOT,
            text=True,
            check=True,
            stderr=subprocess.DEVNULL,
        )
        newest = MetricsReader(Path(folder) / run.id / "metrics.jsonl").read().epochs
        return newest[-1].time, newest[-1].val_accuracy


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    options = parser.parse_args()
    ours, theirs = [], []
    for seed in options.seeds:
        seconds, accuracy = preset("classroom", seed)
        print(f"seed {seed}: classroom {accuracy:.4f} in {seconds:.0f} s", flush=True)
        seconds, accuracy = preset("quick", seed)
        print(f"seed {seed}: quick {accuracy:.4f} in {seconds:.0f} s", flush=True)
        ours.append(seconds if accuracy >= GOAL else float("inf"))
        seconds, accuracies = lecture(seed)
        shown = ", ".join(f"{each:.4f}" for each in accuracies)
        print(f"seed {seed}: the lecture's code {shown}: {seconds:.0f} s", flush=True)
        theirs.append(seconds)
    ratio = np.median(ours) / np.median(theirs)
    print(
        f"time to {GOAL}: {np.median(ours):.0f} s against {np.median(theirs):.0f} s "
        f"(medians of {len(ours)}): {ratio:.2f}"
    )


if __name__ == "__main__":
    main()
