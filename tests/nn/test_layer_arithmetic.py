"""The arithmetic shown is the network's own, and Keras'."""

import numpy as np
import pytest

from mnist_cnn.nn.layer_arithmetic import (
    dense_unit,
    flattened_value,
    map_arithmetic,
    round_to_add_up,
    softmax,
)

TOLERANCE = 1e-4


@pytest.fixture(scope="module")
def case(architecture, random_network, random_digits):
    """A network's forward pass, and Keras' activations of the same digit."""
    import keras

    from mnist_cnn.training.model import build, set_weights

    network = random_network(architecture)
    model = build(architecture)
    set_weights(model, network.weights)
    pixels = random_digits(1)
    outputs = keras.Model(model.inputs, [layer.output for layer in model.layers])(
        [pixels[..., None]], training=False
    )
    keras_values = {
        layer.name: np.asarray(value)[0]
        for layer, value in zip(model.layers, outputs, strict=True)
    }
    return network.forward(pixels), keras_values


def layers_of(forward, kind):
    return [layer for layer in forward.network.layers if layer.kind == kind]


def test_a_window_of_the_input_times_the_kernel_is_keras_value_also_in_corners(case):
    forward, keras_values = case
    for layer in layers_of(forward, "conv"):
        found = map_arithmetic(forward, layer.name, 1)
        padded = np.pad(found.inputs, (layer.zero_padding, layer.zero_padding, (0, 0)))
        size, (height, width) = layer.kernel[0], found.output.shape
        for row, column in ((0, 0), (0, width - 1), (height - 1, 2), (height // 2, 1)):
            top, left = row * layer.stride, column * layer.stride
            window = padded[top : top + size, left : left + size]
            value = (window * found.kernel).sum() + found.bias
            if layer.activation:
                value = max(value, 0)
            keras_value = keras_values[layer.name][row, column, 1]
            assert value == pytest.approx(keras_value, abs=TOLERANCE)


def test_batch_normalization_is_its_formula_and_keras_value(case):
    forward, keras_values = case
    for layer in layers_of(forward, "batch_norm"):
        found = map_arithmetic(forward, layer.name, 2)
        learned = found.statistics
        values = (found.inputs[..., 0] - learned["mean"]) / learned["deviation"]
        np.testing.assert_allclose(
            learned["gamma"] * values + learned["beta"],
            keras_values[layer.name][..., 2],
            atol=TOLERANCE,
        )


def test_the_brightest_position_is_where_the_window_starts(case):
    forward, _ = case
    for layer in forward.network.layers:
        if len(layer.output_shape) == 3 and layer.kernel:
            found = map_arithmetic(forward, layer.name, 0)
            largest = np.abs(found.output).max()
            assert abs(found.output[found.brightest]) == largest <= found.output_limit


def test_dense_units_add_up_to_keras_values(case):
    forward, keras_values = case
    for layer in layers_of(forward, "dense"):
        for unit in (0, layer.output_shape[0] // 2, layer.output_shape[0] - 1):
            found = dense_unit(forward, layer.name, unit)
            added = found.total + found.bias
            assert added == pytest.approx(found.pre_activation, abs=TOLERANCE)
            assert found.activation == pytest.approx(
                keras_values[layer.name][unit], abs=TOLERANCE
            )
            if layer.activation == "relu":
                assert max(added, 0) == pytest.approx(found.activation, abs=TOLERANCE)


def test_a_dense_units_terms_are_its_largest_and_add_up_digit_for_digit(case):
    forward, _ = case
    for layer in layers_of(forward, "dense"):
        found = dense_unit(forward, layer.name, 3)
        terms = [*found.positive, *found.negative]
        parts = [term.product for term in terms] + [found.rest, found.bias_term]
        assert round(sum(parts), 4) == round(found.sum_of_terms, 4)
        assert found.sum_of_terms == pytest.approx(found.pre_activation, abs=TOLERANCE)
        assert len(terms) + found.rest_count == found.count
        weights = forward.network.weights[f"{layer.name}/kernel"][:, 3]
        products = forward.inputs[layer.name][0] * weights
        assert found.positive[0].input == products.argmax()
        assert found.negative[0].input == products.argmin()
        for term in terms:
            assert term.value * term.weight == pytest.approx(term.product, abs=1e-4)


def test_a_value_is_found_again_before_flattening(case):
    forward, _ = case
    if forward.network.architecture.features.kind != "flatten":
        pytest.skip("a network without a layer that flattens")
    maps = forward.inputs["flatten"][0]
    for feature in (0, 7, maps.size // 2, maps.size - 1):
        found = flattened_value(forward, feature)
        assert maps[found.row, found.column, found.channel] == found.value


def test_softmax_gives_keras_probabilities_and_adds_up(case):
    forward, keras_values = case
    steps = softmax(forward.pre_activations["output"][0])
    np.testing.assert_allclose(
        steps.percent / 100, keras_values["output"], atol=TOLERANCE
    )
    assert round(steps.percent.sum(), 4) == 100
    assert steps.exponentials.max() == 1


def test_scores_that_overflow_still_become_probabilities():
    steps = softmax(np.array([1e4, 1e4] + [-1e4] * 8))
    assert steps.percent[:2].tolist() == [50, 50]


def test_rounded_parts_add_up_to_the_rounded_total():
    rng = np.random.default_rng(0)
    for _ in range(50):
        parts = rng.dirichlet(np.ones(10))
        rounded = round_to_add_up(parts, 4)
        assert round(float(rounded.sum()), 9) == 1
        assert np.abs(rounded - parts).max() <= 1e-4
