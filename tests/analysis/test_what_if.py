"""The drawing is changed as asked, and the curves are what the network says to it."""

import numpy as np
import pytest
from scipy.ndimage import center_of_mass

from mnist_cnn.analysis.what_if import (
    CURVES,
    Change,
    affordable_points,
    changed,
    curve,
)
from mnist_cnn.nn.architecture import Architecture, ConvBlock


def test_no_change_gives_the_very_same_pixels(a_seven):
    np.testing.assert_array_equal(changed(a_seven, Change()), a_seven)


def test_a_shift_by_whole_pixels_moves_the_ink_and_nothing_else(a_seven):
    moved = changed(a_seven, Change(right=3, down=-2))
    np.testing.assert_allclose(moved[:20, 3:], a_seven[2:22, :-3], atol=1e-6)


def test_a_quarter_turn_is_counterclockwise_around_the_center_of_mass():
    block = np.random.default_rng(0).random((9, 9)).astype(np.float32)
    # The same upside down, so that its center of mass is its middle.
    block = block + block[::-1, ::-1]
    pixels = np.zeros((28, 28), np.float32)
    pixels[8:17, 10:19] = block / block.max()
    expected = np.zeros_like(pixels)
    expected[8:17, 10:19] = np.rot90(block) / block.max()
    assert center_of_mass(pixels) == pytest.approx((12, 14), abs=1e-5)
    np.testing.assert_allclose(changed(pixels, Change(angle=90)), expected, atol=1e-4)


def test_an_empty_drawing_stays_empty():
    empty = np.zeros((28, 28), np.float32)
    assert not changed(empty, Change(angle=30, right=2, scale=0.5, thicken=1)).any()


def test_scaling_by_two_makes_four_times_the_ink(a_seven):
    small = changed(a_seven, Change(scale=0.5))
    assert small.sum() == pytest.approx(a_seven.sum() / 4, rel=0.1)
    # A small square stays inside the image when it grows.
    square = np.zeros((28, 28), np.float32)
    square[11:17, 11:17] = 1
    large = changed(square, Change(scale=2))
    assert large.sum() == pytest.approx(4 * square.sum(), rel=0.1)


def test_thickening_moves_each_edge_by_the_pixels_asked_for():
    line = np.zeros((28, 28), np.float32)
    line[5:23, 13:15] = 1
    assert changed(line, Change(thicken=1))[14].sum() == pytest.approx(4)
    assert changed(line, Change(thicken=1.5))[14].sum() == pytest.approx(5)
    assert changed(line, Change(thicken=-0.5))[14].sum() == pytest.approx(1)
    assert changed(line, Change(thicken=-1))[14].sum() == 0


def test_changed_pixels_stay_between_0_and_1():
    rng = np.random.default_rng(0)
    for _ in range(20):
        change = Change(*rng.uniform((-90, -9, -9, 0.4, -2), (90, 9, 9, 2, 2)))
        pixels = changed(rng.random((28, 28)), change)
        assert pixels.dtype == np.float32
        assert pixels.min() >= 0
        assert pixels.max() <= 1


@pytest.mark.parametrize(
    "change", [Change(angle=500), Change(scale=0), Change(thicken=float("nan"))]
)
def test_a_change_out_of_its_range_is_a_sentence(a_seven, change):
    with pytest.raises(ValueError, match=r"must be from .* to"):
        changed(a_seven, change)


@pytest.mark.parametrize("name", CURVES)
def test_each_point_of_a_curve_is_the_networks_reading_of_that_change(
    a_seven, architectures, random_network, name
):
    network = random_network(architectures["valid, no pooling"])
    others = Change(angle=10, down=1)
    found = curve(network, a_seven, name, others)
    assert len(found.values) == len(found.probabilities)
    for index in (0, len(found.values) // 2, len(found.values) - 1):
        values = {"angle": 10, "down": 1} | {name: float(found.values[index])}
        pixels = changed(a_seven, Change(**values))
        np.testing.assert_allclose(
            found.probabilities[index], network.probabilities(pixels)[0], atol=1e-5
        )


class Reads:
    """A network that says 7 as long as the ink's center of mass is where it was."""

    def __init__(self, low, high, around):
        self.low, self.high = low, high
        self.middle = center_of_mass(around)[1]

    def probabilities(self, images):
        rows = np.zeros((len(images), 10), np.float32)
        for index, image in enumerate(images):
            column = center_of_mass(image)[1] - self.middle
            seven = self.low <= round(column) <= self.high
            rows[index, 7 if seven else 1] = 1
        return rows


def test_a_curve_says_how_far_the_network_holds_on(a_seven):
    found = curve(Reads(-3, 5, a_seven), a_seven, "right")
    assert found.digit == 7
    assert found.holds == (-3, 5)


def test_curves_pass_through_no_change():
    for name, values in CURVES.items():
        assert getattr(Change(), name) in values
        assert np.all(np.diff(values) > 0)
    assert CURVES["angle"][0] == -90
    assert CURVES["angle"][-1] == 90


@pytest.mark.parametrize("name", CURVES)
def test_fewer_points_keep_the_ends_and_no_change(a_seven, name):
    found = curve(Reads(-99, 99, a_seven), a_seven, name, max_points=7)
    assert len(found.values) <= 7 + 3
    assert found.values[0] == CURVES[name][0]
    assert found.values[-1] == CURVES[name][-1]
    assert getattr(Change(), name) in found.values


def test_a_large_network_gets_fewer_points(architectures, random_network):
    seed = random_network(architectures["lecture"])
    large = Architecture((ConvBlock(64, 11), ConvBlock(128, 7)), 0, ())
    assert affordable_points(seed) > 37
    assert 6 <= affordable_points(random_network(large)) < 30
