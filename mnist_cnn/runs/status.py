"""How a training run stands."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from mnist_cnn.locale.message import Message
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
    """How a training run stands, and the schema of ``status.json``.

    Attributes:
        state: one of ``STATES``.
        reason: why, in plain words; empty while all is well.
        source: where the digits came from, in words.
        fingerprint: of the test set used, as in ``digits.dataset.Dataset``.
        validation_fingerprint: of the training digits kept aside to validate on; empty
            if the test set validates.
        examples, test_examples: digits trained on and tested on.
        validation_examples: training digits kept aside; 0 if the test set validates.
        steps_per_epoch: batches in an epoch; 0 before the data are there.
        epochs_done: complete epochs.
        kept_step: of a run that was stopped within an epoch, the batch (from 1) whose
            network is in ``weights.npz``; 0 if that is the newest complete epoch's.
        checking, checked: digits that are being drawn before a training, or read to
            validate or to test, and how many of them have been; 0 while none are.
        test_accuracy, test_loss: of the network that is kept, on the test set; None
            until that is read: at the end, if digits are kept aside to validate on.
        queued: when it came into the queue again, after a pause or to be resumed; None
            if it has waited since it was made.
        started, ended: as ``queued`` in seconds since 1970.
        seconds: spent training so far, without pauses, at the newest epoch's end.
        versions: of Python, TensorFlow, Keras and numpy.
        host, pid: machine and process that train, for a person looking for them.
        commands_read: bytes of ``control.jsonl`` that were executed.
        attempts_left: on a cluster, this attempt and those that follow if its machine
            is lost; 0 elsewhere.
        tests: of a run on other data than MNIST alone, or that started from another
            run: each data set old and new, when it has ended.
    """

    state: Literal[STATES] = "queued"
    reason: str = ""
    source: str = ""
    fingerprint: Hash = ""
    validation_fingerprint: Hash = ""
    examples: Count = 0
    test_examples: Count = 0
    validation_examples: Count = 0
    steps_per_epoch: Count = 0
    epochs_done: Count = 0
    kept_step: Count = 0
    checking: Count = 0
    checked: Count = 0
    test_accuracy: Fraction = None
    test_loss: Measured = None
    queued: Measured = None
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
            epoch: a complete one; 0 before the first.
            point: what was measured then; None if that was not written.
        """
        now = replace(
            self,
            epochs_done=epoch,
            kept_step=0,
            test_accuracy=None,
            test_loss=None,
            tests=tuple(replace(test, after=None) for test in self.tests),
        )
        if not epoch:
            return replace(now, seconds=0.0)
        if point is None:
            return now
        now = replace(now, seconds=_known(point.time) or 0.0)
        if self.validation_examples:
            return now
        return replace(
            now,
            test_accuracy=_known(point.val_accuracy),
            test_loss=_known(point.val_loss),
        )

    @property
    def sentences(self) -> list[str]:
        """Why it waits, was stopped or failed; at its end, which network is kept."""
        if not self.reason:
            return []
        # An earlier version of the lab wrote both into the reason.
        if not self.is_final or self._kept in self.reason:
            return [self.reason]
        return [self.reason, self._kept]

    @property
    def _kept(self) -> Message:
        if self.kept_step:
            return Message(
                "The network of batch {batch:,}, in epoch {epoch}, is kept.",
                batch=self.kept_step,
                epoch=self.epochs_done + 1,
            )
        if self.epochs_done:
            return Message(
                "The network of epoch {epoch} is kept.", epoch=self.epochs_done
            )
        return Message("No epoch was complete, so there is no network to keep.")


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
