"""One training: from its run folder, into its run folder."""

from __future__ import annotations

import errno
import os
import platform
import time
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from mnist_cnn.digits.dataset import DataError, Dataset
from mnist_cnn.nn.network import NetworkError, load_weights
from mnist_cnn.nn.summary import summary
from mnist_cnn.runs import Run, RunError, Status
from mnist_cnn.storage.files import replacing
from mnist_cnn.training import fine_tuning, mixture, model
from mnist_cnn.training.batches import Batches
from mnist_cnn.training.callbacks.digit_predictions import DigitPredictions
from mnist_cnn.training.callbacks.divergence import (
    DivergedError,
    TerminateOnDivergence,
)
from mnist_cnn.training.callbacks.epoch_seeder import EpochSeeder
from mnist_cnn.training.callbacks.kernel_snapshots import KernelSnapshots
from mnist_cnn.training.callbacks.learning_rate import LearningRateScheduler
from mnist_cnn.training.callbacks.metrics_logger import MetricsLogger
from mnist_cnn.training.callbacks.network_checkpoint import (
    CheckpointError,
    NetworkCheckpoint,
)
from mnist_cnn.training.callbacks.run_control import RunControl, TrainingStopped
from mnist_cnn.training.callbacks.weight_change import WeightChange
from mnist_cnn.training.fused_adam import FusedAdam
from mnist_cnn.training.ordered_dense import OrderedDense
from mnist_cnn.training.run_record import RunRecord

TEST_BATCH = 500


class Training:
    """One run being trained.

    Args:
        run: a run folder that nobody trains.
        callbacks: Keras callbacks to add, such as a progress bar.
    """

    def __init__(
        self, run: Run, callbacks: Sequence[keras.callbacks.Callback] = ()
    ) -> None:
        self.run = run
        self._config = run.config
        self._callbacks = callbacks

    def train(self) -> Status:
        """Trains to the end, a stop, or a failure, which the status tells.

        Goes on after the last complete epoch if the run folder has one.

        Raises:
            RunError: if another process trains this run.
        """
        with self.run.lock():
            self._record = record = RunRecord(self.run)
            record.update(
                state="preparing",
                reason="",
                started=time.time(),
                ended=None,
                host=platform.node(),
                pid=os.getpid(),
                versions=_versions(),
            )
            try:
                self._prepare()
                self._fit()
                self._write_predictions()
                record.update(state="done", ended=time.time())
            except (TrainingStopped, KeyboardInterrupt):
                self._end("stopped", "Stopped")
                # After the stop has been said: reading the test set takes a moment.
                self._write_predictions()
            except Exception as error:
                reason, is_known = explain_failure(error)
                self._end("failed", reason)
                if not is_known:
                    raise
        return record.status

    def _prepare(self) -> None:
        """Reads the digits and builds the model, as it was after the last epoch."""
        config, record = self._config, self._record
        sets = mixture.load(config)
        dataset = sets[0]
        is_same = record.status.fingerprint in ("", dataset.fingerprint)
        if self.run.model_path.is_file() and not is_same:
            source = record.status.source
            raise CheckpointError(
                f"It cannot go on: it was begun on other digits ({source})."
            )
        images, labels = mixture.training_digits(sets, config)
        keras.utils.set_random_seed(config.seed)
        self._dataset = dataset
        self._x_test = model.as_input(dataset.x_test)
        self._batches = Batches(images, labels, config)
        self._model = model.build(config.network, dense=OrderedDense)
        self.run.summary_path.write_text(summary(config.network), encoding="utf-8")
        if config.start_from:
            fine_tuning.start(self._model, config)
        model.compile_model(self._model, config, adam=FusedAdam)
        self._checkpoint = NetworkCheckpoint(record)
        self._checkpoint.restore(self._model, len(self._batches))
        record.update(
            source=" and ".join(digits.source for digits in sets),
            fingerprint=dataset.fingerprint,
            examples=len(images),
            test_examples=len(dataset.x_test),
            steps_per_epoch=len(self._batches),
            tests=record.status.tests or fine_tuning.tests_before(config),
        )

    def _fit(self) -> None:
        config, record, batches = self._config, self._record, self._batches
        peak = _peak(self.run, record.status.epochs_done) or config.learning_rate
        scheduler = LearningRateScheduler(config.schedule, peak)
        watched = model.as_input(watched_digits(self._dataset, self.run))
        record.update(state="running")
        record.start_clock()
        with MetricsLogger(record, scheduler, batches.sizes()) as logger:
            self._model.fit(
                batches,
                # The batches shuffle themselves.
                shuffle=False,
                initial_epoch=record.status.epochs_done,
                epochs=config.epochs,
                validation_data=(self._x_test, self._dataset.y_test),
                validation_batch_size=TEST_BATCH,
                callbacks=[
                    EpochSeeder(batches, config.seed),
                    scheduler,
                    WeightChange(),
                    DigitPredictions(watched),
                    logger,
                    TerminateOnDivergence(),
                    # Before the network: who goes on after its epoch has the kernels
                    # up to it.
                    KernelSnapshots(self.run.kernels_path),
                    self._checkpoint,
                    *self._callbacks,
                    # The last, since it may wait or end the training.
                    RunControl(record, scheduler, logger, batches),
                ],
                verbose=0,
            )

    def _write_predictions(self) -> None:
        """Reads the whole test set with the network that is kept."""
        if not self._record.status.epochs_done:
            return
        model.set_weights(self._model, load_weights(self.run.weights_path))
        probabilities = self._model.predict(
            self._x_test, batch_size=TEST_BATCH, verbose=0
        )
        with replacing(self.run.predictions_path) as file:
            np.savez(
                file,
                probabilities=probabilities.astype(np.float32),
                labels=self._dataset.y_test.astype(np.uint8),
                fingerprint=np.array(self._dataset.fingerprint),
            )
        tests = self._record.status.tests
        self._record.update(tests=fine_tuning.tests_after(self._model, tests))

    def _end(self, state: str, reason: str) -> None:
        """Says how it ended, and which network is kept."""
        done = self._record.status.epochs_done
        kept = (
            f"The network of epoch {done} is kept."
            if done
            else "No epoch was complete, so there is no network to keep."
        )
        self._record.update(state=state, reason=f"{reason}. {kept}", ended=time.time())


def watched_digits(dataset: Dataset, run: Run) -> np.ndarray:
    """The first test image of each digit, 0 to 9, and the run's drawing if it has one.

    Returns:
        uint8 (10, 28, 28), or (11, 28, 28) with the drawing at the end.
    """
    first = [int(np.argmax(dataset.y_test == digit)) for digit in range(10)]
    digits = dataset.x_test[first]
    drawing = run.drawing()
    return digits if drawing is None else np.concatenate([digits, drawing[None]])


def _peak(run: Run, epoch: int) -> float | None:
    """The learning rate that was set by hand before the end of that epoch, if any."""
    point = run.epoch_point(epoch)
    return point.peak if point and 0 < point.peak <= 1 else None


def explain_failure(error: Exception) -> tuple[str, bool]:
    """Why a training failed, for the person who started it; and whether that is known.

    What is not known goes into the worker's log with its traceback as well.
    """
    if isinstance(error, DataError | CheckpointError | RunError | NetworkError):
        return str(error).rstrip("."), True
    if isinstance(error, DivergedError):
        return (
            "The loss is no longer a number: the learning rate is too high, so that "
            "each step overshoots and the weights grow without end. Try a tenth of it",
            True,
        )
    if isinstance(error, MemoryError | tf.errors.ResourceExhaustedError):
        return (
            "The machine ran out of memory. Take a smaller batch size or a smaller "
            "network",
            True,
        )
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "The disk is full. Delete runs that nobody needs, then start again", True
    return (
        f"Something went wrong that should not ({type(error).__name__}: {error})",
        False,
    )


def _versions() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "numpy": np.__version__,
    }
