"""Seconds an epoch: the lab, the lecture's code as written, PyTorch, and the limit.

``python -m benchmarks.training [--rounds 8] [--digits 9600]``

All contenders train the lecture's network in turns, each turn over the same number of
digits; seconds are reckoned for 60,000. PyTorch gets an environment of its own
(.venv-torch, made the first time); where it cannot be installed its rows are left out.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from benchmarks.contenders import ROOT, Contender, take_turns
from mnist_cnn.digits import mnist

ALL_DIGITS = 60_000
TORCH_ENV = ROOT / ".venv-torch"
TORCH = "torch==2.13.0"
BATCHES = (32, 128)


def torch_python() -> str | None:
    """The Python that has PyTorch; None, with the reason printed, if there is none."""
    chosen = os.environ.get("TORCH_PYTHON")
    if chosen:
        return chosen
    python = TORCH_ENV / "bin" / "python"
    if not (TORCH_ENV / "ready").is_file():
        try:
            subprocess.run([sys.executable, "-m", "venv", TORCH_ENV], check=True)
            install = [python, "-m", "pip", "install", "-q", TORCH, "numpy"]
            subprocess.run(install, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"PyTorch is left out: {error}", file=sys.stderr)
            return None
        (TORCH_ENV / "ready").touch()
    return str(python)


def keras_contender(
    title: str, kind: str, batch: int, digits: int, turns: int, **options: object
) -> Contender:
    """One of ``keras_contenders``."""
    command = [sys.executable, "-m", "benchmarks.keras_contenders", kind]
    # One epoch more: the end of an epoch is said when the next one would begin.
    numbers = [str(batch), str(digits), str(turns + 1)]
    return Contender(title, [*command, *numbers], **options)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--digits", type=int, default=9_600)
    options = parser.parse_args()
    digits, turns = options.digits, options.rounds + 1
    # "As written" is without the switch that the lab sets for its own trainings; off,
    # it is what TensorFlow chooses by itself on a CPU without AVX512-VNNI.
    switches = {
        "the lecture's code": {"TF_ENABLE_ONEDNN_OPTS": None},
        "the lecture's code, oneDNN off": {"TF_ENABLE_ONEDNN_OPTS": "0"},
    }
    found = mnist.find()
    python = torch_python() if found else None
    contenders = {
        (title, 32): keras_contender(
            f"{title}, batch 32", "written", 32, digits, turns, env=env
        )
        for title, env in switches.items()
    }
    for batch in BATCHES:
        contenders["lab", batch] = keras_contender(
            f"the lab, batch {batch}", "lab", batch, digits, turns
        )
        if python:
            script = str(ROOT / "benchmarks" / "torch_contender.py")
            command = [python, script, str(found[0]), str(batch), str(digits)]
            contenders["torch", batch] = Contender(f"PyTorch, batch {batch}", command)
        contenders["gemm", batch] = keras_contender(
            f"limit: matrix products alone, batch {batch}", "gemm", batch, digits, turns
        )
    try:
        take_turns(list(contenders.values()), options.rounds)
    finally:
        for contender in contenders.values():
            contender.end()

    print("seconds for 60,000 digits, and validation with saving  (p10, median)")
    for contender in contenders.values():
        low, middle = (
            each * ALL_DIGITS / digits for each in contender.percentiles("training")
        )
        rest = contender.percentiles("rest")
        print(
            f"{contender.title:45} {low:6.1f} {middle:6.1f}    "
            f"{rest[0]:5.1f} {rest[1]:5.1f}"
        )
    print("ratios  (of p10s, of medians)")
    for batch in BATCHES:
        lectures = [(title, 32) for title in switches]
        for rival in (*lectures, ("torch", batch), ("gemm", batch)):
            if rival in contenders:
                mine, its = contenders["lab", batch], contenders[rival]
                low, middle = mine.ratio(its, "training")
                print(f"{mine.title} / {its.title:43} {low:.2f} {middle:.2f}")


if __name__ == "__main__":
    main()
