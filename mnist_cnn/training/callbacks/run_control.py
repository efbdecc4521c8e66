"""The Keras callback that does what pages ask of a training run."""

from __future__ import annotations

import math
import time

import keras

from mnist_cnn import runs
from mnist_cnn.runs.commands import Command, CommandReader
from mnist_cnn.runs.turns import yield_seconds
from mnist_cnn.training.batches import Batches
from mnist_cnn.training.callbacks.learning_rate import LearningRateScheduler
from mnist_cnn.training.callbacks.metrics_logger import MetricsLogger
from mnist_cnn.training.last_batch import save_batch
from mnist_cnn.training.run_record import RunRecord

PAUSE_POLL_SECONDS = 0.05
QUEUE_POLL_SECONDS = 1.0


class TrainingStopped(Exception):  # noqa: N818 - it ends a training run, it is no error
    """Raised by ``RunControl`` to end a training run at once, also within an epoch."""


class TrainingYielded(Exception):  # noqa: N818 - as above
    """Raised by ``RunControl`` when a paused training gives up its place."""


class RunControl(keras.callbacks.Callback):
    """Reads the run's commands after each batch, and executes each once, in order.

    While the training is paused, ``last_batch.npz`` shows the batch before.

    Args:
        record: of the run; told how far the commands were read, before what they say
            is done.
        scheduler: takes a new learning rate.
        logger: marks on the curve what was done.
        batches: of this training.

    Raises:
        TrainingStopped: on "stop", within one batch.
        TrainingYielded: while it is paused, when nothing has been asked of it for some
            seconds and other runs wait for its place.
    """

    def __init__(
        self,
        record: RunRecord,
        scheduler: LearningRateScheduler,
        logger: MetricsLogger,
        batches: Batches,
    ) -> None:
        super().__init__()
        self._commands = CommandReader(
            record.run.control_path, record.status.commands_read
        )
        self._record = record
        self._scheduler = scheduler
        self._logger = logger
        self._batches = batches
        self._paused = False
        self._last_batch: int | None = None
        self._batches_allowed = 0
        self._run_to_epoch_end = False

    def on_train_begin(self, logs: dict | None = None) -> None:
        self._execute_new()
        self._wait_while_paused()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self._last_batch = batch
        if self._batches_allowed:
            self._batches_allowed -= 1
        self._execute_new()
        self._wait_while_paused()

    def on_test_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self._execute_new()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self._run_to_epoch_end = False
        self._execute_new()
        if epoch + 1 < self.params["epochs"]:
            self._wait_while_paused()

    def _execute_new(self) -> bool:
        """Obeys what has been asked since the last call; whether there was anything."""
        commands = self._commands.new()
        if commands:
            self._record.update(commands_read=self._commands.read)
        for command in commands:
            self._execute(command)
        return bool(commands)

    def _execute(self, command: Command) -> None:
        match command.what:
            case "stop":
                self._logger.mark("stop")
                raise TrainingStopped
            case "pause" if not self._paused or self._run_to_epoch_end:
                self._paused, self._run_to_epoch_end = True, False
                self._logger.mark("pause")
            case "resume" if self._paused:
                self._paused = False
                self._batches_allowed, self._run_to_epoch_end = 0, False
                self._logger.mark("resume")
            case "one_batch":
                self._paused = True
                self._batches_allowed += 1
                self._logger.mark("one_batch")
            case "one_epoch":
                self._paused = True
                self._run_to_epoch_end = True
                self._logger.mark("one_epoch")
            case "learning_rate":
                # The page checks too, but anybody can write into the file.
                rate = command.value or math.nan
                if 0 < rate <= 1:
                    self._scheduler.peak = float(rate)
                    self._logger.mark("learning_rate", rate)

    def _wait_while_paused(self) -> None:
        if not self._must_wait():
            return
        if self._last_batch is not None:
            save_batch(self.model, self._batches, self._last_batch, self._record.run)
        next_look = time.monotonic() + yield_seconds()
        with self._record.paused():
            while self._must_wait():
                time.sleep(PAUSE_POLL_SECONDS)
                now = time.monotonic()
                if self._execute_new():
                    next_look = now + yield_seconds()
                elif now >= next_look:
                    next_look = now + QUEUE_POLL_SECONDS
                    if runs.queue():
                        raise TrainingYielded

    def _must_wait(self) -> bool:
        return self._paused and not self._batches_allowed and not self._run_to_epoch_end
