"""A progress bar for a training run in the terminal."""

from __future__ import annotations

from typing import Self

import keras
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn


class ProgressBar(keras.callbacks.Callback):
    """Loss, accuracy, digits a second and time left, on standard error.

    Use it in a ``with`` statement, which leaves the terminal as it was.

    Args:
        batch_size: digits in a batch.
    """

    def __init__(self, batch_size: int) -> None:
        super().__init__()
        self._batch_size = batch_size
        self._task = None
        self._progress = Progress(
            TextColumn("Epoch {task.fields[epoch]}/{task.fields[epochs]}"),
            BarColumn(),
            TextColumn("loss {task.fields[loss]:.4f}"),
            TextColumn("accuracy {task.fields[accuracy]:.4f}"),
            TextColumn("{task.fields[speed]:,.0f} digits/s"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._progress.stop()

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        if self._task is None:
            steps, epochs = self.params["steps"], self.params["epochs"]
            self._task = self._progress.add_task(
                "",
                total=epochs * steps,
                completed=epoch * steps,
                epochs=epochs,
                epoch=epoch + 1,
                loss=float("nan"),
                accuracy=float("nan"),
                speed=0.0,
            )
        self._progress.update(self._task, epoch=epoch + 1)

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        steps_per_second = self._progress.tasks[0].speed or 0.0
        self._progress.update(
            self._task,
            advance=1,
            loss=logs["loss"],
            accuracy=logs["accuracy"],
            speed=steps_per_second * self._batch_size,
        )

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self._progress.console.print(
            f"Epoch {epoch + 1}: loss {logs['loss']:.4f}, accuracy "
            f"{logs['accuracy']:.4f}, val_loss {logs['val_loss']:.4f}, "
            f"val_accuracy {logs['val_accuracy']:.4f}"
        )
