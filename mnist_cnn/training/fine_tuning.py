"""Training on from another run's network, and what that gained and cost."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import keras

from mnist_cnn import runs
from mnist_cnn.digits import datasets
from mnist_cnn.digits.dataset import DataError, Dataset
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.nn.weights import NetworkError, fitting_weights, load_weights
from mnist_cnn.runs.status import DataTest
from mnist_cnn.training import model

BATCH = 500


def start(network: keras.Model, config: TrainingConfig) -> None:
    """Gives each layer that has the same shape there the weights of the other run.

    Raises:
        RunError, NetworkError: if that run has no network (any more), or one of which
            nothing fits.
    """
    other = runs.find(config.start_from)
    fitting = fitting_weights(load_weights(other.weights_path), config.network)
    if not fitting:
        raise NetworkError(
            "It cannot start from run {name}: no layer has the same shape.",
            name=other.name,
        )
    model.set_weights(network, model.weights_of(network) | fitting)


def tests_before(config: TrainingConfig) -> tuple[DataTest, ...]:
    """How the start network reads every data set that one of the two is trained on.

    Nothing for a run on MNIST from random weights: its accuracy says it all. A data set
    of the other run's that is not here (any more) is left out.
    """
    names, other = list(config.data), None
    if config.start_from:
        run = runs.find(config.start_from)
        seen = [name for name in runs.trained_on(run) if name != "offline"]
        names += [name for name in seen if name not in names]
        # Nobody is new to a network that has seen all.
        names = [name for name in names if name + datasets.ALL not in names]
        other = model.build(run.config.network)
        model.set_weights(other, load_weights(run.weights_path))
    if names == ["mnist"] and other is None:
        return ()
    tests = []
    for name in names:
        with suppress(DataError):
            digits = datasets.load(name)
            before = other and _accuracy(other, digits)
            title, count = digits.about.title, len(digits.y_test)
            tests.append(DataTest(name, title, count, before))
    return tuple(tests)


def tests_after(
    network: keras.Model, tests: tuple[DataTest, ...]
) -> tuple[DataTest, ...]:
    """The same with how this network reads those that are still here."""
    found = []
    for test in tests:
        with suppress(DataError):
            after = _accuracy(network, datasets.load(test.data))
            found.append(replace(test, after=after))
    return tuple(found)


def _accuracy(network: keras.Model, digits: Dataset) -> float:
    images = model.as_input(digits.x_test)
    read = network.predict(images, batch_size=BATCH, verbose=0).argmax(axis=1)
    return round(float((read == digits.y_test).mean()), 6)
