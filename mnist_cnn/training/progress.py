"""A progress bar for a training in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from mnist_cnn.training.fit import Training


class ProgressBar(keras.callbacks.Callback):
    """Loss, accuracy, digits a second and time left, on standard error.

    Args:
        training: whose clock and batches to show.
    """

    def __init__(self, training: Training) -> None:
        super().__init__()
        self._training = training
        self._progress = Progress(
            TextColumn("Epoch {task.fields[epoch]}/{task.fields[epochs]}"),
            BarColumn(),
            TextColumn("loss {task.fields[loss]:.4f}"),
            TextColumn("accuracy {task.fields[accuracy]:.4f}"),
            TextColumn("{task.fields[speed]:,.0f} digits/s"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )

    def on_train_begin(self, logs: dict | None = None) -> None:
        done = self._training.status.epochs_done
        self._task = self._progress.add_task(
            "",
            total=self.params["epochs"] * self.params["steps"],
            completed=done * self.params["steps"],
            epoch=done + 1,
            epochs=self.params["epochs"],
            loss=float("nan"),
            accuracy=float("nan"),
            speed=0.0,
        )
        self._digits = done * self._training.status.examples
        self._progress.start()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        logs = logs or {}
        self._digits += self._training.config.batch_size
        self._progress.update(
            self._task,
            advance=1,
            loss=logs["loss"],
            accuracy=logs["accuracy"],
            speed=self._digits / max(self._training.seconds, 1e-9),
        )

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        logs = logs or {}
        self._progress.update(self._task, epoch=min(epoch + 2, self.params["epochs"]))
        self._progress.console.print(
            f"Epoch {epoch + 1}: loss {logs['loss']:.4f}, accuracy "
            f"{logs['accuracy']:.4f}, test loss {logs['val_loss']:.4f}, test accuracy "
            f"{logs['val_accuracy']:.4f}"
        )

    def close(self) -> None:
        """Leaves the terminal as it was."""
        self._progress.stop()
