"""The curve as lines and as a table, read back."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from mnist_cnn.runs.metrics import CSV_HEADER, Metrics, to_csv, to_lines
from mnist_cnn.runs.metrics_reader import reader
from mnist_cnn.runs.schema import Batch, EpochPoint

BATCH_FIELDS = Batch.__struct_fields__
EPOCH_FIELDS = EpochPoint.__struct_fields__[:9]
RECORDINGS = Path(__file__).parents[1] / "recordings"


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", ["overfitting", "diverged"])
def test_what_is_read_back_is_what_was_measured(name):
    metrics = reader(RECORDINGS / f"{name}.jsonl").read()
    rows = list(csv.DictReader(io.StringIO(to_csv(metrics))))
    assert tuple(rows[0]) == CSV_HEADER
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
    table = to_csv(Metrics(np.empty((0, len(BATCH_FIELDS)))))
    assert table == ",".join(CSV_HEADER) + "\r\n"


@pytest.mark.parametrize("name", ["overfitting", "diverged"])
def test_lines_that_are_written_are_read_as_the_same_measurements(name, tmp_path):
    metrics = reader(RECORDINGS / f"{name}.jsonl").read()
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(to_lines(metrics))
    again = reader(path).read()
    assert np.array_equal(again.batches, metrics.batches, equal_nan=True)
    assert list(map(repr, again.epochs)) == list(map(repr, metrics.epochs))
    assert again.marks == metrics.marks
