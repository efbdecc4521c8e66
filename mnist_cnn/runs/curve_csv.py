"""A training's curve as a table for spreadsheets."""

from __future__ import annotations

import csv
import io
import math

from mnist_cnn.runs.measurements import BATCH_FIELDS, EPOCH_FIELDS, Metrics

# The columns: what a row is, then all that batches and epochs have.
HEADER = (
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


def curve_csv(metrics: Metrics) -> str:
    """A row for each batch, and after an epoch's last batch one for the epoch.

    ``time`` is in seconds since the training began, ``seconds`` what the epoch took;
    a cell is empty where nothing was measured. Numbers have all their digits, so that
    reading them gives the same floats again.
    """
    rows = [
        (row[0], 0, {"kind": "batch"} | dict(zip(BATCH_FIELDS, row, strict=True)))
        for row in metrics.batches.tolist()
    ]
    rows += [
        (
            point.step,
            1,
            {"kind": "epoch"} | {name: getattr(point, name) for name in EPOCH_FIELDS},
        )
        for point in metrics.epochs
    ]
    rows.sort(key=lambda row: row[:2])
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(HEADER)
    table.writerows([_cell(name, row) for name in HEADER] for *_place, row in rows)
    return text.getvalue()


def _cell(name: str, row: dict[str, str | float]) -> str | int | float:
    value = row.get(name, "")
    if isinstance(value, str):
        return value
    if not math.isfinite(value):
        return ""
    return int(value) if name in ("epoch", "step") else value
