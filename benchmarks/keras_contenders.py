"""Keras trainings that take turns, an epoch each.

``python -m benchmarks.keras_contenders KIND BATCH DIGITS EPOCHS [SEED]``: KIND is
"written", "plain", "lab", "lab_here" or "gemm";
"plain" is "written" with the switches that the lab sets before it imports TensorFlow,
"lab_here" is "lab" in the runs folder of the environment.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import replace

from benchmarks.contenders import my_turn, say
from mnist_cnn.training.environment import prepare_keras


def written(batch: int, digits: int, epochs: int) -> None:
    """The lecture's code as it is written; only waiting for its turn is added."""
    import keras
    from keras import layers

    if len(sys.argv) > 5:
        keras.utils.set_random_seed(int(sys.argv[5]))
    (x_train, y_train), (x_test, y_test) = _digits()
    x_train = x_train[:digits].reshape(-1, 28, 28, 1).astype("float32") / 255
    x_test = x_test.reshape(-1, 28, 28, 1).astype("float32") / 255
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, (5, 5), strides=1, padding="same", activation="relu"),
            layers.MaxPooling2D((2, 2), strides=2),
            layers.Conv2D(64, (2, 2), padding="same", activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Dropout(0.25),
            layers.Flatten(),
            layers.Dense(1000, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(
        x_train,
        y_train[:digits],
        batch_size=batch,
        epochs=epochs,
        validation_data=(x_test, y_test),
        verbose=0,
        callbacks=[_take_turns()],
    )


def lab(batch: int, digits: int, epochs: int) -> None:
    """The lab's training, with all that it reports and saves."""
    from mnist_cnn import runs
    from mnist_cnn.experiments.presets import PRESETS
    from mnist_cnn.training.fit import Training

    config = replace(
        PRESETS["lecture"].config, batch_size=batch, examples=digits, epochs=epochs
    )
    Training(runs.submit(config, state="preparing"), [_take_turns()]).train()


def gemm(batch: int, digits: int, epochs: int) -> None:
    """The lecture network's matrix products, forward and backward, and no more."""
    import numpy as np
    import tensorflow as tf

    # Rows, inner dimension, columns: convolutions as one product of all windows.
    products = [
        (batch * 28 * 28, 5 * 5, 32),
        (batch * 14 * 14, 2 * 2 * 32, 64),
        (batch, 7 * 7 * 64, 1000),
        (batch, 1000, 10),
    ]
    rng = np.random.default_rng(1)

    def random(*shape: int) -> tf.Tensor:
        return tf.constant(rng.standard_normal(shape, np.float32))

    arrays = [(random(m, k), random(k, n), random(m, n)) for m, k, n in products]

    @tf.function
    def step() -> tf.Tensor:
        kept = []
        for number, (x, w, gradient) in enumerate(arrays):
            kept.append(tf.linalg.matmul(x, w))
            kept.append(tf.linalg.matmul(x, gradient, transpose_a=True))
            if number:  # nobody needs the gradient of the pixels
                kept.append(tf.linalg.matmul(gradient, w, transpose_b=True))
        return tf.add_n([each[0, 0] for each in kept])

    step()
    while my_turn():
        began = time.perf_counter()
        for _ in range(digits // batch):
            step().numpy()
        say({"training": time.perf_counter() - began, "rest": 0.0})


def _digits() -> tuple:
    from mnist_cnn.digits import mnist

    dataset = mnist.load()
    return (dataset.x_train, dataset.y_train), (dataset.x_test, dataset.y_test)


def _take_turns():
    import keras

    class TakeTurns(keras.callbacks.Callback):
        """Waits before each epoch; says what its batches took, and the rest of it."""

        def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
            if epoch:
                now = time.perf_counter()
                measured = {"training": self.tested - self.began}
                say({**measured, "rest": now - self.tested, **self.logs})
            if not my_turn():
                sys.exit()
            self.began = time.perf_counter()

        def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
            self.logs = logs or {}

        def on_test_begin(self, logs: dict | None = None) -> None:
            self.tested = time.perf_counter()

    return TakeTurns()


def main() -> None:
    kind, batch, digits, epochs = sys.argv[1], *map(int, sys.argv[2:5])
    if kind != "written":
        prepare_keras()
    if kind == "lab_here":
        lab(batch, digits, epochs)
    elif kind == "lab":
        with tempfile.TemporaryDirectory() as folder:
            os.environ["MNIST_CNN_RUNS"] = folder
            lab(batch, digits, epochs)
    else:
        work = {"written": written, "plain": written, "gemm": gemm}[kind]
        work(batch, digits, epochs)


if __name__ == "__main__":
    main()
