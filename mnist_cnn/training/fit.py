"""One training: from its run folder, into its run folder."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from mnist_cnn.analysis.evaluation import accuracy, cross_entropy
from mnist_cnn.digits.dataset import fingerprint, watched_digits
from mnist_cnn.locale.message import Message
from mnist_cnn.nn.summary import summary
from mnist_cnn.nn.weights import load_weights
from mnist_cnn.runs import Run, Status, predictions
from mnist_cnn.runs.commands import CommandReader
from mnist_cnn.runs.predictions import Predictions
from mnist_cnn.training import fine_tuning, mixture, model
from mnist_cnn.training.batches import Batches
from mnist_cnn.training.callbacks.check_progress import CheckProgress
from mnist_cnn.training.callbacks.digit_predictions import DigitPredictions
from mnist_cnn.training.callbacks.divergence import TerminateOnDivergence
from mnist_cnn.training.callbacks.epoch_seeder import EpochSeeder
from mnist_cnn.training.callbacks.kernel_snapshots import KernelSnapshots
from mnist_cnn.training.callbacks.learning_rate import LearningRateScheduler
from mnist_cnn.training.callbacks.metrics_logger import MetricsLogger
from mnist_cnn.training.callbacks.network_checkpoint import (
    CheckpointError,
    NetworkCheckpoint,
)
from mnist_cnn.training.callbacks.network_history import NetworkHistory
from mnist_cnn.training.callbacks.run_control import (
    RunControl,
    TrainingStopped,
    TrainingYielded,
)
from mnist_cnn.training.callbacks.weight_change import WeightChange
from mnist_cnn.training.failure import explain_failure
from mnist_cnn.training.fused_adam import FusedAdam
from mnist_cnn.training.ordered_dense import OrderedDense
from mnist_cnn.training.run_record import RunRecord

TEST_BATCH = 500
STOPPED = "stopped", "Stopped."


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
        self._checkpoint: NetworkCheckpoint | None = None

    def train(self) -> Status:
        """Trains to the end, a stop, or a failure, which the status tells.

        A run that is paused while others wait is queued again.

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
                checking=0,
                checked=0,
                host=platform.node(),
                pid=os.getpid(),
                versions=_versions(),
            )
            try:
                is_whole = self._train()
                self._read_test_set()
                self._end(*(("done",) if is_whole else STOPPED))
            except TrainingYielded:
                self._wait_again()
            except KeyboardInterrupt:
                self._end(*STOPPED)
            except Exception as error:
                reason, is_known = explain_failure(error)
                self._end("failed", reason)
                if not is_known:
                    raise
        return record.status

    def _train(self) -> bool:
        """Trains, maybe to the end; a stop keeps the network of the last batch."""
        try:
            self._prepare()
            self._fit()
        except (TrainingStopped, KeyboardInterrupt):
            if self._checkpoint:
                self._checkpoint.save_last_batch()
            return False
        return True

    def _prepare(self) -> None:
        """Reads the digits and builds the model, as it was after the last epoch."""
        config, record = self._config, self._record
        sets = mixture.load(config, self._on_drawn)
        sets[0], validation = mixture.keep_aside(sets[0], config.validation_examples)
        self._digits, self._validation = sets[0], validation
        aside = len(validation[0]) if config.validation_examples else 0
        fingerprints = {
            "fingerprint": sets[0].fingerprint,
            "validation_fingerprint": fingerprint(*validation) if aside else "",
        }
        is_same = all(
            getattr(record.status, name) in ("", value)
            for name, value in fingerprints.items()
        )
        if self.run.model_path.is_file() and not is_same:
            raise CheckpointError(
                "It cannot go on: it was begun on other digits ({source}).",
                source=record.status.source,
            )
        images, labels = mixture.training_digits(sets, config)
        keras.utils.set_random_seed(config.seed)
        self._batches = Batches(images, labels, config)
        self._model = model.build(config.network, dense=OrderedDense)
        self.run.summary_path.write_text(summary(config.network), encoding="utf-8")
        if config.start_from and not self.run.model_path.is_file():
            fine_tuning.start(self._model, config)
        model.compile_model(self._model, config, adam=FusedAdam)
        # Else TensorFlow traces the first step twice.
        self._model.optimizer.build(self._model.trainable_variables)
        checkpoint = NetworkCheckpoint(record)
        checkpoint.restore(self._model, len(self._batches))
        record.update(
            **fingerprints,
            checking=0,
            checked=0,
            source=" and ".join(digits.source for digits in sets),
            examples=len(images),
            validation_examples=aside,
            test_examples=len(sets[0].x_test),
            steps_per_epoch=len(self._batches),
            tests=record.status.tests or fine_tuning.tests_before(config),
        )
        self._checkpoint = checkpoint

    def _on_drawn(self, done: int, total: int) -> None:
        """Says how far the drawing of digits is, in a hundred steps; obeys a stop."""
        if done % (total // 100 + 1):
            return
        self._record.update(checking=total, checked=done)
        commands = CommandReader(
            self.run.control_path, self._record.status.commands_read
        )
        if any(command.what == "stop" for command in commands.new()):
            self._record.update(commands_read=commands.read)
            raise TrainingStopped

    def _fit(self) -> None:
        config, record, batches = self._config, self._record, self._batches
        peak = _peak(self.run, record.status.epochs_done) or config.learning_rate
        scheduler = LearningRateScheduler(config.schedule, peak)
        x_val, y_val = self._validation
        watched = watched_digits(self._digits, self.run.drawing())
        record.update(state="running")
        record.start_clock()
        with MetricsLogger(record, scheduler, batches.sizes()) as logger:
            self._model.fit(
                batches,
                # The batches shuffle themselves.
                shuffle=False,
                initial_epoch=record.status.epochs_done,
                epochs=config.epochs,
                validation_data=(model.as_input(x_val), y_val),
                validation_batch_size=TEST_BATCH,
                callbacks=[
                    EpochSeeder(batches, config.seed),
                    scheduler,
                    WeightChange(),
                    DigitPredictions(model.as_input(watched)),
                    logger,
                    TerminateOnDivergence(),
                    # Before the network: who goes on after its epoch has the kernels
                    # up to it.
                    KernelSnapshots(self.run.kernels_path),
                    NetworkHistory(self.run),
                    self._checkpoint,
                    CheckProgress(record, len(x_val), TEST_BATCH),
                    *self._callbacks,
                    # The last, since it may wait or end the training.
                    RunControl(record, scheduler, logger, batches),
                ],
                verbose=0,
            )

    def _read_test_set(self) -> None:
        """Reads it with the network that is kept, if one is, and says how well."""
        if not (self._checkpoint and self.run.has_weights):
            return
        record, digits = self._record, self._digits
        record.update(state="running")
        model.set_weights(self._model, load_weights(self.run.weights_path))
        progress = CheckProgress(record, len(digits.x_test), TEST_BATCH)
        probabilities = self._model.predict(
            model.as_input(digits.x_test), TEST_BATCH, verbose=0, callbacks=[progress]
        )
        labels = digits.y_test.astype(np.uint8)
        predictions.save(
            Predictions(probabilities, labels, digits.fingerprint),
            self.run.predictions_path,
        )
        record.update(
            test_accuracy=round(accuracy(probabilities, labels), 6),
            test_loss=round(cross_entropy(probabilities, labels), 6),
            tests=fine_tuning.tests_after(self._model, record.status.tests),
        )

    def _wait_again(self) -> None:
        """Lets others train first; it goes on after its last complete epoch."""
        done = self._record.status.epochs_done
        reason = Message(
            "It was paused while others waited, so it has given up its place. It goes "
            "on after epoch {epoch} when its turn comes."
            if done
            else "It was paused while others waited, so it has given up its place. It "
            "begins again when its turn comes.",
            epoch=done,
        )
        self._record.update(state="queued", queued=time.time(), reason=reason)

    def _end(self, state: str, reason: str = "") -> None:
        """Says how it ended."""
        self._record.update(
            state=state, reason=reason, ended=time.time(), checking=0, checked=0
        )


def _peak(run: Run, epoch: int) -> float | None:
    """The learning rate that was set by hand before the end of that epoch, if any."""
    point = run.epoch_point(epoch)
    return point.peak if point and 0 < point.peak <= 1 else None


def _versions() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "numpy": np.__version__,
    }
