"""What mattered: the maps agree with TensorFlow's gradient and with plain counting."""

import numpy as np
import pytest

from mnist_cnn.nn import saliency
from mnist_cnn.nn.architecture import Architecture, ConvBlock
from mnist_cnn.nn.backward import IMAGE, gradients

DIGITS = (0, 3, 9)


@pytest.fixture(scope="module")
def case(random_digits, random_network, architecture):
    """A network and TensorFlow's gradients of three scores by layer name."""
    import keras
    import tensorflow as tf

    from mnist_cnn.training.model import build, set_weights

    network = random_network(architecture)
    model = build(architecture)
    set_weights(model, network.weights)
    pixels = random_digits(1)
    expected = {}
    for digit in DIGITS:
        with tf.GradientTape(persistent=True) as tape:
            values = {IMAGE: tf.constant(pixels[..., None])}
            tape.watch(values[IMAGE])
            now = values[IMAGE]
            for layer in model.layers:
                if layer.name == "output":
                    score = (now @ layer.kernel + layer.bias)[0, digit]
                    break
                now = layer(now, training=False)
                values[layer.name] = now
        expected[digit] = {
            name: np.asarray(tape.gradient(score, value))
            for name, value in values.items()
        }
    assert keras.backend.backend() == "tensorflow"
    return network, network.forward(pixels), expected


def test_gradients_are_tensorflows(case):
    network, trace, expected = case
    for digit in DIGITS:
        found = gradients(network, trace, digit)
        for name, gradient in expected[digit].items():
            scale = np.abs(gradient).max()
            np.testing.assert_allclose(
                found[name], gradient, atol=1e-4 * max(scale, 1), err_msg=name
            )


def test_grad_cam_is_the_one_from_tensorflows_gradient(case):
    network, trace, expected = case
    for layer in saliency.feature_layers(network):
        for digit in DIGITS:
            found = saliency.grad_cam(network, trace, digit, layer.name)
            weights = expected[digit][layer.name][0].mean(axis=(0, 1))
            values = np.maximum((trace.after[layer.name][0] * weights).sum(-1), 0)
            assert found.values.shape == layer.output_shape[:2]
            np.testing.assert_allclose(found.weights, weights, atol=1e-4)
            np.testing.assert_allclose(found.values, values, atol=1e-4)


def test_contributions_and_constant_add_up_to_the_score(case):
    network, trace, _ = case
    for digit in range(10):
        found = saliency.contributions(network, trace, digit)
        total = found.features.sum(dtype=np.float64) + found.constant
        assert total == pytest.approx(trace.before["output"][0, digit], abs=1e-4)
        assert found.places.sum() == pytest.approx(found.features.sum(), abs=1e-3)


def test_the_constant_is_the_biases_alone(case):
    network, trace, _ = case
    found = saliency.contributions(network, trace, 3)
    # The same active units, with nothing coming in.
    values = np.zeros_like(trace.inputs["flatten"]).reshape(1, -1)
    for layer in network.layers:
        if layer.kind == "dense":
            values = values @ network.weights[f"{layer.name}/kernel"]
            values = values + network.weights[f"{layer.name}/bias"]
            if layer.activation == "relu":
                values = values * (trace.before[layer.name] > 0)
    assert found.constant == pytest.approx(values[0, 3], abs=1e-4)


def test_any_dense_unit_splits_into_features_and_biases(case):
    network, trace, _ = case
    for layer in network.layers:
        if layer.kind == "dense":
            for unit in (0, layer.output_shape[0] - 1):
                found = saliency.contributions(network, trace, unit, layer.name)
                value = trace.before[layer.name][0, unit]
                total = found.features.sum(dtype=np.float64) + found.constant
                assert found.total == value
                assert total == pytest.approx(value, abs=1e-4)
    first = next(x.name for x in network.layers if x.kind == "dense")
    found = saliency.contributions(network, trace, 1, first)
    # Straight after flattening a contribution is value times weight.
    weights = network.weights[f"{first}/kernel"][:, 1]
    np.testing.assert_allclose(found.features, found.values * weights, atol=1e-6)


def test_several_digits_in_a_trace_change_nothing_for_the_first(
    architectures, random_digits, random_network
):
    network = random_network(architectures["batch norm, pool 3"])
    digits = random_digits(3)
    one, three = network.forward(digits[:1]), network.forward(digits)
    for part in (saliency.grad_cam, saliency.contributions):
        first, same = part(network, one, 4), part(network, three, 4)
        np.testing.assert_allclose(first.values, same.values, atol=1e-5)


def test_grad_cam_without_a_convolution_is_a_sentence(
    architectures, random_digits, random_network
):
    network = random_network(architectures["dense only"])
    trace = network.forward(random_digits(1))
    with pytest.raises(saliency.SaliencyError, match="has no convolution"):
        saliency.grad_cam(network, trace, 1)


def test_grad_cam_of_a_layer_without_feature_maps_is_a_sentence(
    architectures, random_digits, random_network
):
    network = random_network(architectures["lecture"])
    trace = network.forward(random_digits(1))
    with pytest.raises(saliency.SaliencyError, match="no feature maps after ReLU"):
        saliency.grad_cam(network, trace, 1, "dense_1")


def test_occlusion_is_what_erasing_each_window_by_hand_gives(
    a_seven, random_network, architecture
):
    network = random_network(architecture)
    pixels = a_seven
    found = saliency.occlusion(network, pixels, 7)
    assert found.probability_drop.shape == (14, 14)
    plain = network.probabilities(pixels)[0, 7]
    assert found.probability == pytest.approx(plain, abs=1e-6)
    for row, column in ((0, 0), (3, 5), (7, 8), (13, 13), (3, 13), (11, 5)):
        top, left = row * 2 - 1, column * 2 - 1
        covered = pixels.copy()
        covered[max(top, 0) : top + 4, max(left, 0) : left + 4] = 0
        trace = network.forward(covered)
        drop = plain - trace.after["output"][0, 7]
        scores = trace.before["output"][0]
        lead = scores[7] - np.delete(scores, 7).max()
        assert found.probability_drop[row, column] == pytest.approx(drop, abs=1e-5)
        assert found.lead - lead == pytest.approx(
            found.score_drop[row, column], abs=1e-4
        )


def test_covering_background_changes_nothing_and_an_empty_drawing_is_no_error(
    a_seven, architectures, random_network
):
    network = random_network(architectures["lecture"])
    found = saliency.occlusion(network, a_seven, 7)
    assert np.all(found.score_drop[:2] == 0)
    assert np.abs(found.score_drop).max() > 0
    empty = saliency.occlusion(network, np.zeros((28, 28)), 7)
    assert not empty.probability_drop.any()


@pytest.mark.parametrize("size, cell", [(5, 2), (3, 3), (1, 2)])
def test_windows_that_do_not_fit_are_refused(
    a_seven, architectures, random_network, size, cell
):
    network = random_network(architectures["dense only"])
    with pytest.raises(ValueError, match="do not fit"):
        saliency.occlusion(network, a_seven, 7, size=size, cell=cell)


def test_a_large_network_is_occluded_more_coarsely_so_that_it_stays_quick(
    architectures, random_network
):
    assert saliency.affordable_cell(random_network(architectures["lecture"])) == 2
    large = Architecture((ConvBlock(64, 11), ConvBlock(64, 5)), 0, ())
    cell = saliency.affordable_cell(random_network(large))
    assert cell > 2
    each = sum(layer.multiply_adds for layer in large.layers())
    assert (28 // cell) ** 2 * each <= saliency.AFFORDABLE


@pytest.mark.parametrize("cell", saliency.CELLS)
def test_every_window_fits_every_cell(a_seven, architectures, random_network, cell):
    network = random_network(architectures["dense only"])
    for size in (2, 4, 6, 8, 10):
        fitting = saliency.fitting_size(size, cell)
        assert abs(fitting - max(size, cell)) <= 1
        found = saliency.occlusion(network, a_seven, 7, size=fitting, cell=cell)
        assert found.probability_drop.shape == (28 // cell, 28 // cell)
