"""What the files of a run folder may hold, for reader, import and export alike.

A run folder may come from another version, another lab, or somebody with bad intent.
What the schema takes needs no second look; what it does not take is a sentence.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import force_setattr

from mnist_cnn.locale.message import MessageError
from mnist_cnn.storage import files
from mnist_cnn.storage.arrays import ROWS, ArraySpec

FORMAT = 1
RESUME = "resume"
LONGEST_NAME = 60
LONGEST_TEXT = 2000
# The lab trains 50 at most; a model that is brought along may have had more.
MAX_EPOCHS = 1000

Count = Annotated[int, Meta(ge=0, le=2**53)]
# None: not measured, or not a number, which JSON does not have.
Measured = Annotated[float, Meta(ge=0, le=sys.float_info.max)] | None
# Seconds since 1970, up to the year that calendars end with.
Timestamp = Annotated[float, Meta(ge=0, le=253_402_214_400)] | None
Fraction = Annotated[float, Meta(ge=0, le=1)] | None
Word = Annotated[str, Meta(pattern=r"\A[a-z0-9_]{1,40}\Z")]
Hash = Annotated[str, Meta(pattern=r"\A[0-9a-f]{0,64}\Z")]
Version = Annotated[str, Meta(pattern=r"\A[\w .+-]{1,60}\Z")]
_Probabilities = Annotated[list[Fraction], Meta(min_length=10, max_length=10)]
_Moved = Annotated[dict[Word, Measured], Meta(max_length=100)]
_Readings = Annotated[list[_Probabilities], Meta(max_length=11)]

T = TypeVar("T")


class RunError(MessageError):
    """A run that does not exist or cannot be read or written; says so in a sentence."""


class Settings(Struct):
    """``config.json``: what is trained, and for whom.

    Attributes:
        config: see ``TrainingConfig.from_dict``.
        preset: the preset it came from, if any.
        created: seconds since 1970.
        owner: of the browser that started it, see ``ownership``; empty if none did.
    """

    config: dict[str, Any]
    format: Literal[FORMAT] = FORMAT
    preset: Annotated[str, Meta(pattern=r"\A[a-z0-9_]{0,40}(, changed)?\Z")] = ""
    created: Timestamp = 0.0
    owner: Annotated[str, Meta(pattern=r"\A([0-9a-f]{64})?\Z")] = ""


class Label(Struct):
    """``label.json``: what people call a run, and whether they want it kept."""

    name: str = ""
    starred: bool = False

    def __post_init__(self) -> None:
        self.name = clean(self.name, LONGEST_NAME)


class Batch(Struct, frozen=True, gc=False, tag_field="kind", tag="batch"):
    """A line of ``metrics.jsonl``: one batch; ``time`` in seconds since the start."""

    step: Count
    epoch: Count
    loss: Measured = None
    accuracy: Fraction = None
    learning_rate: Measured = None
    time: Measured = None


class EpochPoint(Struct, frozen=True, tag_field="kind", tag="epoch"):
    """A line of ``metrics.jsonl``: the end of an epoch; NaN what was not measured.

    Attributes:
        loss, accuracy: means over the epoch's batches, as Keras reports them.
        time, seconds: since the training started, and what the epoch took.
        peak: the learning rate that the schedule goes up to, after the epoch.
        readings: ten probabilities for each watched digit; empty if one is no number.
        moved: by layer, how far its weights moved, relative to their length.
    """

    epoch: Count
    step: Count
    loss: Measured = None
    accuracy: Fraction = None
    val_loss: Measured = None
    val_accuracy: Fraction = None
    learning_rate: Measured = None
    time: Measured = None
    seconds: Measured = None
    peak: Measured = None
    readings: _Readings = []
    moved: _Moved = {}

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            if getattr(self, name) is None:
                force_setattr(self, name, math.nan)
        if any(None in probabilities for probabilities in self.readings):
            force_setattr(self, "readings", [])


class Untrained(Struct, frozen=True, tag_field="kind", tag="untrained"):
    """A line of ``metrics.jsonl``: what the network predicts before its first batch.

    Attributes:
        readings: as in ``EpochPoint``.
    """

    step: Literal[0] = 0
    readings: _Readings = []

    def __post_init__(self) -> None:
        if any(None in probabilities for probabilities in self.readings):
            raise ValueError("no probabilities")


class Mark(Struct, frozen=True, tag_field="kind", tag="mark"):
    """A line of ``metrics.jsonl``: what was done to a training run after that batch.

    Attributes:
        value: the learning rate that was set, or the epoch it was resumed after.
        reason: the same in words, as an earlier version of the lab wrote it.
    """

    step: Count
    what: Word
    value: Measured = None
    reason: str = ""

    def __post_init__(self) -> None:
        force_setattr(self, "reason", clean(self.reason, LONGEST_TEXT))


class Resumed(Mark, frozen=True, kw_only=True, tag=RESUME):
    """A mark that says: it goes on after this epoch; forget what came later."""

    epoch: Count


Record = Batch | EpochPoint | Untrained | Mark | Resumed
_records = msgspec.json.Decoder(Record)

KERNELS: ArraySpec = {
    "steps": ("i", (ROWS,)),
    "kernels": ("f", (ROWS, None, None, None, None)),
}
LAST_BATCH: ArraySpec = {
    "pixels": ("f", (ROWS, 28, 28)),
    "labels": ("iu", (ROWS,)),
    "probabilities": ("f", (ROWS, 10)),
    "losses": ("f", (ROWS,)),
}
PREDICTIONS: ArraySpec = {
    "probabilities": ("f", (ROWS, 10)),
    "labels": ("u", (ROWS,)),
    "fingerprint": ("U", ()),
}


def clean(text: str, longest: int = LONGEST_TEXT) -> str:
    """One line that can be shown and encoded: the one place where text is cleaned."""
    line = " ".join(text[: 2 * longest].split())
    return "".join(each for each in line if each.isprintable())[:longest]


def read(path: Path, kind: type[T]) -> T:
    """What a JSON file of a run holds.

    Args:
        path: the file; its folder's name is the run's.
        kind: a class with types, such as ``Settings``.

    Raises:
        RunError: if it is missing, or holds anything else.
    """
    try:
        return msgspec.convert(files.read_json(path), kind)
    except FileNotFoundError as error:
        raise RunError(
            "Run {run} has no {file}. It may have been deleted.",
            run=path.parent.name,
            file=path.name,
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise RunError(
            "The {file} of run {run} cannot be read: it is damaged, or of a newer "
            "version of the lab ({reason}).",
            file=path.name,
            run=path.parent.name,
            reason=error,
        ) from error


def records(lines: bytes) -> list[Record | None]:
    """What the lines of a ``metrics.jsonl`` hold; None for one that is no record."""
    try:
        return _records.decode_lines(lines)
    except (ValueError, RecursionError):
        return [_record(line) for line in lines.split(b"\n") if line.strip()]


def _record(line: bytes) -> Record | None:
    try:
        values = json.loads(line, parse_constant=lambda _name: None)
        return msgspec.convert(values, Record)
    except (ValueError, RecursionError):
        return None
