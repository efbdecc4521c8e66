"""Ink is found on black canvases, white paper and in the shade."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from mnist_cnn.digits import ink as photo
from mnist_cnn.digits import preprocessing
from mnist_cnn.digits.drawing import drawn_ink
from mnist_cnn.digits.photo.grayscale import to_grayscale

SEVEN = [(110, 90), (230, 90), (160, 310)]


def photo_of_seven(
    ink=(70, 70, 75), shadow: float = 0.0, width: int = 7, noise: float = 4.0
) -> np.ndarray:
    """Pencil on paper under a lamp: RGB uint8 (400, 340, 3)."""
    cover = Image.new("L", (340, 400), 0)
    ImageDraw.Draw(cover).line(SEVEN, fill=255, width=width, joint="curve")
    cover = (
        np.asarray(cover.filter(ImageFilter.GaussianBlur(1)), float)[..., None] / 255
    )
    paper = np.full((400, 340, 3), (225.0, 220.0, 205.0))
    picture = paper * (1 - cover) + np.array(ink) * cover
    across = np.linspace(1, 0.65, 340)[None, :, None]
    edge = 1 / (1 + np.exp((np.arange(340) - 180) / 12))[None, :, None]
    picture = picture * across * (1 - shadow * edge)
    picture += np.random.default_rng(1).normal(0, noise, picture.shape)
    return np.clip(picture, 0, 255).astype(np.uint8)


def expected() -> np.ndarray:
    canvas = Image.new("L", (340, 400), 0)
    ImageDraw.Draw(canvas).line(SEVEN, fill=255, width=7, joint="curve")
    return preprocessing.prepare(canvas).pixels


@pytest.mark.parametrize(
    "options",
    [{}, {"shadow": 0.45}, {"ink": (60, 80, 170)}, {"ink": (120, 120, 120)}],
    ids=["lamp at one side", "a hand's shadow", "blue ink", "hard pencil"],
)
def test_a_photo_is_prepared_like_the_drawing(options):
    pixels = preprocessing.prepare(photo_of_seven(**options)).pixels
    assert np.abs(pixels - expected()).mean() < 0.04


def test_a_chalkboard_is_read_too():
    board = 255 - photo_of_seven(ink=(20, 20, 20))
    assert np.abs(preprocessing.prepare(board).pixels - expected()).mean() < 0.04


def test_a_neon_sign_before_a_rough_wall_is_read_too():
    cover = (255.0 - photo_of_seven((0, 0, 0), width=16).mean(2)) / 255
    rng = np.random.default_rng(2)
    wall = np.kron(rng.normal(34, 6, (50, 43)), np.ones((8, 8)))[:400, :340]
    sign = wall + np.clip(cover * 2 - 0.9, 0, 1) * 215 + rng.normal(0, 5, wall.shape)
    prepared = preprocessing.prepare(np.clip(sign, 0, 255).astype(np.uint8))
    assert not prepared.is_empty
    assert np.abs(prepared.pixels - expected()).mean() < 0.06


def test_empty_paper_is_empty_and_says_so():
    prepared = preprocessing.prepare(photo_of_seven(ink=(225, 220, 205)))
    assert prepared.is_empty
    assert prepared.message == photo.NO_INK


@pytest.mark.parametrize("level", [0, 128, 255])
def test_one_color_has_no_ink(level):
    assert photo.ink_of(np.full((50, 60), level, np.uint8)).ink.max() == 0


def test_a_drawing_on_the_canvas_is_no_photo():
    canvas = Image.new("RGBA", (280, 280), "black")
    ImageDraw.Draw(canvas).line(SEVEN, fill="white", width=20, joint="curve")
    gray = to_grayscale(canvas.filter(ImageFilter.GaussianBlur(1)))
    assert np.array_equal(photo.ink_of(gray).ink, drawn_ink(gray).ink)


def test_an_array_that_is_no_image_is_refused_with_a_sentence():
    for shape in [(28,), (0, 5), (4, 4, 2), (1, 2, 3, 4)]:
        with pytest.raises(ValueError, match="An image is an array"):
            photo.ink_of(np.zeros(shape, np.uint8))


def test_the_strokes_of_a_small_cell_are_no_printers_dots():
    cell = np.full((28, 28), 255, np.uint8)
    cell[:2] = cell[:, :2] = 0
    cell[7:23, 9:11] = cell[7:23, 19:21] = cell[7:9, 9:20] = cell[21:23, 9:20] = 0
    found = photo.ink_of(cell)
    assert set(np.unique(found.ink)) == {0, 1}
    assert np.array_equal(found.ink[5:25, 5:25] > 0, cell[5:25, 5:25] == 0)
