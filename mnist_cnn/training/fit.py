"""One training: from its run folder, into its run folder."""

from __future__ import annotations

import errno
import os
import platform
import time
from dataclasses import replace

import keras
import numpy as np
import tensorflow as tf

from mnist_cnn.digits import mnist
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.nn.network import load_weights
from mnist_cnn.runs import Run, Status
from mnist_cnn.runs.kept import epoch_point, of_epoch
from mnist_cnn.storage.files import replacing
from mnist_cnn.training import checkpoint, download, model
from mnist_cnn.training.batches import Batches, StartEpoch
from mnist_cnn.training.checkpoint import CheckpointError, KeepNetwork
from mnist_cnn.training.obey import Obey, TrainingStopped
from mnist_cnn.training.report import Clock, Report, Schedule
from mnist_cnn.training.snapshots import (
    KeepKernels,
    Movement,
    ReadAgain,
    show_batch,
)

TEST_BATCH = 500


class Training:
    """One run being trained.

    Args:
        run: a run folder that nobody trains.

    Attributes:
        more_callbacks: Keras callbacks to add, such as a progress bar; those with a
            ``close`` method are closed at the end, however it comes.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.config = run.config
        self.status = Status()
        self.more_callbacks: list[keras.callbacks.Callback] = []
        self._clock = Clock()
        self._report: Report | None = None

    def train(self) -> Status:
        """Trains to the end, a stop, or a failure, which the status tells.

        Goes on after the last complete epoch if the run folder has one.

        Raises:
            RunError: if another process trains this run.
        """
        with self.run.lock():
            self.status = self.run.recorded_status()
            self._set(
                state="preparing",
                reason="",
                started=time.time(),
                ended=None,
                host=platform.node(),
                pid=os.getpid(),
                versions=_versions(),
            )
            try:
                self._train()
                self._write_predictions()
                self._set(state="done", ended=time.time())
            except (TrainingStopped, KeyboardInterrupt):
                self._set(
                    state="stopped", reason=self._kept("Stopped"), ended=time.time()
                )
                # After the stop has been said: reading the test set takes a moment.
                self._write_predictions()
            except Exception as error:
                reason, is_known = explain_failure(error)
                self._set(state="failed", reason=self._kept(reason), ended=time.time())
                if not is_known:
                    raise
            finally:
                self._close()
        return self.status

    @property
    def seconds(self) -> float:
        """Seconds trained so far, without pauses."""
        return self._clock.seconds()

    def _close(self) -> None:
        for callback in (self._report, *self.more_callbacks):
            if hasattr(callback, "close"):
                callback.close()

    def _train(self) -> None:
        self._prepare()
        self._set(state="running")
        self._clock = Clock(self.status.seconds)
        self._model.fit(
            self._batches,
            # The batches shuffle themselves.
            shuffle=False,
            initial_epoch=self.status.epochs_done,
            epochs=self.config.epochs,
            validation_data=(self._x_test, self._dataset.y_test),
            validation_batch_size=TEST_BATCH,
            callbacks=self._callbacks(),
            verbose=0,
        )

    def _prepare(self) -> None:
        dataset = download.load()
        if self.config.leave_out_offline_digits:
            dataset = mnist.without_offline_digits(dataset)
        images, labels = training_digits(dataset, self.config)
        keras.utils.set_random_seed(self.config.seed)
        self._dataset = dataset
        self._x_test = model.as_input(dataset.x_test)
        self._batches = Batches(images, labels, self.config)
        self._model = model.build(self.config.network)
        self.run.summary_path.write_text(
            model.summary_text(self._model), encoding="utf-8"
        )
        model.compile_model(self._model, self.config)
        self._restore()
        self._set(
            source=dataset.source,
            fingerprint=dataset.fingerprint,
            examples=len(images),
            test_examples=len(dataset.x_test),
            steps_per_epoch=len(self._batches),
        )

    def _restore(self) -> None:
        """Goes on after the last complete epoch, if there is one."""
        done = checkpoint.restore(self._model, self.run, len(self._batches))
        if not done:
            if self.status.epochs_done:
                raise CheckpointError(
                    "It cannot go on: the state of its optimizer (model.keras) is gone."
                )
            return
        then, now = self.status.fingerprint, self._dataset.fingerprint
        if then and then != now:
            raise CheckpointError(
                f"It cannot go on: it was begun on other digits ({self.status.source})."
            )
        self.status = of_epoch(self.run, self.status, done)

    def _callbacks(self) -> list[keras.callbacks.Callback]:
        done = self.status.epochs_done
        schedule = Schedule(self.config, len(self._batches), _peak(self.run, done))
        self._report = report = Report(
            self.run.metrics_path, schedule, self._clock, self._batches.sizes(), done
        )
        obey = Obey(
            self.run.control_path,
            schedule,
            report,
            self._clock,
            set_state=lambda state: self._set(state=state),
            show_batch=lambda index: show_batch(
                self._model, self._batches, index, self.run
            ),
            read=self.status.commands_read,
            note_read=lambda read: self._set(commands_read=read),
        )
        total = self.config.epochs * len(self._batches)
        watched = model.as_input(watched_digits(self._dataset, self.run))
        return [
            StartEpoch(self._batches, self.config.seed),
            schedule,
            Movement(report),
            ReadAgain(report, watched),
            report,
            keras.callbacks.TerminateOnNaN(raise_error=True),
            # Before the network: who goes on after its epoch has the kernels up to it.
            KeepKernels(self.run, report, total),
            KeepNetwork(self.run, self._note_epoch),
            *self.more_callbacks,
            # The last, since it may wait or end the training.
            obey,
        ]

    def _note_epoch(self, epoch: int, logs: dict) -> None:
        self._set(
            epochs_done=epoch,
            # As in the epoch's line, from where a resumed run takes them.
            test_accuracy=round(float(logs["val_accuracy"]), 6),
            test_loss=round(float(logs["val_loss"]), 6),
            seconds=self._clock.seconds(),
        )

    def _write_predictions(self) -> None:
        """Reads the whole test set with the network that is kept."""
        if not self.status.epochs_done:
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

    def _kept(self, reason: str) -> str:
        done = self.status.epochs_done
        if done:
            return f"{reason}. The network of epoch {done} is kept."
        return f"{reason}. No epoch was complete, so there is no network to keep."

    def _set(self, **values: object) -> None:
        self.status = replace(self.status, **values)
        self.run.write_status(self.status)


def training_digits(
    dataset: mnist.Dataset, config: TrainingConfig
) -> tuple[np.ndarray, np.ndarray]:
    """The images uint8 (N, 28, 28) and labels (N,) that this config trains on."""
    images = dataset.x_train[: config.examples]
    labels = dataset.y_train[: config.examples]
    if config.shuffle_labels:
        labels = np.random.default_rng(config.seed).permutation(labels)
    return images, labels


def watched_digits(dataset: mnist.Dataset, run: Run) -> np.ndarray:
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
    point = epoch_point(run, epoch)
    peak = point.extra.get("peak") if point else None
    is_rate = isinstance(peak, float) and 0 < peak <= 1
    return peak if is_rate else None


def explain_failure(error: Exception) -> tuple[str, bool]:
    """Why a training failed, for the person who started it; and whether that is known.

    What is not known goes into the worker's log with its traceback as well.
    """
    if isinstance(error, mnist.DataError | CheckpointError):
        return str(error).rstrip("."), True
    if isinstance(error, RuntimeError) and "NaN or Inf" in str(error):
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
