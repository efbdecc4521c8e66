"""How many runs a lab keeps, and how much disk; the oldest make room for new ones.

Only what is finished and has no star is ever removed: first the runs of whoever wants
the room, then those of others, but none that ended within this lesson.
"""

from __future__ import annotations

import math
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mnist_cnn.runs.ownership import Visitor
from mnist_cnn.runs.run import Run
from mnist_cnn.runs.schema import RunError
from mnist_cnn.runs.store import delete, list_runs
from mnist_cnn.runs.turns import queue

MAX_RUNS = "MNIST_CNN_MAX_RUNS"
MAX_GB = "MNIST_CNN_MAX_GB"
DEFAULT_RUNS = 200
DEFAULT_GB = 5.0
GB = 1e9
# A lesson: for so long a result belongs to whoever started it.
LESSON_SECONDS = 90 * 60.0


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


def room(new_runs: int = 0) -> Room:
    """What there is now, with so many runs that are about to be added."""
    found = list_runs()
    return Room(
        len(found) + new_runs,
        sum(_bytes_of(run.path) for run in found) / GB,
        int(_limit(MAX_RUNS, DEFAULT_RUNS)),
        _limit(MAX_GB, DEFAULT_GB),
    )


def make_room(
    new_runs: int = 0, visitor: Visitor | None = None, start_from: str = ""
) -> list[str]:
    """Removes finished runs without a star until the rest is within bounds.

    None goes from whose network one starts that waits.

    Args:
        new_runs: that are about to be added, started or imported.
        visitor: who adds them; the oldest of their own runs go first.
        start_from: the id of the run from whose network they start, if any.

    Returns:
        The names of those removed.

    Raises:
        RunError: if there is no room for the new ones, since nothing may be removed.
    """
    now, removed = room(new_runs), []
    if not now.is_over:
        return removed
    needed = {start_from, *(run.config.start_from for run in queue())}
    owns = visitor.owns if visitor else lambda run: False
    for run in sorted(list_runs(), key=lambda run: (not owns(run), run.created)):
        if not now.is_over:
            break
        if run.id not in needed and _may_go(run, is_own=owns(run)):
            with suppress(RunError):
                name = run.name
                delete(run)
                removed.append(name)
                now = room(new_runs)
    if new_runs and now.is_over:
        raise RunError(
            "The lab is full: it keeps {runs:,} runs and {gigabytes:g} GB at most, "
            "and all of its runs are starred, wait, are being trained, or are "
            "somebody's results of this lesson. Delete one of yours, or take a star "
            "away.",
            runs=now.max_runs,
            gigabytes=now.max_gigabytes,
        )
    return removed


def _may_go(run: Run, *, is_own: bool) -> bool:
    try:
        status = run.status()
    except RunError:
        return False
    if not status.is_final or run.starred:
        return False
    # An import has ended long ago, elsewhere, but has come just now.
    age = time.time() - max(status.ended or 0.0, run.created)
    return is_own or not 0 <= age < LESSON_SECONDS


def _bytes_of(folder: Path) -> int:
    found = 0
    for place, _folders, names in os.walk(folder):
        for name in names:
            with suppress(OSError):  # replaced as we look
                found += os.lstat(Path(place, name)).st_size
    return found


def _limit(variable: str, default: float) -> float:
    try:
        chosen = float(os.environ.get(variable, default))
    except ValueError:
        return default
    return chosen if math.isfinite(chosen) and chosen > 0 else default
