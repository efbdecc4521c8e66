"""The network of the newest complete epoch: kept, and gone on from."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np

from mnist_cnn.runs import Run
from mnist_cnn.runs.kept import EPOCH, epoch_of
from mnist_cnn.storage.files import replacing
from mnist_cnn.training.model import weights_of


class CheckpointError(ValueError):
    """A ``model.keras`` that cannot be gone on from; says so in a sentence."""


class KeepNetwork(keras.callbacks.Callback):
    """Saves the network at the end of each epoch, and notes it in the status.

    Args:
        run: where to write ``weights.npz`` and ``model.keras``.
        note_epoch: called with the epoch (from 1) and Keras' logs.
    """

    def __init__(self, run: Run, note_epoch: Callable[[int, dict], None]) -> None:
        super().__init__()
        self._run = run
        self._note_epoch = note_epoch

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        # In this order: see mnist_cnn.kept.
        save_model(self.model, self._run)
        save_weights(self.model, self._run, epoch + 1)
        self._note_epoch(epoch + 1, logs or {})


def save_model(model: keras.Model, run: Run) -> None:
    """Replaces ``model.keras`` in one step, with the optimizer's state."""
    # Keras looks at the ending, so the temporary name ends in it too.
    temporary = run.path / ".saving.keras"
    try:
        model.save(temporary)
        temporary.replace(run.model_path)
    finally:
        temporary.unlink(missing_ok=True)


def save_weights(model: keras.Model, run: Run, epoch: int) -> None:
    """Replaces ``weights.npz``; predictions of an earlier network go away with it."""
    with replacing(run.weights_path) as file:
        np.savez(file, **weights_of(model), **{EPOCH: np.array(epoch)})
    run.predictions_path.unlink(missing_ok=True)


def restore(model: keras.Model, run: Run, steps_per_epoch: int) -> int:
    """Puts weights and optimizer as they were after the newest complete epoch.

    The optimizer has counted its steps, so ``model.keras`` itself says which epoch that
    was. Only numbers are read from the file: the model is the one given.

    Args:
        model: built and compiled as the one that was saved.
        run: its folder.
        steps_per_epoch: batches in an epoch.

    Returns:
        The complete epochs; 0 if there is no ``model.keras``.

    Raises:
        CheckpointError: if the file is damaged, or of another network.
    """
    if not run.model_path.is_file():
        return 0
    try:
        model.optimizer.build(model.trainable_variables)
        model.load_weights(run.model_path)
    except MemoryError:
        raise
    except Exception as error:  # zipfile, h5py and Keras each raise their own
        raise CheckpointError(
            "It cannot go on: the state of its optimizer (model.keras) cannot be read "
            f"({type(error).__name__})."
        ) from error
    epochs, rest = divmod(int(model.optimizer.iterations), steps_per_epoch)
    if rest or not epochs:
        raise CheckpointError(
            "It cannot go on: the state of its optimizer (model.keras) is not that of "
            "a complete epoch of this run."
        )
    if epoch_of(run.weights_path) != epochs:
        save_weights(model, run, epochs)
    return epochs
