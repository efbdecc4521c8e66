"""What a training measures, and the lines of metrics.jsonl that say it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import numpy as np

BATCH_FIELDS = ("step", "epoch", "loss", "accuracy", "learning_rate", "time")
EPOCH_FIELDS = (
    "epoch",
    "step",
    "loss",
    "accuracy",
    "val_loss",
    "val_accuracy",
    "learning_rate",
    "time",
    "seconds",
)
# A line that says: the training goes on after this epoch; forget what came later.
RESUME = "resume"
_batch_values = itemgetter(*BATCH_FIELDS)


@dataclass(frozen=True)
class EpochPoint:
    """The end of one epoch; a value that was not measured is NaN.

    `loss` and `accuracy` are means over the epoch's batches, as Keras reports them,
    `time` is in seconds since the training started, `seconds` what the epoch took.
    `extra` holds whatever else the training wrote, such as "moved".
    """

    epoch: int
    step: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float
    learning_rate: float
    time: float
    seconds: float
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Mark:
    """Something that was done to a training after batch number `step`."""

    step: int
    what: str
    reason: str


@dataclass(frozen=True)
class Metrics:
    """A training's measurements at one moment.

    `batches` has one row a batch and the columns of `BATCH_FIELDS`, float64, read-only;
    the properties are its columns. `version` differs whenever the content does.
    """

    batches: np.ndarray
    epochs: tuple[EpochPoint, ...] = ()
    marks: tuple[Mark, ...] = ()
    version: tuple[int, int] = (0, 0)

    @property
    def step(self) -> np.ndarray:
        return self.batches[:, 0]

    @property
    def epoch(self) -> np.ndarray:
        return self.batches[:, 1]

    @property
    def loss(self) -> np.ndarray:
        return self.batches[:, 2]

    @property
    def accuracy(self) -> np.ndarray:
        return self.batches[:, 3]

    @property
    def learning_rate(self) -> np.ndarray:
        return self.batches[:, 4]

    @property
    def time(self) -> np.ndarray:
        return self.batches[:, 5]

    def __len__(self) -> int:
        return len(self.batches)


def parse_lines(lines: bytes) -> list[Mapping[str, Any]]:
    """The JSON objects among these lines, which need not be whole or sound."""
    rows = [line for line in lines.split(b"\n") if line.strip()]
    try:
        # One call for all lines is three times as fast as one call a line.
        records = json.loads(b"[" + b",".join(rows) + b"]")
        damaged = len(records) != len(rows)
    except (ValueError, RecursionError):
        damaged = True
    if damaged:
        records = [_record(row) for row in rows]
    return [record for record in records if isinstance(record, dict)]


def between_resumes(
    records: list[Mapping[str, Any]],
) -> Iterator[list[Mapping[str, Any]]]:
    """The records cut in pieces, each with a resume at its end, but for the last."""
    start = 0
    for index, record in enumerate(records, 1):
        if record.get("kind") == RESUME:
            yield records[start:index]
            start = index
    yield records[start:]


def _record(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _number(value: Any) -> float:
    # JSON has no NaN: a training that measured one may write null.
    return float("nan") if value is None else float(value)


def batch_rows(records: list[Mapping[str, Any]]) -> np.ndarray:
    try:
        return np.array([_batch_values(record) for record in records], np.float64)
    except (KeyError, TypeError, ValueError, OverflowError):
        rows = [row for record in records if (row := _batch_row(record))]
        return np.array(rows, np.float64).reshape(-1, len(BATCH_FIELDS))


def _batch_row(record: Mapping[str, Any]) -> list[float] | None:
    try:
        return [_number(record.get(name)) for name in BATCH_FIELDS]
    except (TypeError, ValueError, OverflowError):
        return None


def epoch_point(record: Mapping[str, Any]) -> EpochPoint:
    values = {name: _number(record.get(name)) for name in EPOCH_FIELDS}
    values["epoch"], values["step"] = int(values["epoch"]), int(values["step"])
    extra = {
        name: value
        for name, value in record.items()
        if name not in EPOCH_FIELDS and name != "kind"
    }
    return EpochPoint(**values, extra=extra)


def mark(record: Mapping[str, Any]) -> Mark:
    return Mark(
        int(record["step"]), str(record["what"]), str(record.get("reason") or "")
    )
