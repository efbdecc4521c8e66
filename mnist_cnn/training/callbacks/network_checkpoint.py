"""The Keras callback that keeps the network of the newest complete epoch."""

from __future__ import annotations

import keras
import numpy as np

from mnist_cnn.storage.files import replacing
from mnist_cnn.training import model
from mnist_cnn.training.run_record import RunRecord


class CheckpointError(ValueError):
    """A ``model.keras`` that cannot be gone on from; says so in a sentence."""


class NetworkCheckpoint(keras.callbacks.Callback):
    """Saves network and optimizer at the end of each epoch, and restores them.

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
        self._record.update(
            epochs_done=epoch + 1,
            # As in the epoch's line, from where a resumed run takes them.
            test_accuracy=round(float(logs["val_accuracy"]), 6),
            test_loss=round(float(logs["val_loss"]), 6),
            seconds=self._record.seconds,
        )

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
        if not self._run.model_path.is_file():
            if self._record.status.epochs_done:
                raise _error("is gone")
            return
        optimizer = self._plain.optimizer
        try:
            optimizer.build(self._plain.trainable_variables)
            self._plain.load_weights(self._run.model_path)
        except MemoryError:
            raise
        except Exception as error:  # zipfile, h5py and Keras each raise their own
            raise _error(f"cannot be read ({type(error).__name__})") from error
        epochs, rest = divmod(int(optimizer.iterations), steps_per_epoch)
        if rest or not epochs:
            raise _error("is not that of a complete epoch of this run")
        _copy(self._plain, trained)
        if self._run.network_epoch() != epochs:
            self.save_weights(epochs)
        point = self._run.epoch_point(epochs)
        self._record.status = self._record.status.as_of(epochs, point)

    def save_model(self) -> None:
        """Replaces ``model.keras`` in one step, with the optimizer's state."""
        _copy(self.model, self._plain)
        # Keras looks at the ending, so the temporary name ends in it too.
        temporary = self._run.path / ".saving.keras"
        try:
            self._plain.save(temporary)
            temporary.replace(self._run.model_path)
        finally:
            temporary.unlink(missing_ok=True)

    def save_weights(self, epoch: int) -> None:
        """Replaces ``weights.npz``; predictions of an earlier network go with it."""
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


def _error(what: str) -> CheckpointError:
    return CheckpointError(
        f"It cannot go on: the state of its optimizer (model.keras) {what}."
    )
