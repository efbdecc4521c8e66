"""The arithmetic shown is the network's own, and Keras'."""

import numpy as np
import pytest

from mnist_cnn.nn import explain, explain_dense
from mnist_cnn.nn.receptive_field import Region, over_image, place_of_feature, seen

TOLERANCE = 1e-4


@pytest.fixture(scope="module")
def case(random_digits, random_network, architecture):
    """A network, its forward pass, and Keras' activations of the same digit."""
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
    return network, network.forward(pixels), keras_values


def places(layer):
    """Corners, edges, the middle, and some more, each with a channel."""
    height, width, channels = layer.output_shape
    rng = np.random.default_rng(3)
    rows = {0, 1, height // 2, height - 2, height - 1} & set(range(height))
    columns = {0, 1, width // 2, width - 2, width - 1} & set(range(width))
    for row in sorted(rows):
        for column in sorted(columns):
            yield int(rng.integers(channels)), row, column


def layers_of(network, kind):
    return [layer for layer in network.layers if layer.kind == kind]


def test_convolutions_add_up_to_keras_values_also_in_corners(case):
    network, trace, keras_values = case
    for layer in layers_of(network, "conv"):
        for channel, row, column in places(layer):
            step = explain.convolution(network, trace, layer.name, channel, row, column)
            added = step.products.sum() + step.bias
            by_channel = step.channel_sums.sum() + step.bias
            expected = max(added, 0) if layer.activation else added
            assert added == pytest.approx(step.before, abs=TOLERANCE)
            assert by_channel == pytest.approx(step.before, abs=TOLERANCE)
            keras_value = keras_values[layer.name][row, column, channel]
            assert expected == pytest.approx(keras_value, abs=TOLERANCE)
            assert step.result == pytest.approx(keras_value, abs=TOLERANCE)
            np.testing.assert_array_equal(step.products, step.patch * step.kernel)


def test_the_window_shows_the_input_and_zeros_where_it_hangs_over_the_edge(case):
    network, trace, _ = case
    for layer in layers_of(network, "conv"):
        inputs = trace.inputs[layer.name][0]
        for channel, row, column in places(layer):
            step = explain.convolution(network, trace, layer.name, channel, row, column)
            for i in range(layer.kernel[0]):
                for j in range(layer.kernel[0]):
                    y, x = step.top + i, step.left + j
                    inside = 0 <= y < inputs.shape[0] and 0 <= x < inputs.shape[1]
                    assert step.is_padding[i, j] == (not inside)
                    expected = inputs[y, x] if inside else np.zeros(inputs.shape[2])
                    np.testing.assert_array_equal(step.patch[i, j], expected)


def test_channels_come_largest_contribution_first(case):
    network, trace, _ = case
    for layer in layers_of(network, "conv"):
        step = explain.convolution(network, trace, layer.name, 0, 0, 0)
        sizes = np.abs(step.channel_sums[step.order])
        assert sorted(step.order) == list(range(layer.input_shape[-1]))
        assert np.all(np.diff(sizes) <= 0)


def test_pooling_takes_the_largest_of_its_window_as_keras_does(case):
    network, trace, keras_values = case
    for layer in layers_of(network, "pool"):
        for channel, row, column in places(layer):
            step = explain.pooling(network, trace, layer.name, channel, row, column)
            keras_value = keras_values[layer.name][row, column, channel]
            assert step.window.shape == layer.kernel
            assert step.window[step.winner] == step.window.max() == step.result
            assert step.result == pytest.approx(keras_value, abs=TOLERANCE)
            y, x = step.top + step.winner[0], step.left + step.winner[1]
            assert trace.inputs[layer.name][0, y, x, channel] == step.result


def test_batch_normalization_is_its_formula_and_keras_value(case):
    network, trace, keras_values = case
    for layer in layers_of(network, "batch_norm"):
        for channel, row, column in places(layer):
            step = explain.batch_norm(network, trace, layer.name, channel, row, column)
            value = step.gamma * (step.value - step.mean) / step.deviation + step.beta
            keras_value = keras_values[layer.name][row, column, channel]
            assert value == pytest.approx(keras_value, abs=TOLERANCE)
            assert step.result == pytest.approx(keras_value, abs=TOLERANCE)


def test_dense_units_add_up_to_keras_values(case):
    network, trace, keras_values = case
    for layer in layers_of(network, "dense"):
        for unit in (0, layer.output_shape[0] // 2, layer.output_shape[0] - 1):
            step = explain_dense.dense(network, trace, layer.name, unit)
            added = step.products.sum() + step.bias
            assert added == pytest.approx(step.before, abs=TOLERANCE)
            assert step.result == pytest.approx(
                keras_values[layer.name][unit], abs=TOLERANCE
            )
            if layer.activation == "relu":
                assert max(added, 0) == pytest.approx(step.result, abs=TOLERANCE)


def test_softmax_gives_keras_probabilities_and_adds_up(case):
    _, trace, keras_values = case
    step = explain_dense.softmax(trace.before["output"][0])
    np.testing.assert_allclose(
        step.probabilities, keras_values["output"], atol=TOLERANCE
    )
    assert step.probabilities.sum() == pytest.approx(1, abs=1e-12)
    np.testing.assert_allclose(step.exponentials / step.total, step.probabilities)


def test_scores_that_overflow_still_become_probabilities():
    step = explain_dense.softmax(np.array([1e4, 1e4] + [-1e4] * 8))
    assert step.probabilities[:2].tolist() == [0.5, 0.5]


def test_layers_without_a_number_of_their_own_pass_values_on_as_keras_does(case):
    network, trace, keras_values = case
    for layer in network.layers:
        np.testing.assert_allclose(
            trace.after[layer.name][0], keras_values[layer.name], atol=TOLERANCE
        )


@pytest.mark.parametrize("place", [(0, -1, 0), (0, 28, 0), (0, 0, 28), (32, 0, 0)])
def test_a_pixel_that_does_not_exist_is_a_sentence(
    architectures, random_digits, random_network, place
):
    network = random_network(architectures["lecture"])
    trace = network.forward(random_digits(1))
    with pytest.raises(explain.ExplainError, match="there is no row"):
        explain.convolution(network, trace, "conv_1", *place)
    with pytest.raises(explain.ExplainError, match="no pool layer named 'conv_1'"):
        explain.pooling(network, trace, "conv_1", 0, 0, 0)
    with pytest.raises(explain.ExplainError, match="units 0 to 999, not 1000"):
        explain_dense.dense(network, trace, "dense_1", 1000)


def test_rounded_parts_add_up_to_the_rounded_total():
    rng = np.random.default_rng(0)
    for _ in range(50):
        parts = rng.dirichlet(np.ones(10))
        rounded = explain_dense.round_to_add_up(parts, 4)
        assert round(float(rounded.sum()), 9) == 1
        assert np.abs(rounded - parts).max() <= 1e-4


def test_pixels_outside_what_a_unit_sees_do_not_change_it_and_those_inside_do(
    random_digits, random_network, case
):
    network = random_network(case[0].architecture)
    for name in network.weights:
        if name.endswith("kernel"):
            # With weights above 0 no pixel is canceled by another.
            network.weights[name] = np.abs(network.weights[name])
    flat = random_digits(1)[0] * 0.1 + 0.5
    for layer in network.layers:
        if len(layer.output_shape) != 3:
            continue
        height, width, _ = layer.output_shape
        for row, column in ((0, 0), (height // 2, width - 1), (height - 1, width // 2)):
            region = seen(network.architecture, layer.name, row, column).inside()
            before = network.activations(flat)[layer.name][0, row, column]
            outside = flat.copy() * 0 + 0.9
            window = (
                slice(region.top, region.bottom + 1),
                slice(region.left, region.right + 1),
            )
            outside[window] = flat[window]
            after = network.activations(outside)[layer.name][0, row, column]
            np.testing.assert_allclose(after, before, atol=1e-6)
            corners = [
                (y, x)
                for y in (region.top, region.bottom)
                for x in (region.left, region.right)
            ]
            for y, x in corners:
                # Bright enough to win every pooling.
                touched = flat.copy()
                touched[y, x] = 1000
                values = network.activations(touched)[layer.name][0, row, column]
                assert np.abs(values - before).max() > 1e-3


def test_what_a_unit_sees_is_as_large_as_the_architecture_says(architectures):
    for architecture in architectures.values():
        for layer in architecture.layers():
            if len(layer.output_shape) == 3:
                region = seen(architecture, layer.name, 2, 2)
                assert region.height == region.width
                assert min(region.height, 28) == layer.receptive_field


def test_a_dense_unit_sees_what_pooling_has_left(architectures):
    pooled = architectures["batch norm, valid, rest dropped"]
    # 28 -> 27 by the kernel, 27 // 4 = 6 windows of 4: rows 0 to 23, seen through 2.
    assert seen(pooled, "dense_1") == Region(0, 24, 0, 24)
    assert seen(architectures["dense only"], "output") == Region(0, 27, 0, 27)
    with pytest.raises(KeyError):
        seen(pooled, "conv_9")


def test_a_feature_is_found_again_before_flattening():
    shape = (3, 4, 5)
    values = np.arange(60).reshape(shape)
    for feature, value in enumerate(values.reshape(-1)):
        assert values[place_of_feature(shape, feature)] == value


def test_a_map_lies_over_the_pixels_its_units_see(architectures):
    pooled = architectures["lecture"]
    values = np.arange(49).reshape(7, 7)
    spread = over_image(pooled, "flatten", values)
    assert spread.shape == (28, 28)
    # Four pixels to a unit, and the 2×2 kernel looks half a pixel ahead.
    assert spread[0, 0] == 0
    assert spread[27, 27] == 48
    region = seen(pooled, "pool_2", 3, 4)
    middle = (region.top + region.bottom) // 2, (region.left + region.right) // 2
    assert spread[middle] == values[3, 4]
    image = np.arange(784).reshape(28, 28)
    dense_only = over_image(architectures["dense only"], "flatten", image)
    np.testing.assert_array_equal(dense_only, image)
    no_padding = over_image(
        architectures["valid, no pooling"], "conv_1", np.arange(625).reshape(25, 25)
    )
    # A 4×4 window without padding: the first center lies at 1.5.
    assert no_padding[0, 0] == no_padding[1, 1] == 0
    assert no_padding[14, 14] in (12 * 25 + 12, 13 * 25 + 13)
