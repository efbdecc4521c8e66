"""A network as data -> a Keras model."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import keras
import numpy as np
from keras import layers

from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.nn.layers import IMAGE_SHAPE, Layer, LayeredArchitecture

SGD_MOMENTUM = 0.9


def build(
    architecture: LayeredArchitecture, dense: type[layers.Dense] = layers.Dense
) -> keras.Sequential:
    """The Keras model of a network, layer for layer and name for name.

    Args:
        architecture: the network.
        dense: the class of its dense layers.
    """
    made = [_keras_layer(layer, dense) for layer in architecture.layers()]
    return keras.Sequential([keras.Input(IMAGE_SHAPE), *made], name="cnn")


def compile_model(
    model: keras.Model,
    config: TrainingConfig,
    adam: type[keras.optimizers.Adam] = keras.optimizers.Adam,
) -> None:
    """Sets optimizer, loss and metric as the lecture does, with the config's values.

    Args:
        model: is compiled.
        config: its ``optimizer`` and ``learning_rate``.
        adam: the class of the optimizer "adam".
    """
    rate = config.learning_rate
    optimizer = {
        "adam": lambda: adam(rate),
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


def is_finite(model: keras.Model) -> bool:
    """Whether every weight is a finite number."""
    return all(np.isfinite(array).all() for array in model.get_weights())


def _keras_layer(layer: Layer, dense: type[layers.Dense]) -> keras.Layer:
    units, activation = layer.output_shape[-1], layer.activation
    if activation == "leaky_relu":
        activation = layers.LeakyReLU(negative_slope=layer.slope)
    window = {"strides": layer.stride, "padding": layer.padding}
    made: dict[str, Callable[..., keras.Layer]] = {
        "rescaling": partial(layers.Rescaling, layer.scale, layer.offset),
        "conv": partial(
            layers.Conv2D, units, layer.kernel, activation=activation, **window
        ),
        "batch_norm": layers.BatchNormalization,
        "relu": layers.ReLU,
        "leaky_relu": partial(layers.LeakyReLU, negative_slope=layer.slope),
        "tanh": partial(layers.Activation, "tanh"),
        "sigmoid": partial(layers.Activation, "sigmoid"),
        "pool": partial(layers.MaxPooling2D, layer.kernel, **window),
        "average_pool": partial(layers.AveragePooling2D, layer.kernel, **window),
        "dropout": partial(layers.Dropout, layer.rate),
        "flatten": layers.Flatten,
        "global_average_pool": layers.GlobalAveragePooling2D,
        "dense": partial(dense, units, activation=activation),
    }
    return made[layer.kind](name=layer.name)
