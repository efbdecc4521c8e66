"""The processes that work over a runs folder, found and ended."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


def processes_of(folder: Path) -> list[int]:
    """What was started with this runs folder; nothing where there is no /proc."""
    mark = f"MNIST_CNN_RUNS={folder}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if mark in environment and int(process.name) != os.getpid():
            found.append(int(process.name))
    return sorted(found)


def end_processes_of(folder: Path) -> None:
    """Kills what serves and trains this runs folder, and waits until it is gone."""
    until = time.monotonic() + 10
    # Again, since a worker may start a training run while it is being killed.
    while (alive := processes_of(folder)) and time.monotonic() < until:
        for process in alive:
            try:
                os.kill(process, signal.SIGKILL)
                os.waitpid(process, os.WNOHANG)
            except (ProcessLookupError, ChildProcessError):
                continue
        time.sleep(0.05)
