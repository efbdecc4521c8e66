"""The curve as a table, read back."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from mnist_cnn.runs.curve_csv import HEADER, curve_csv
from mnist_cnn.runs.measurements import BATCH_FIELDS, EPOCH_FIELDS, Metrics
from mnist_cnn.runs.metrics_reader import reader

RECORDINGS = Path(__file__).parents[1] / "recordings"


@pytest.mark.parametrize("name", ["overfitting", "diverged"])
def test_what_is_read_back_is_what_was_measured(name):
    metrics = reader(RECORDINGS / f"{name}.jsonl").read()
    rows = list(csv.DictReader(io.StringIO(curve_csv(metrics))))
    assert tuple(rows[0]) == HEADER
    read = {"batch": [], "epoch": []}
    for row in rows:
        names = BATCH_FIELDS if row["kind"] == "batch" else EPOCH_FIELDS
        read[row["kind"]].append([float(row[each] or "nan") for each in names])
    assert np.array_equal(read["batch"], metrics.batches, equal_nan=True)
    epochs = [[getattr(each, name) for name in EPOCH_FIELDS] for each in metrics.epochs]
    assert np.array_equal(read["epoch"], epochs, equal_nan=True)
    steps = [int(row["step"]) for row in rows]
    assert steps == sorted(steps)


def test_without_a_measurement_it_is_the_header():
    table = curve_csv(Metrics(np.empty((0, len(BATCH_FIELDS)))))
    assert table == ",".join(HEADER) + "\r\n"
