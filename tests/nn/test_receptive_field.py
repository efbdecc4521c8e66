"""What a unit sees is what changes it, and nothing else."""

import numpy as np
import pytest

from mnist_cnn.nn.architecture import Architecture, ConvBlock
from mnist_cnn.nn.receptive_field import Region, receptive_field, to_image

DROPPED = Architecture((ConvBlock(4, 3, pool=3), ConvBlock(5, 3, pool=2)), 0, ())


def test_pixels_outside_what_a_unit_sees_do_not_change_it_and_those_inside_do(
    architecture, random_network, random_digits
):
    check_what_is_seen(architecture, random_network, random_digits)


def test_a_row_that_pooling_has_dropped_is_not_seen(random_network, random_digits):
    check_what_is_seen(DROPPED, random_network, random_digits)


def check_what_is_seen(architecture, random_network, random_digits):
    network = random_network(architecture)
    for name in network.weights:
        if name.endswith("kernel"):
            # With weights above 0 no pixel is canceled by another.
            network.weights[name] = np.abs(network.weights[name])
    flat = random_digits(1)[0] * 0.1 + 0.5
    for layer in network.layers:
        if len(layer.output_shape) != 3:
            continue
        height, width, _ = layer.output_shape
        for row, column in (
            (0, 0),
            (height // 2, width - 1),
            (height - 1, width // 2),
        ):
            region = receptive_field(architecture, layer.name, row, column)
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
                values = network.forward(touched).activations[layer.name]
                assert np.abs(values[0, row, column] - before).max() > 1e-3


def test_a_unit_in_the_middle_sees_as_much_as_the_architecture_says(architectures):
    for architecture in architectures.values():
        for layer in architecture.layers():
            if len(layer.output_shape) == 3 and layer.receptive_field < 20:
                middle = layer.output_shape[0] // 2
                region = receptive_field(architecture, layer.name, middle, middle)
                assert region.bottom - region.top + 1 == layer.receptive_field


@pytest.mark.parametrize(
    ("architecture", "last"),
    [
        (Architecture((), 0, (40, 20)), 27),
        # 28 -> 27 by the kernel, 27 // 4 = 6 windows of 4: rows 0 to 23, seen
        # through 2.
        (Architecture((ConvBlock(3, 2, "valid", 4),), 0.2, (16,), True), 24),
        # 28 // 3 = 9 windows: rows 0 to 26, seen through 3; of the 9, 8 are pooled.
        (DROPPED, 27),
        (Architecture((ConvBlock(4, 1, pool=3),), 0, ()), 26),
    ],
)
def test_a_dense_unit_sees_what_pooling_has_left(architecture, last):
    region = receptive_field(architecture, "output")
    assert region == Region(0, last, 0, last)
    assert architecture.layer("output").receptive_field == last + 1


def test_a_layer_that_is_not_there_is_a_key_error(architectures):
    with pytest.raises(KeyError):
        receptive_field(architectures["lecture"], "conv_9")


def test_a_map_lies_over_the_pixels_its_units_see(architectures):
    pooled = architectures["lecture"]
    values = np.arange(49).reshape(7, 7)
    spread = to_image(pooled, "flatten", values)
    assert spread.shape == (28, 28)
    # Four pixels to a unit, and the 2×2 kernel looks half a pixel ahead.
    assert spread[0, 0] == 0
    assert spread[27, 27] == 48
    region = receptive_field(pooled, "pool_2", 3, 4)
    middle = (region.top + region.bottom) // 2, (region.left + region.right) // 2
    assert spread[middle] == values[3, 4]
    image = np.arange(784).reshape(28, 28)
    dense_only = to_image(architectures["dense only"], "flatten", image)
    np.testing.assert_array_equal(dense_only, image)
    no_padding = to_image(
        architectures["valid, no pooling"], "conv_1", np.arange(625).reshape(25, 25)
    )
    # A 4×4 window without padding: the first center lies at 1.5.
    assert no_padding[0, 0] == no_padding[1, 1] == 0
    assert no_padding[14, 14] in (12 * 25 + 12, 13 * 25 + 13)
