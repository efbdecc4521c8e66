"""A network as data -> a Keras model."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers

from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.nn.architecture import IMAGE_SHAPE, Architecture, Layer

SGD_MOMENTUM = 0.9


def build(
    architecture: Architecture, dense: type[layers.Dense] = layers.Dense
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


def _keras_layer(layer: Layer, dense: type[layers.Dense]) -> keras.Layer:
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
            return dense(
                layer.output_shape[-1], activation=layer.activation, name=layer.name
            )
    raise ValueError(f"Unknown kind of layer: {layer.kind}")
