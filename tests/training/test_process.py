"""What a training process does while it waits for its run."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np

from mnist_cnn.digits import mnist

ROOT = Path(__file__).parents[2]


def test_the_digits_are_read_before_a_run_comes(tmp_path, monkeypatch):
    from mnist_cnn.training import process

    path = tmp_path / "mnist.npz"
    images, labels = np.zeros((20, 28, 28), np.uint8), np.arange(20) % 10
    np.savez(path, x_train=images, y_train=labels, x_test=images, y_test=labels)
    monkeypatch.setenv("MNIST_CNN_DATA", str(path))
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    opened: list[Path] = []
    read = mnist.read
    monkeypatch.setattr(mnist, "read", lambda path: opened.append(path) or read(path))
    before_the_run: list[Path] = []

    class Waiting:
        def readline(self) -> str:
            before_the_run.extend(opened)
            return ""

    monkeypatch.setattr(sys, "stdin", Waiting())
    assert process.main() == 0
    assert before_the_run == [path]


def test_it_waits_quietly_with_digits_that_cannot_be_read(tmp_path):
    path = tmp_path / "mnist.npz"
    path.write_bytes(b"no digits")
    waited = subprocess.run(
        [sys.executable, "-m", "mnist_cnn.training.process"],
        cwd=ROOT,
        env=os.environ | {"MNIST_CNN_DATA": str(path)},
        input=b"",
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert waited.returncode == 0
    assert b"Traceback" not in waited.stderr
    assert str(path).encode() not in waited.stderr
