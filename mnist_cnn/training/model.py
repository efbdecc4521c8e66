"""A network as data -> a Keras model."""

from __future__ import annotations

import io

import keras
import numpy as np
from keras import layers

from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.nn.architecture import IMAGE_SHAPE, Architecture, Layer
from mnist_cnn.training.fused_adam import fused_adam
from mnist_cnn.training.ordered_dense import ordered_dense

SGD_MOMENTUM = 0.9


def build(architecture: Architecture) -> keras.Sequential:
    """The Keras model of a network, layer for layer and name for name."""
    return keras.Sequential(
        [keras.Input(IMAGE_SHAPE), *(_keras_layer(x) for x in architecture.layers())],
        name="cnn",
    )


def compile_model(model: keras.Model, config: TrainingConfig) -> None:
    """Sets optimizer, loss and metric as the lecture does, with the config's values."""
    rate = config.learning_rate
    optimizer = {
        "adam": lambda: fused_adam(rate),
        "sgd": lambda: keras.optimizers.SGD(rate, momentum=SGD_MOMENTUM),
        "rmsprop": lambda: keras.optimizers.RMSprop(rate),
    }[config.optimizer]()
    model.compile(
        optimizer=optimizer,
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        # XLA makes this network two to four times slower on a CPU (measured).
        jit_compile=False,
    )


def as_input(images: np.ndarray) -> np.ndarray:
    """uint8 (N, 28, 28) -> float32 (N, 28, 28, 1) in [0, 1]: what the network reads."""
    return (images.astype(np.float32) / np.float32(255))[..., None]


def weights_of(model: keras.Model) -> dict[str, np.ndarray]:
    """Every array by ``layer/weight``, as in ``weights.npz``."""
    return {
        f"{layer.name}/{variable.name}": np.asarray(variable)
        for layer in model.layers
        for variable in layer.variables
        # Dropout keeps the state of its random numbers among its variables.
        if layer.count_params()
    }


def set_weights(model: keras.Model, weights: dict[str, np.ndarray]) -> None:
    """The inverse of ``weights_of``."""
    for layer in model.layers:
        for variable in layer.variables:
            if layer.count_params():
                variable.assign(weights[f"{layer.name}/{variable.name}"])


def summary_text(model: keras.Model) -> str:
    """What ``model.summary()`` prints, 80 columns wide."""
    text = io.StringIO()
    model.summary(line_length=80, print_fn=text.write)
    return text.getvalue()


def _keras_layer(layer: Layer) -> keras.Layer:
    match layer.kind:
        case "conv":
            return layers.Conv2D(
                layer.output_shape[-1],
                layer.kernel,
                padding=layer.padding,
                activation=layer.activation,
                name=layer.name,
            )
        case "batch_norm":
            return layers.BatchNormalization(name=layer.name)
        case "relu":
            return layers.ReLU(name=layer.name)
        case "pool":
            return layers.MaxPooling2D(layer.kernel, layer.stride, name=layer.name)
        case "dropout":
            return layers.Dropout(layer.rate, name=layer.name)
        case "flatten":
            return layers.Flatten(name=layer.name)
        case "dense":
            return ordered_dense(layer.output_shape[-1], layer.activation, layer.name)
    raise ValueError(f"Unknown kind of layer: {layer.kind}")
