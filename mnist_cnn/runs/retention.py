"""How many runs a lab keeps, and how much disk; the oldest make room for new ones.

Only what is finished and has no star is ever removed.
"""

from __future__ import annotations

import math
import os
import time
from dataclasses import dataclass
from pathlib import Path

from mnist_cnn.runs import run as runs
from mnist_cnn.runs.run import Run, RunError

MAX_RUNS = "MNIST_CNN_MAX_RUNS"
MAX_GB = "MNIST_CNN_MAX_GB"
DEFAULT_RUNS = 200
DEFAULT_GB = 5.0
GB = 1e9
# Whoever started it may be looking at its result.
FRESH_SECONDS = 600.0


@dataclass(frozen=True)
class Room:
    """What the lab's runs take and may take.

    Attributes:
        runs, gigabytes: that there are; 1 GB is 10⁹ bytes.
        max_runs, max_gigabytes: that there may be.
    """

    runs: int
    gigabytes: float
    max_runs: int
    max_gigabytes: float

    @property
    def is_over(self) -> bool:
        """Whether there is more than there may be."""
        return self.runs > self.max_runs or self.gigabytes > self.max_gigabytes


def room() -> Room:
    """What there is now."""
    found = runs.list_runs()
    taken = sum(_bytes_of(run.path) for run in found) / GB
    return Room(len(found), taken, int(_limit(MAX_RUNS, DEFAULT_RUNS)), _max_gb())


def make_room(new_runs: int = 0) -> list[str]:
    """Removes the oldest finished runs without a star until the rest is within bounds.

    Args:
        new_runs: that are about to be added.

    Returns:
        The names of those removed.

    Raises:
        RunError: if there is no room for the new ones, since nothing may be removed.
    """
    found = runs.list_runs()
    sizes = {run.id: _bytes_of(run.path) for run in found}
    most, most_bytes = int(_limit(MAX_RUNS, DEFAULT_RUNS)), _max_gb() * GB
    removed = []
    for run in reversed(found):
        if len(sizes) + new_runs <= most and sum(sizes.values()) <= most_bytes:
            break
        if _may_go(run):
            try:
                name = run.name
                runs.delete(run)
            except RunError:
                continue
            removed.append(name)
            del sizes[run.id]
    if new_runs and (len(sizes) + new_runs > most or sum(sizes.values()) > most_bytes):
        raise RunError(
            f"The lab is full: it keeps {most:,} runs and {_max_gb():g} GB at most, "
            "and all of its runs are starred, wait, are being trained, or ended only "
            "just now. Delete one, or take a star away."
        )
    return removed


def _may_go(run: Run) -> bool:
    try:
        status = run.status()
    except RunError:
        return False
    if not status.is_final or run.starred:
        return False
    return not 0 <= time.time() - (status.ended or 0.0) < FRESH_SECONDS


def _bytes_of(folder: Path) -> int:
    total = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                total += entry.stat(follow_symlinks=False).st_size
    except OSError:
        pass
    return total


def _max_gb() -> float:
    return _limit(MAX_GB, DEFAULT_GB)


def _limit(variable: str, default: float) -> float:
    try:
        chosen = float(os.environ.get(variable, default))
    except ValueError:
        return default
    return chosen if math.isfinite(chosen) and chosen > 0 else default
