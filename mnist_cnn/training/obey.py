"""The Keras callback that obeys what pages ask of a training."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

import keras

from mnist_cnn.runs.commands import Command, CommandReader
from mnist_cnn.training.report import Clock, Report, Schedule

PAUSE_POLL_SECONDS = 0.05


class TrainingStopped(Exception):  # noqa: N818 - it ends a training, it is no error
    """Raised by ``Obey`` to end a training at once: in the middle of an epoch too."""


class Obey(keras.callbacks.Callback):
    """Reads the run's commands after each batch, and obeys each once, in order.

    Args:
        path: the ``control.jsonl`` to read.
        schedule: takes a new learning rate.
        report: marks on the curve what was done.
        clock: leaves pauses out.
        set_state: tells the status file "paused" or "running".
        show_batch: called with a batch's index when the training pauses after it.
        read: bytes of the file that were obeyed before this training was resumed.
        note_read: called with the bytes read, before what they say is obeyed.

    Raises:
        TrainingStopped: on "stop", within one batch.
    """

    def __init__(
        self,
        path: Path,
        schedule: Schedule,
        report: Report,
        clock: Clock,
        set_state: Callable[[str], None],
        show_batch: Callable[[int], None],
        read: int = 0,
        note_read: Callable[[int], None] = lambda _read: None,
    ) -> None:
        super().__init__()
        self._commands = CommandReader(path, read)
        self._note_read = note_read
        self._schedule = schedule
        self._report = report
        self._clock = clock
        self._set_state = set_state
        self._show_batch = show_batch
        self._paused = False
        self._batches_allowed = 0
        self._run_to_epoch_end = False

    def on_train_begin(self, logs: dict | None = None) -> None:
        self._obey_new()
        self._wait_while_paused()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        if self._batches_allowed:
            self._batches_allowed -= 1
        self._obey_new()
        if self._must_wait():
            self._show_batch(batch)
        self._wait_while_paused()

    def on_test_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self._obey_new()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self._run_to_epoch_end = False
        self._obey_new()
        if epoch + 1 < self.params["epochs"]:
            self._wait_while_paused()

    def _obey_new(self) -> None:
        commands = self._commands.new()
        if commands:
            self._note_read(self._commands.read)
        for command in commands:
            self._obey(command)

    def _obey(self, command: Command) -> None:
        match command.what:
            case "stop":
                self._report.mark("stop", "Stopped")
                raise TrainingStopped
            case "pause" if not self._paused:
                self._paused = True
                self._report.mark("pause", "Paused")
            case "resume" if self._paused:
                self._paused = False
                self._batches_allowed, self._run_to_epoch_end = 0, False
                self._report.mark("resume", "Resumed")
            case "one_batch":
                self._paused = True
                self._batches_allowed += 1
                self._report.mark("one_batch", "One batch")
            case "one_epoch":
                self._paused = True
                self._run_to_epoch_end = True
                self._report.mark("one_epoch", "To the end of the epoch")
            case "learning_rate":
                self._set_rate(command.value)

    def _set_rate(self, value: float | None) -> None:
        # The page checks too, but anybody can write into the file.
        if value is None or not math.isfinite(value) or not 0 < value <= 1:
            return
        self._schedule.peak = float(value)
        self._report.mark("learning_rate", f"Learning rate set to {value:g}")

    def _wait_while_paused(self) -> None:
        if not self._must_wait():
            return
        began = time.perf_counter()
        self._set_state("paused")
        try:
            while self._must_wait():
                time.sleep(PAUSE_POLL_SECONDS)
                self._obey_new()
        finally:
            self._clock.leave_out(time.perf_counter() - began)
        self._set_state("running")

    def _must_wait(self) -> bool:
        return self._paused and not self._batches_allowed and not self._run_to_epoch_end
