"""Records short real trainings as metrics.jsonl: `python tests/recordings/record.py`.

Run from the repository root. Reads the complete MNIST named by MNIST_CNN_DATA, of
which each recording takes the first few hundred digits; writes only curves.
"""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

import keras
import numpy as np

from mnist_cnn.nn.architecture import Architecture, ConvBlock
from mnist_cnn.training.model import as_input, build

# The lecture's network with fewer units, so that a recording takes seconds.
SMALL = Architecture(
    blocks=(ConvBlock(8, 5), ConvBlock(16, 2)), dropout=0.0, dense=(64,)
)


@dataclass(frozen=True)
class Recording:
    examples: int
    epochs: int
    batch_size: int
    optimizer: keras.optimizers.Optimizer
    network: Architecture = SMALL


RECORDINGS = {
    "improving": Recording(1500, 3, 50, keras.optimizers.Adam(3e-4)),
    "overfitting": Recording(400, 25, 40, keras.optimizers.Adam(3e-3)),
    "plateau": Recording(
        3000,
        10,
        100,
        keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.1, 240), 0.9),
        Architecture(blocks=(ConvBlock(8, 5), ConvBlock(16, 2)), dense=(64,)),
    ),
    "jumping": Recording(
        2000,
        3,
        50,
        keras.optimizers.Adam(
            keras.optimizers.schedules.PiecewiseConstantDecay([80], [3e-3, 0.1])
        ),
    ),
    # No learning rate that the lab allows was found to reach NaN within two seconds.
    "diverged": Recording(2000, 1, 50, keras.optimizers.SGD(1e20)),
    "stuck": Recording(2000, 3, 50, keras.optimizers.Adam(0.3)),
    "too_slow": Recording(2000, 3, 50, keras.optimizers.SGD(1e-5)),
}


class Write(keras.callbacks.Callback):
    """Writes the lines that the lab's own callback writes."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.file = path.open("w", encoding="utf-8")
        self.step, self.epoch, self.start = 0, 0, time.perf_counter()

    def line(self, kind: str, **values: float) -> None:
        rounded = {key: float(f"{value:.6g}") for key, value in values.items()}
        rounded |= {key: int(rounded[key]) for key in ("epoch", "step")}
        rate = float(np.asarray(self.model.optimizer.learning_rate))
        rounded |= {"learning_rate": float(f"{rate:.4g}")}
        rounded |= {"time": round(time.perf_counter() - self.start, 3)}
        self.file.write(
            json.dumps({"kind": kind, **rounded}, separators=(",", ":")) + "\n"
        )

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self.epoch, self.begun = epoch + 1, time.perf_counter()
        self.seen, self.sums = 0, {"loss": 0.0, "accuracy": 0.0}

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self.step += 1
        self.seen += 1
        sums = {name: logs[name] * self.seen for name in self.sums}
        alone = {name: sums[name] - self.sums[name] for name in sums}
        self.sums = sums
        self.line("batch", step=self.step, epoch=self.epoch, **alone)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        seconds = time.perf_counter() - self.begun
        self.line("epoch", epoch=self.epoch, step=self.step, **logs, seconds=seconds)

    def on_train_end(self, logs: dict | None = None) -> None:
        self.file.close()


def record(name: str, recording: Recording) -> None:
    keras.utils.set_random_seed(1)
    with np.load(os.environ["MNIST_CNN_DATA"]) as data:
        count = recording.examples
        x, y = as_input(data["x_train"][:count]), data["y_train"][:count]
        x_test, y_test = as_input(data["x_test"][:1000]), data["y_test"][:1000]
    model = build(recording.network)
    loss = "sparse_categorical_crossentropy"
    model.compile(recording.optimizer, loss=loss, metrics=["accuracy"])
    path = Path(__file__).parent / f"{name}.jsonl"
    model.fit(
        x,
        y,
        batch_size=recording.batch_size,
        epochs=recording.epochs,
        validation_data=(x_test, y_test),
        callbacks=[Write(path), keras.callbacks.TerminateOnNaN()],
        verbose=0,
    )


if __name__ == "__main__":
    for name, recording in RECORDINGS.items():
        record(name, recording)
