"""Starts workers, and waits for what they do."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from mnist_cnn import runs

ROOT = Path(__file__).parents[1]
PATIENCE = 300.0


def start(idle_seconds: float = 3.0) -> subprocess.Popen:
    command = ["-m", "mnist_cnn", "worker", f"--idle-seconds={idle_seconds}"]
    return subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )


def wait_until(true: Callable[[], bool], patience: float = PATIENCE) -> None:
    until = time.monotonic() + patience
    while not true():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


def state(run: runs.Run) -> str:
    return run.status().state


def is_worker(pid: int) -> bool:
    """Whether that process is a worker; no if it has just ended."""
    try:
        return b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
