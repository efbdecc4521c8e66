"""A Keras model of somebody's own becomes a run, as if it had been trained here."""

from __future__ import annotations

import csv
import io
import json
import math
import time
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import msgspec
import numpy as np

from mnist_cnn.experiments.config import RANGES, ConfigError, TrainingConfig
from mnist_cnn.nn.keras_file import read_keras_file
from mnist_cnn.nn.keras_layers import KerasFileError
from mnist_cnn.nn.summary import summary
from mnist_cnn.runs import schema
from mnist_cnn.runs.exchange import turn
from mnist_cnn.runs.metrics import EpochPoint, Metrics, to_lines
from mnist_cnn.runs.run import Run
from mnist_cnn.runs.schema import LONGEST_NAME, MAX_EPOCHS, Label, RunError, Settings
from mnist_cnn.runs.status import Status
from mnist_cnn.runs.store import find, new_run, not_written
from mnist_cnn.storage.files import write_json

SOURCE = "brought along"
MAX_HISTORY_BYTES = 1_000_000
# What reading something else raises: by name or place, as a number, as CSV.
NO_HISTORY = (
    LookupError,
    TypeError,
    ValueError,
    OverflowError,
    csv.Error,
    RecursionError,
)
# Keras' names, those of Keras 2 too -> those of ``EpochPoint``.
COLUMNS = {
    "loss": "loss",
    "accuracy": "accuracy",
    "acc": "accuracy",
    "sparse_categorical_accuracy": "accuracy",
    "categorical_accuracy": "accuracy",
    "val_loss": "val_loss",
    "val_accuracy": "val_accuracy",
    "val_acc": "val_accuracy",
    "val_sparse_categorical_accuracy": "val_accuracy",
    "val_categorical_accuracy": "val_accuracy",
}


def from_keras(
    content: bytes, name: str = "", history: bytes | None = None, *, owner: str = ""
) -> Run:
    """Makes a finished run of a model that was trained elsewhere.

    Args:
        content: of a ``.keras`` or ``.h5`` file.
        name: for people; by itself the model's.
        history: Keras' ``hist.history`` as JSON, or as CSV with a row an epoch.
        owner: of the browser that brings it, see ``ownership``.

    Raises:
        RunError: in a sentence, what the lab cannot take, or that the disk is full.
    """
    try:
        with turn:
            model = read_keras_file(content)
        points = [] if history is None else _points(history)
        epochs = max(len(points), 1)
        config = TrainingConfig(
            model.network.architecture, epochs=min(epochs, RANGES["epochs"][1])
        )
    except (KerasFileError, ConfigError) as error:
        raise RunError(error.message) from error
    now = time.time()
    last = points[-1] if points else None
    status = Status(
        "done",
        source=SOURCE,
        epochs_done=epochs,
        test_accuracy=last and _known(last.val_accuracy),
        test_loss=last and _known(last.val_loss),
        started=now,
        ended=now,
    )
    label = schema.clean(name or model.name or "my network", LONGEST_NAME)
    try:
        with new_run() as files:
            np.savez(files.weights_path, epoch=epochs, **model.network.weights)
            metrics = Metrics(np.empty((0, 6)), tuple(points))
            files.metrics_path.write_bytes(to_lines(metrics))
            files.summary_path.write_text(
                summary(model.network.architecture), encoding="utf-8"
            )
            settings = Settings(config.to_dict(), created=now, owner=owner)
            write_json(files.config_path, msgspec.structs.asdict(settings))
            write_json(files.status_path, asdict(status))
            write_json(files.label_path, msgspec.structs.asdict(Label(label)))
    except OSError as error:
        raise not_written(error) from error
    return find(files.id)


def _points(history: bytes) -> list[EpochPoint]:
    """The epochs of a history.

    Raises:
        KerasFileError: if it is none.
    """
    if len(history) > MAX_HISTORY_BYTES:
        raise KerasFileError("The history is longer than 1 MB.")
    try:
        text = history.decode()
        is_json = text.lstrip().startswith("{")
        columns = json.loads(text) if is_json else _columns(text)
        known = {
            COLUMNS[name]: values for name, values in columns.items() if name in COLUMNS
        }
        count = len(known["loss"])
        rows = [
            {name: _number(values[epoch]) for name, values in known.items()}
            for epoch in range(count)
        ]
        lines = [
            {"kind": "epoch", "epoch": epoch, "step": epoch} | row
            for epoch, row in enumerate(rows, start=1)
        ]
        points = msgspec.convert(lines, list[EpochPoint])
    except NO_HISTORY as error:
        raise KerasFileError(
            "This is no history: save hist.history as JSON "
            "(json.dump(hist.history, file)) or as CSV with a row for each epoch."
        ) from error
    if len(points) > MAX_EPOCHS:
        raise KerasFileError(
            "The history has more than {limit:,} epochs.", limit=MAX_EPOCHS
        )
    return points


def _columns(text: str) -> dict[str, list[Any]]:
    rows = list(csv.DictReader(io.StringIO(text)))
    return {name: [row[name] for row in rows] for name in rows[0] if name}


def _number(value: Any) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None


def _known(value: float) -> float | None:
    with suppress(TypeError):
        return value if math.isfinite(value) else None
    return None
