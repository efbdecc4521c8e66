"""What a training run has measured, and the same as lines or as a table."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass

import msgspec
import numpy as np

from mnist_cnn.runs.schema import Batch, EpochPoint, Mark, Record, Resumed, Untrained

__all__ = ["EpochPoint", "Mark", "Metrics", "to_csv", "to_lines"]

# The columns of the table: what a row is, then all that batches and epochs have.
CSV_HEADER = (
    "kind",
    "epoch",
    "step",
    "time",
    "loss",
    "accuracy",
    "val_loss",
    "val_accuracy",
    "learning_rate",
    "seconds",
)


def _column(index: int) -> property:
    return property(lambda metrics: metrics.batches[:, index])


@dataclass(frozen=True)
class Metrics:
    """A training run's measurements at one moment.

    ``batches`` is float64, read-only, one row a batch with the fields of ``Batch`` as
    its columns, which the properties are. ``version`` differs whenever the content
    does.
    """

    batches: np.ndarray
    epochs: tuple[EpochPoint, ...] = ()
    marks: tuple[Mark, ...] = ()
    version: tuple[int, int] = (0, 0)
    untrained: Untrained | None = None

    step, epoch, loss, accuracy, learning_rate, time = map(_column, range(6))

    def __len__(self) -> int:
        return len(self.batches)

    @property
    def peak(self) -> float | None:
        """The rate that the schedule goes up to, as known last; None if it is not."""
        for mark in reversed(self.marks):
            if mark.what == "learning_rate":
                return mark.value
            if isinstance(mark, Resumed):
                break
        peaks = [point.peak for point in self.epochs[-1:]]
        return next(filter(math.isfinite, peaks), None)

    def predictions(self) -> dict[int, np.ndarray]:
        """What the network predicted of the watched digits, by epoch; 0 is untrained.

        Returns:
            Probabilities, float64 (N, 10), of the epochs in which they were read.
        """
        found = {0: self.untrained.readings} if self.untrained else {}
        found |= {point.epoch: point.readings for point in self.epochs}
        return {epoch: np.array(rows) for epoch, rows in found.items() if rows}

    def rows(self) -> list[Record]:
        """Every batch, epoch and mark, in the order in which they happened."""
        batches = [
            Batch(int(step), int(epoch), *measured)
            for step, epoch, *measured in self.batches.tolist()
        ]
        first = [self.untrained] if self.untrained else []
        # Sorting keeps the order of what happened after the same batch.
        return sorted(
            [*first, *batches, *self.epochs, *self.marks],
            key=lambda record: record.step,
        )


def to_lines(metrics: Metrics) -> bytes:
    """The lines of a ``metrics.jsonl`` that is read as these metrics."""
    return msgspec.json.Encoder().encode_lines(metrics.rows())


def to_csv(metrics: Metrics) -> str:
    """A row for each batch, and after an epoch's last batch one for the epoch.

    ``time`` is in seconds since the training began, ``seconds`` what the epoch took;
    a cell is empty where nothing was measured. Numbers have all their digits, so that
    reading them gives the same floats again.
    """
    text = io.StringIO()
    table = csv.DictWriter(text, CSV_HEADER, restval="", extrasaction="ignore")
    table.writeheader()
    for row in metrics.rows():
        if isinstance(row, Mark | Untrained):
            continue
        values = msgspec.structs.asdict(row) | {"kind": row.__struct_config__.tag}
        table.writerow(
            {name: "" if _is_nan(value) else value for name, value in values.items()}
        )
    return text.getvalue()


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)
