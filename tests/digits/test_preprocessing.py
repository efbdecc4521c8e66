"""A drawing of any size, place, brush and polarity becomes the same 28x28 digit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image, ImageDraw

from mnist_cnn.digits import preprocessing
from mnist_cnn.digits.ink import NO_INK

FIVE = [(0.9, 0.0), (0.2, 0.0), (0.15, 0.4), (0.6, 0.4), (0.8, 0.7), (0.5, 1), (0, 0.9)]


def drawn(left=60.0, top=60.0, height=150.0, brush=20, side=280) -> np.ndarray:
    """A five as the canvas gives it: RGBA, white on black."""
    zoom = 3
    image = Image.new("L", (side * zoom, side * zoom), 0)
    pen = ImageDraw.Draw(image)
    points = [
        ((left + x * height * 0.7) * zoom, (top + y * height) * zoom) for x, y in FIVE
    ]
    pen.line(points, fill=255, width=brush * zoom)
    radius = brush * zoom / 2
    for x, y in points:
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    gray = np.asarray(image.reduce(zoom))
    return np.dstack([gray, gray, gray, np.full_like(gray, 255)])


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """Of what the ink amounts to; two different digits differ by more than 0.5."""
    a, b = preprocessing.prepare(one).pixels, preprocessing.prepare(other).pixels
    return float(np.abs(a - b).sum() / max(a.sum(), b.sum()))


def test_another_digit_is_far_away():
    one = np.zeros((280, 280), np.uint8)
    one[50:230, 130:150] = 255
    assert difference(drawn(), one) > 0.5


@settings(max_examples=25, deadline=None)
@given(st.integers(12, 150), st.integers(12, 110))
def test_a_digit_in_a_corner_is_prepared_like_one_in_the_middle(left, top):
    assert difference(drawn(left, top), drawn()) < 0.08


@settings(max_examples=25, deadline=None)
@given(st.floats(90, 240))
def test_size_makes_little_difference(height):
    assert difference(drawn(15, 15, height), drawn()) < 0.3


@settings(max_examples=25, deadline=None)
@given(st.integers(8, 30))
def test_the_brush_makes_little_difference(brush):
    assert difference(drawn(brush=brush), drawn()) < 0.3


def test_strokes_end_up_as_wide_as_in_mnist():
    sums = [
        preprocessing.prepare(drawn(brush=brush)).pixels.sum() for brush in (8, 20, 30)
    ]
    assert max(sums) < 1.3 * min(sums)
    resized = [
        preprocessing.resize_only(drawn(brush=b)).pixels.sum() for b in (8, 20, 30)
    ]
    assert max(resized) > 2 * min(resized)


@pytest.mark.parametrize("side", [28, 100, 280, 1000])
def test_any_size_of_the_picture_gives_the_same_digit(side):
    picture = Image.fromarray(drawn()).resize((side, side), Image.Resampling.BOX)
    assert difference(np.asarray(picture), drawn()) < 0.3


def test_polarity_and_color_make_no_difference():
    canvas = drawn()
    gray = canvas[..., 0]
    on_paper = 255 - gray
    transparent = np.dstack([np.full((280, 280, 3), 255, np.uint8), gray])
    black_on_nothing = np.dstack([np.zeros((280, 280, 3), np.uint8), gray])
    blue_on_white = np.dstack([on_paper, on_paper, np.full_like(gray, 255)])
    others = [gray, gray / 255, gray.astype(np.uint16) * 257, canvas[..., :3]]
    others += [on_paper, transparent, black_on_nothing, blue_on_white]
    for other in others:
        assert difference(other, canvas) < 0.02
    assert difference(gray > 127, canvas) < 0.05


def test_the_center_of_mass_is_where_mnist_has_it():
    pixels = preprocessing.prepare(drawn(20, 100)).pixels
    grid = np.arange(28)
    assert pixels.sum(1) @ grid / pixels.sum() == pytest.approx(14, abs=0.1)
    assert pixels.sum(0) @ grid / pixels.sum() == pytest.approx(14, abs=0.1)


def test_the_longer_side_fills_twenty_pixels():
    rows = np.flatnonzero(preprocessing.prepare(drawn()).pixels.max(1) > 0.1)
    assert 19 <= rows[-1] - rows[0] + 1 <= 21


def test_every_step_has_a_picture_and_a_sentence_with_its_numbers():
    prepared = preprocessing.prepare(drawn())
    names = [step.name for step in prepared.steps]
    assert names == ["Ink found", "Cropped", "Stroke width", "Scaled", "Centered"]
    for step in prepared.steps:
        assert step.sentence.endswith(".")
        assert step.picture.ndim == 2
        assert 0 <= step.picture.min() <= step.picture.max() <= 1
    assert prepared.steps[-1].picture is prepared.pixels


@pytest.mark.parametrize("level", [0, 255])
@pytest.mark.parametrize("shape", [(280, 280), (1, 1), (50, 50, 3), (280, 280, 4)])
@pytest.mark.parametrize("way", [preprocessing.prepare, preprocessing.resize_only])
def test_nothing_drawn_is_said_without_an_exception(level, shape, way):
    prepared = way(np.full(shape, level, np.uint8))
    assert prepared.is_empty
    assert prepared.pixels.max() == 0
    assert prepared.message.endswith(".")
    assert prepared.steps == ()


def test_one_dot_is_prepared_and_a_line_along_the_edge_is_no_digit():
    dot = np.zeros((280, 280), np.uint8)
    dot[100, 100] = 255
    for drawing in (dot, 255 - dot):
        assert preprocessing.prepare(drawing).pixels.max() > 0.2
    edge = np.zeros((280, 280), np.uint8)
    edge[:, 0] = 255
    for drawing in (edge, edge.T):
        assert preprocessing.prepare(drawing).message == NO_INK


@settings(max_examples=80, deadline=None)
@given(
    arrays.arrays(
        np.uint8,
        st.one_of(
            st.tuples(st.integers(1, 40), st.integers(1, 40)),
            st.tuples(st.integers(1, 40), st.integers(1, 40), st.sampled_from([3, 4])),
        ),
    )
)
def test_any_picture_gives_finite_pixels_of_the_right_shape(picture):
    for prepared in (
        preprocessing.prepare(picture),
        preprocessing.resize_only(picture),
    ):
        assert prepared.pixels.shape == (28, 28)
        assert prepared.pixels.dtype == np.float32
        assert np.isfinite(prepared.pixels).all()
        assert 0 <= prepared.pixels.min() <= prepared.pixels.max() <= 1


@pytest.mark.parametrize("side", [70, 280])
def test_noise_is_prepared_without_an_exception(side):
    noise = np.random.default_rng(0).integers(0, 256, (side, side, 4)).astype(np.uint8)
    assert np.isfinite(preprocessing.prepare(noise).pixels).all()


def test_floats_that_are_not_numbers_count_as_background():
    drawing = drawn()[..., 0] / 255
    drawing[0, 0], drawing[0, 1] = np.nan, np.inf
    assert difference(drawing, drawn()) < 0.02
