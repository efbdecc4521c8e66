"""Networks of somebody's own against Keras: values, gradients, and what a unit sees."""

import warnings

import numpy as np
import pytest

from mnist_cnn.nn import gradients, receptive_field, saliency
from mnist_cnn.nn.keras_file import read_keras_file
from mnist_cnn.nn.layers import ArchitectureError
from mnist_cnn.nn.sequential import LayerSpec, Sequential

OUTPUT = LayerSpec("dense", 10, activation="softmax")


@pytest.fixture(scope="module")
def network(sequential, random_network):
    return random_network(sequential)


@pytest.fixture(scope="module")
def model(network):
    from mnist_cnn.training import model

    made = model.build(network.architecture)
    model.set_weights(made, network.weights)
    return made


def test_every_layer_gives_what_keras_gives(network, model, random_digits):
    import keras

    digits = random_digits(5)
    every = keras.Model(model.inputs, [layer.output for layer in model.layers])
    ours = network.forward(digits).activations
    theirs = every.predict(digits[..., None], verbose=0)
    for layer, expected in zip(network.layers, theirs, strict=True):
        np.testing.assert_allclose(ours[layer.name], expected, atol=1e-5)
        assert model.get_layer(layer.name).count_params() == layer.parameters


@pytest.mark.parametrize("suffix", ["keras", "h5"])
def test_what_the_newest_keras_saves_is_read_as_keras_reads_it(
    model, random_digits, tmp_path, suffix
):
    digits = random_digits(3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of .h5, which is old
        model.save(tmp_path / f"my.{suffix}")
    network = read_keras_file((tmp_path / f"my.{suffix}").read_bytes()).network
    expected = model.predict(digits[..., None], verbose=0)
    np.testing.assert_allclose(network.probabilities(digits), expected, atol=1e-5)


def test_the_gradients_are_those_of_keras(network, model, random_digits):
    import keras
    import tensorflow as tf

    digits = random_digits(3)[..., None]
    scores = keras.Sequential([*model.layers[:-1]])
    last = network.weights["output/kernel"][:, 4]
    with tf.GradientTape() as tape:
        pixels = tf.constant(digits)
        tape.watch(pixels)
        score = tf.linalg.matvec(scores(pixels), last)
    found = gradients.gradients(network.forward(digits[..., 0]), 4)
    np.testing.assert_allclose(
        found[gradients.IMAGE], tape.gradient(score, pixels), atol=1e-5
    )


def test_a_unit_sees_the_pixels_that_change_it(network, random_digits):
    digit = random_digits(1)[0]
    last = [layer for layer in network.layers if len(layer.output_shape) == 3][-1]
    before = network.forward(digit).activations[last.name][0]
    region = receptive_field.receptive_field(network.architecture, last.name, 1, 0)
    seen = np.zeros((28, 28), bool)
    seen[region.top : region.bottom + 1, region.left : region.right + 1] = True
    outside = np.where(seen, digit, 0.9)
    after = network.forward(outside).activations[last.name][0]
    np.testing.assert_allclose(after[1, 0], before[1, 0], atol=1e-6)


def test_contributions_add_up_over_the_positions(network, random_digits):
    found = saliency.contributions(network.forward(random_digits(1)), 3)
    np.testing.assert_allclose(
        found.positions.sum(), found.features.sum(), rtol=1e-4, atol=1e-5
    )
    assert found.map.shape == (28, 28)


def test_a_network_of_ones_own_is_plain_json_and_back(network):
    values = network.architecture.to_dict()
    assert Sequential.from_dict(values) == network.architecture


@pytest.mark.parametrize(
    ("specs", "sentence"),
    [
        ((LayerSpec("flatten"),), "ten units"),
        ((LayerSpec("dense", 10, activation="softmax"),), "Flatten"),
        ((LayerSpec("flatten"), LayerSpec("conv", 3, 3), OUTPUT), "cannot follow"),
        ((LayerSpec("attention"), OUTPUT), "cannot follow"),
        ((LayerSpec("flatten"),) * 70, "layers"),
        ((LayerSpec("conv", 3, 9), LayerSpec("pool", size=21), OUTPUT), "20×20"),
    ],
)
def test_what_cannot_be_is_a_sentence(specs, sentence):
    with pytest.raises(ArchitectureError, match=sentence):
        Sequential(specs)
