"""A layer's picture shows its values, on one scale, in the place where they belong."""

import io

import numpy as np
import pytest
from PIL import Image

from mnist_cnn.figures import activations
from mnist_cnn.nn.receptive_field import Region


def opened(png):
    return Image.open(io.BytesIO(png))


def test_every_value_can_be_read_back_from_its_color():
    values = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    index = activations.color_index(values, 4).astype(float)
    np.testing.assert_allclose((index - 127) / 127 * 4, values, atol=4 / 250)


def test_a_map_of_zeros_is_black_and_no_error():
    index = activations.color_index(np.zeros((3, 3), np.float32), 0)
    assert not activations.palette()[index].any()


def test_zero_is_black_and_brightness_grows_with_the_size_on_both_sides():
    colors = activations.palette().astype(float)
    luminance = colors @ [0.2126, 0.7152, 0.0722]
    assert luminance[127] == 0
    assert np.all(np.diff(luminance[127:255]) > 0)
    assert np.all(np.diff(luminance[:128]) < 0)


# Machado, Oliveira, Fernandes 2009, severity 1, on linear RGB.
COLOR_BLINDNESS = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}


@pytest.mark.parametrize("kind", COLOR_BLINDNESS)
def test_above_and_below_zero_are_told_apart_by_color_blind_eyes(kind):
    colors = activations.palette() / 255.0
    linear = np.where(
        colors <= 0.04045, colors / 12.92, ((colors + 0.055) / 1.055) ** 2.4
    )
    seen = np.clip(linear @ np.array(COLOR_BLINDNESS[kind]).T, 0, 1)
    for step in (30, 60, 90):
        above, below = seen[127 + step], seen[127 - step]
        assert above[0] > 1.5 * above[2]
        assert below[2] > 1.5 * below[0]


def test_an_overlay_shows_the_map_in_its_own_colors_under_the_outline():
    pixels = np.zeros((28, 28), np.float32)
    pixels[10:18, 10:18] = 1
    values = np.zeros((14, 14), np.float32)
    values[0, 0], values[13, 13] = 2, -2
    image = np.asarray(
        opened(activations.map_over_digit(pixels, values)).convert("RGB")
    )
    assert image.shape == (28 * activations.ZOOM, 28 * activations.ZOOM, 3)
    np.testing.assert_array_equal(image[3, 3], activations.palette()[254])
    np.testing.assert_array_equal(image[-3, -3], activations.palette()[0])
    middle = 14 * activations.ZOOM
    np.testing.assert_array_equal(image[middle, middle], [0, 0, 0])
    row = image[middle]
    assert (row == 235).all(axis=1).any()


def test_a_frame_goes_around_the_pixels_of_the_region():
    png = activations.framed_digit(np.zeros((28, 28)), Region(0, 3, 5, 9), zoom=10)
    image = np.asarray(opened(png))
    lit = np.argwhere(image.sum(axis=2) > 0)
    assert lit.min(axis=0).tolist() == [0, 50]
    assert lit.max(axis=0).tolist() == [39, 99]
    assert not image[20, 75].any()


def test_a_digit_keeps_its_gray_values():
    pixels = np.linspace(0, 1, 784, dtype=np.float32).reshape(28, 28)
    image = np.asarray(opened(activations.digit_png(pixels, 2)))
    np.testing.assert_allclose(image[::2, ::2] / 255, pixels, atol=1 / 255)
