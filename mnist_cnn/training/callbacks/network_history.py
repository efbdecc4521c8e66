"""The Keras callback that keeps small networks of the way, to look back at."""

from __future__ import annotations

import keras
import numpy as np

from mnist_cnn.nn.network import Network
from mnist_cnn.nn.quantization import to_bytes
from mnist_cnn.runs import Run
from mnist_cnn.runs.history import MAX_MOMENTS, moment_path, moments
from mnist_cnn.storage.files import replacing
from mnist_cnn.training import model

# In the first epoch a network changes most.
FIRST_STEPS = (0, 5, 20, 80)


class NetworkHistory(keras.callbacks.Callback):
    """Keeps the network untrained, a few times in the first epoch, and after epochs.

    At most ``MAX_MOMENTS`` files: of many epochs some are left out, never the last
    that was planned. A resumed training forgets what came after where it goes on.

    Args:
        run: whose folder takes them.
    """

    def __init__(self, run: Run) -> None:
        super().__init__()
        self._run = run

    def on_train_begin(self, logs: dict | None = None) -> None:
        batches, epochs = self.params["steps"], self.params["epochs"]
        first = [step for step in FIRST_STEPS if step < batches]
        ends = np.linspace(1, epochs, min(epochs, MAX_MOMENTS - len(first)))
        self._steps = {*first, *(round(each) * batches for each in ends)}
        self._step = int(self.model.optimizer.iterations)
        self._run.history_path.mkdir(exist_ok=True)
        for moment in moments(self._run):
            if moment.step > self._step or moment.step not in self._steps:
                moment.path.unlink(missing_ok=True)
        if self._step == 0:
            self._keep()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self._step += 1
        if self._step in self._steps:
            self._keep()

    def _keep(self) -> None:
        network = Network(self._run.config.network, model.weights_of(self.model))
        with replacing(moment_path(self._run, self._step)) as file:
            file.write(to_bytes(network))
