"""Which epoch's network a run folder holds: a training may die between two files.

At an epoch's end ``model.keras`` is replaced first, then ``weights.npz`` with the epoch
in it, then the status. Whoever finds a dead training believes the weights.
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mnist_cnn.runs.metrics import EpochPoint, reader
from mnist_cnn.runs.suspicion import LARGEST_COUNT
from mnist_cnn.storage.arrays import arrays

if TYPE_CHECKING:
    from mnist_cnn.runs.run import Run, Status

EPOCH = "epoch"


def epoch_of(weights: Path) -> int | None:
    """The epoch of a ``weights.npz``; None if there is none or it does not say."""
    try:
        with arrays(weights) as archive:
            epoch = int(archive[EPOCH])
            return epoch if 0 <= epoch <= LARGEST_COUNT else None
    except Exception:  # zipfile, zlib and numpy each raise their own
        return None


def as_kept(run: Run, status: Status) -> Status:
    """A dead training's status, as of the network that it has left."""
    epoch = epoch_of(run.weights_path)
    if epoch is None or epoch == status.epochs_done:
        return status
    return of_epoch(run, status, epoch)


def of_epoch(run: Run, status: Status, epoch: int) -> Status:
    """The status as it was at the end of that epoch."""
    point = epoch_point(run, epoch)
    if point is None:
        return replace(status, epochs_done=epoch, test_accuracy=None, test_loss=None)
    return replace(
        status,
        epochs_done=epoch,
        test_accuracy=_finite(point.val_accuracy),
        test_loss=_finite(point.val_loss),
        seconds=_finite(point.time) or 0.0,
    )


def epoch_point(run: Run, epoch: int) -> EpochPoint | None:
    """What was measured at the end of that epoch; None if that was not written."""
    for point in reader(run.metrics_path).read().epochs:
        if point.epoch == epoch:
            return point
    return None


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
