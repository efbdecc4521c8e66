"""What mattered: the maps agree with TensorFlow's gradient and with plain counting."""

import numpy as np
import pytest

from mnist_cnn.nn import saliency
from mnist_cnn.nn.architecture import Architecture, ConvBlock
from mnist_cnn.nn.gradients import IMAGE, gradients

DIGITS = (0, 3, 9)


@pytest.fixture(scope="module")
def case(architecture, random_network, random_digits):
    """A forward pass, and TensorFlow's gradients of three scores by layer name."""
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
    return network.forward(pixels), expected


def test_gradients_are_tensorflows(case):
    forward, expected = case
    for digit in DIGITS:
        found = gradients(forward, digit)
        for name, gradient in expected[digit].items():
            scale = np.abs(gradient).max()
            np.testing.assert_allclose(
                found[name], gradient, atol=1e-4 * max(scale, 1), err_msg=name
            )


def test_grad_cam_is_the_one_from_tensorflows_gradient(case):
    forward, expected = case
    for name in saliency.feature_layers(forward.network.architecture):
        for digit in DIGITS:
            found = saliency.grad_cam(forward, digit, name)
            weights = expected[digit][name][0].mean(axis=(0, 1))
            values = np.maximum((forward.activations[name][0] * weights).sum(-1), 0)
            np.testing.assert_allclose(found.weights, weights, atol=1e-4)
            np.testing.assert_allclose(found.values, values, atol=1e-4)


def test_contributions_and_constant_add_up_to_the_score(case):
    forward, _ = case
    for digit in range(10):
        found = saliency.contributions(forward, digit)
        total = found.features.sum(dtype=np.float64) + found.constant
        assert total == pytest.approx(
            forward.pre_activations["output"][0, digit], abs=1e-4
        )
        assert found.positions.sum() == pytest.approx(found.features.sum(), abs=1e-3)


def test_one_digit_against_another_is_the_difference_of_their_scores(case):
    forward, expected = case
    found = saliency.saliency(forward, 3, 9)
    scores = forward.pre_activations["output"][0]
    assert found.contributions.total == pytest.approx(scores[3] - scores[9], abs=1e-5)
    assert found.occlusion.lead == pytest.approx(scores[3] - scores[9], abs=1e-5)
    alone = [saliency.contributions(forward, digit).features for digit in (3, 9)]
    np.testing.assert_allclose(
        found.contributions.features, alone[0] - alone[1], atol=1e-4
    )
    if found.grad_cam is not None:
        name = found.grad_cam.layer
        gradient = expected[3][name] - expected[9][name]
        np.testing.assert_allclose(
            found.grad_cam.weights, gradient[0].mean(axis=(0, 1)), atol=1e-4
        )


def test_the_constant_is_the_biases_alone(case):
    forward, _ = case
    found = saliency.contributions(forward, 3)
    # The same active units, with nothing coming in.
    features = forward.network.architecture.features.name
    values = np.zeros_like(forward.activations[features])
    for layer in forward.network.layers:
        if layer.kind == "dense":
            values = values @ forward.network.weights[f"{layer.name}/kernel"]
            values = values + forward.network.weights[f"{layer.name}/bias"]
            if layer.name != "output":
                is_active = forward.pre_activations[layer.name] > 0
                values = values * np.where(is_active, 1, layer.slope)
    assert found.constant == pytest.approx(values[0, 3], abs=1e-4)


def test_any_dense_unit_splits_into_features_and_biases(case):
    forward, _ = case
    for layer in forward.network.layers:
        if layer.kind == "dense":
            for unit in (0, layer.output_shape[0] - 1):
                found = saliency.contributions(forward, unit, layer.name)
                value = forward.pre_activations[layer.name][0, unit]
                total = found.features.sum(dtype=np.float64) + found.constant
                assert found.total == value
                assert total == pytest.approx(value, abs=1e-4)
    first = next(x.name for x in forward.network.layers if x.kind == "dense")
    found = saliency.contributions(forward, 1, first)
    # Of the first dense layer's own inputs a contribution is value times weight.
    weights = forward.network.weights[f"{first}/kernel"][:, 1]
    values = forward.activations[forward.network.architecture.features.name][0]
    np.testing.assert_allclose(found.features, values * weights, atol=1e-6)


def test_further_digits_in_a_pass_change_nothing_for_the_first(
    architectures, random_network, random_digits
):
    network = random_network(architectures["batch norm, pool 3"])
    digits = random_digits(3)
    first = saliency.saliency(network.forward(digits[:1]), 4)
    same = saliency.saliency(network.forward(digits), 4)
    for part in ("grad_cam", "contributions"):
        np.testing.assert_allclose(
            getattr(first, part).map, getattr(same, part).map, atol=1e-5
        )
    np.testing.assert_allclose(
        first.occlusion.score_drop, same.occlusion.score_drop, atol=1e-4
    )


def test_without_a_convolution_there_is_no_class_activation_map(
    architectures, random_network, random_digits
):
    network = random_network(architectures["dense only"])
    found = saliency.saliency(network.forward(random_digits(1)), 1)
    assert (found.grad_cam, found.layers) == (None, ())


def test_a_layer_without_feature_maps_gives_way_to_the_last_that_has_some(
    architectures, random_network, random_digits
):
    forward = random_network(architectures["lecture"]).forward(random_digits(1))
    found = saliency.saliency(forward, 1, layer="dense_1")
    assert found.grad_cam.layer == found.layers[-1] == "conv_2"


def test_occlusion_is_what_erasing_each_window_by_hand_gives(
    architecture, random_network, a_seven
):
    network = random_network(architecture)
    pixels = a_seven
    found = saliency.occlusion(network.forward(pixels), 7)
    assert found.probability_drop.shape == (14, 14)
    plain = network.probabilities(pixels)[0, 7]
    assert found.probability == pytest.approx(plain, abs=1e-6)
    for row, column in ((0, 0), (3, 5), (7, 8), (13, 13), (3, 13), (11, 5)):
        top, left = row * 2 - 1, column * 2 - 1
        covered = pixels.copy()
        covered[max(top, 0) : top + 4, max(left, 0) : left + 4] = 0
        forward = network.forward(covered)
        drop = plain - forward.activations["output"][0, 7]
        scores = forward.pre_activations["output"][0]
        lead = scores[7] - np.delete(scores, 7).max()
        assert found.probability_drop[row, column] == pytest.approx(drop, abs=1e-5)
        assert found.lead - lead == pytest.approx(
            found.score_drop[row, column], abs=1e-4
        )


def test_covering_background_changes_nothing_and_an_empty_drawing_is_no_error(
    architectures, random_network, a_seven
):
    network = random_network(architectures["lecture"])
    found = saliency.occlusion(network.forward(a_seven), 7)
    assert np.all(found.score_drop[:2] == 0)
    assert np.abs(found.score_drop).max() > 0
    empty = saliency.occlusion(network.forward(np.zeros((28, 28))), 7)
    assert not empty.probability_drop.any()


def test_a_large_network_is_occluded_more_coarsely_so_that_it_stays_quick(
    architectures,
):
    assert saliency.affordable_cell(architectures["lecture"]) == 2
    large = Architecture((ConvBlock(64, 11), ConvBlock(64, 5)), 0, ())
    cell = saliency.affordable_cell(large)
    assert cell > 2
    each = sum(layer.multiply_adds for layer in large.layers())
    assert (28 // cell) ** 2 * each <= saliency.AFFORDABLE


@pytest.mark.parametrize("cell", saliency.CELLS)
def test_every_window_fits_every_cell(
    cell, monkeypatch, architectures, random_network, a_seven
):
    monkeypatch.setattr(saliency, "affordable_cell", lambda _: cell)
    forward = random_network(architectures["dense only"]).forward(a_seven)
    for size in (1, 2, 4, 5, 6, 8, 10):
        found = saliency.occlusion(forward, 7, size=size)
        assert abs(found.size - max(size, cell)) <= 1
        assert found.probability_drop.shape == (28 // cell, 28 // cell)
