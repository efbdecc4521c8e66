"""The Keras callback that keeps the network of the newest complete epoch."""

from __future__ import annotations

import keras
import numpy as np

from mnist_cnn.locale.message import MessageError
from mnist_cnn.runs.schema import EpochPoint
from mnist_cnn.storage.files import replacing
from mnist_cnn.training import model
from mnist_cnn.training.run_record import RunRecord


class CheckpointError(MessageError):
    """A ``model.keras`` that cannot be gone on from; says so in a sentence."""


class NetworkCheckpoint(keras.callbacks.Callback):
    """Saves network and optimizer at the end of each epoch, and restores them.

    When a run is stopped, its network of the last batch is kept as well.

    ``model.keras`` is saved with Keras' own classes in place of the lab's faster ones,
    so that it opens wherever Keras is.

    Args:
        record: of the run; told which epoch is kept.
    """

    def __init__(self, record: RunRecord) -> None:
        super().__init__()
        self._record = record
        self._run = record.run
        self._plain = model.build(self._run.config.network)
        model.compile_model(self._plain, self._run.config)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        # In this order: see Run.network_epoch.
        self.save_model()
        self.save_weights(epoch + 1)
        # As in the epoch's line, from where a resumed run takes them.
        point = EpochPoint(
            epoch=epoch + 1,
            step=int(self.model.optimizer.iterations),
            val_loss=round(float(logs["val_loss"]), 6),
            val_accuracy=round(float(logs["val_accuracy"]), 6),
            time=self._record.seconds,
        )
        self._record.write(self._record.status.as_of(epoch + 1, point))

    def restore(self, trained: keras.Model, steps_per_epoch: int) -> None:
        """Puts model, optimizer and status as they were after the last whole epoch.

        The optimizer has counted its steps, so ``model.keras`` itself says which epoch
        that was; nothing happens if there is none. Only numbers are read from the file.

        Args:
            trained: the model that is about to be trained, compiled.
            steps_per_epoch: batches in an epoch.

        Raises:
            CheckpointError: if the file is gone, damaged, or of another network.
        """
        self.set_model(trained)
        record = self._record
        if not self._run.model_path.is_file():
            if record.status.epochs_done:
                raise CheckpointError(
                    "It cannot go on: the state of its optimizer (model.keras) is gone."
                )
            # A stop in the first epoch left its network, and what that predicts.
            self._run.weights_path.unlink(missing_ok=True)
            self._run.predictions_path.unlink(missing_ok=True)
            record.status = record.status.as_of(0, None)
            return
        optimizer = self._plain.optimizer
        try:
            optimizer.build(self._plain.trainable_variables)
            self._plain.load_weights(self._run.model_path)
        except MemoryError:
            raise
        except Exception as error:  # zipfile, h5py and Keras each raise their own
            raise CheckpointError(
                "It cannot go on: the state of its optimizer (model.keras) "
                "cannot be read ({kind}).",
                kind=type(error).__name__,
            ) from error
        epochs, rest = divmod(int(optimizer.iterations), steps_per_epoch)
        if rest or not epochs:
            raise CheckpointError(
                "It cannot go on: the state of its optimizer (model.keras) is "
                "not that of a complete epoch of this run."
            )
        _copy(self._plain, trained)
        self.save_weights(epochs)
        record.status = record.status.as_of(epochs, self._run.epoch_point(epochs))

    def save_last_batch(self) -> None:
        """Keeps the network as it is now, in the middle of an epoch.

        ``model.keras`` stays that of the last complete epoch, to resume from. A network
        that is no longer finite is not kept.
        """
        status, step = self._record.status, int(self.model.optimizer.iterations)
        is_new = step != status.epochs_done * status.steps_per_epoch
        if is_new and model.is_finite(self.model):
            self.save_weights(status.epochs_done)
            self._record.update(
                kept_step=step,
                test_accuracy=None,
                test_loss=None,
                seconds=self._record.seconds,
            )

    def save_model(self) -> None:
        """Replaces ``model.keras`` in one step, with the optimizer's state."""
        _copy(self.model, self._plain)
        temporary = self._run.unfinished_model_path
        try:
            self._plain.save(temporary)
            temporary.replace(self._run.model_path)
        finally:
            temporary.unlink(missing_ok=True)

    def save_weights(self, epoch: int) -> None:
        """Replaces ``weights.npz``; predictions of an earlier network go with it.

        Args:
            epoch: the last complete one.
        """
        weights = model.weights_of(self.model)
        with replacing(self._run.weights_path) as file:
            np.savez(file, **weights, epoch=np.array(epoch))
        self._run.predictions_path.unlink(missing_ok=True)


def _copy(source: keras.Model, target: keras.Model) -> None:
    """The state of one model and its optimizer into another of the same layers."""
    target.optimizer.build(target.trainable_variables)
    mine = target.variables + target.optimizer.variables
    theirs = source.variables + source.optimizer.variables
    for variable, value in zip(mine, theirs, strict=True):
        variable.assign(value)
