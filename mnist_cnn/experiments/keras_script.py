"""A run as a Python file of its own that trains the same network with plain Keras."""

from __future__ import annotations

from mnist_cnn.digits.augmentation import AUGMENTATIONS
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.experiments.schedule import WARM_UP_SHARE
from mnist_cnn.nn.architecture import Layer

_OPTIMIZERS = {
    "adam": "keras.optimizers.Adam(rate)",
    "sgd": "keras.optimizers.SGD(rate, momentum=0.9)",
    "rmsprop": "keras.optimizers.RMSprop(rate)",
}


def keras_script(config: TrainingConfig) -> str:
    """The file's text, at most 60 lines, for Keras 3 and nothing of this lab.

    Augmentation is not in it; a comment then says so.
    """
    layers = "\n".join(f"    {_layer(each)}," for each in config.network.layers())
    examples = config.examples or ""
    return f'''"""Trains a network of the CNN lab on MNIST, with plain Keras."""

import keras
import numpy as np
from keras import layers

EPOCHS, BATCH_SIZE, SEED = {config.epochs}, {config.batch_size}, {config.seed}
{_note(config)}
keras.utils.set_random_seed(SEED)
(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
x_train = x_train[:{examples}, ..., None].astype("float32") / 255
y_train = y_train[:{examples}].astype("int32")
x_test = x_test[..., None].astype("float32") / 255
{_shuffled(config)}
model = keras.Sequential([
    keras.Input((28, 28, 1)),
{layers}
])
model.summary()

{_rate(config)}
model.compile(
    optimizer={_OPTIMIZERS[config.optimizer]},
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
    jit_compile=False,
)
history = model.fit(
    x_train, y_train, BATCH_SIZE, EPOCHS, validation_data=(x_test, y_test), verbose=2
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


def _note(config: TrainingConfig) -> str:
    if not config.augmentation:
        return ""
    titles = ", ".join(AUGMENTATIONS[name].title for name in config.augmentation)
    return f"# The lab also varied the digits ({titles}); this file does not.\n"


def _shuffled(config: TrainingConfig) -> str:
    if not config.shuffle_labels:
        return ""
    return "y_train = np.random.default_rng(SEED).permutation(y_train)\n"


def _rate(config: TrainingConfig) -> str:
    peak = config.learning_rate
    if config.schedule == "constant":
        return f"rate = {peak!r}"
    return (
        "# Warm-up over the first tenth of the steps, then down to 0.\n"
        "steps = EPOCHS * int(np.ceil(len(x_train) / BATCH_SIZE))\n"
        f"warm_up = max(1, round({WARM_UP_SHARE} * steps))\n"
        "rate = keras.optimizers.schedules.CosineDecay(\n"
        f"    0.0, steps - warm_up, warmup_target={peak!r}, warmup_steps=warm_up\n"
        ")"
    )
