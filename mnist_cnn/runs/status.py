"""How a training stands."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from mnist_cnn.runs.schema import (
    Count,
    EpochPoint,
    Fraction,
    Hash,
    Measured,
    Version,
    clean,
)

ACTIVE_STATES = ("preparing", "running", "paused")
FINAL_STATES = ("done", "stopped", "failed")
STATES = ("queued", *ACTIVE_STATES, *FINAL_STATES)
CLUSTER_ATTEMPTS = 3


@dataclass(frozen=True)
class DataTest:
    """How a network reads one data set, and how the one it started from did.

    Attributes:
        data: its name, as in ``digits.datasets``.
        title: for people.
        examples: digits that were read.
        before, after: accuracy; None if not measured.
    """

    data: str
    title: str
    examples: Count = 0
    before: Fraction = None
    after: Fraction = None

    def __post_init__(self) -> None:
        for name in ("data", "title"):
            object.__setattr__(self, name, clean(getattr(self, name)))


@dataclass(frozen=True)
class Status:
    """How a training stands, and the schema of ``status.json``.

    Attributes:
        state: one of ``STATES``.
        reason: why, in plain words; empty while all is well.
        source: where the digits came from, in words.
        fingerprint: of the test set used, as in ``data.Dataset``.
        examples, test_examples: digits trained on and tested on.
        steps_per_epoch: batches in an epoch; 0 before the data are there.
        epochs_done: complete epochs, whose network is in ``weights.npz``.
        test_accuracy, test_loss: of the newest complete epoch.
        started, ended: seconds since 1970.
        seconds: spent training so far, without pauses, at the newest epoch's end.
        versions: of Python, TensorFlow, Keras and numpy.
        host, pid: machine and process that train, for a person looking for them.
        commands_read: bytes of ``control.jsonl`` that were obeyed.
        attempts_left: on a cluster, this attempt and those that follow if its machine
            is lost; 0 elsewhere.
        tests: of a run on other data than MNIST alone, or that started from another
            run: each data set old and new, when it has ended.
    """

    state: Literal[STATES] = "queued"
    reason: str = ""
    source: str = ""
    fingerprint: Hash = ""
    examples: Count = 0
    test_examples: Count = 0
    steps_per_epoch: Count = 0
    epochs_done: Count = 0
    test_accuracy: Fraction = None
    test_loss: Measured = None
    started: Measured = None
    ended: Measured = None
    seconds: Measured = 0.0
    versions: dict[Version, Version] | None = None
    host: str = ""
    pid: Count | None = None
    commands_read: Count = 0
    attempts_left: Count = 0
    tests: tuple[DataTest, ...] = ()

    def __post_init__(self) -> None:
        for name in ("reason", "source", "host"):
            object.__setattr__(self, name, clean(getattr(self, name)))

    @property
    def is_active(self) -> bool:
        """Whether a training process works on it (or waits in a pause)."""
        return self.state in ACTIVE_STATES

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in FINAL_STATES

    def as_of(self, epoch: int, point: EpochPoint | None) -> Status:
        """The status as it was at the end of that epoch.

        Args:
            epoch: a complete one.
            point: what was measured then; None if that was not written.
        """
        if point is None:
            return replace(self, epochs_done=epoch, test_accuracy=None, test_loss=None)
        return replace(
            self,
            epochs_done=epoch,
            test_accuracy=_known(point.val_accuracy),
            test_loss=_known(point.val_loss),
            seconds=_known(point.time) or 0.0,
        )


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
