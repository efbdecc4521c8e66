"""What of the ink is writing, and why the rest is none."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from mnist_cnn.digits.photo.writing import (
    BLOTS,
    EDGE,
    FAINTER,
    FRAME,
    LINES,
    SPECKS,
    sort_out,
)

SIZE = (400, 300)
SEVEN = [(150, 90), (230, 90), (180, 220)]


def mask(*paths: list[tuple[float, float]], width: int = 5) -> np.ndarray:
    image = Image.new("L", SIZE)
    for path in paths:
        ImageDraw.Draw(image).line(path, fill=255, width=width)
    return np.asarray(image) > 0


def seven_and(other: np.ndarray, reason: str | None) -> None:
    """The seven is kept whole, and the other ink left out for that reason."""
    seven = mask(SEVEN)
    found = sort_out(seven | other)
    assert list(found.left_out) == ([reason] if reason else [])
    assert (found.writing & seven).sum() >= 0.97 * seven.sum()
    assert (found.writing & ~seven).sum() <= 0.05 * other.sum()


def boxes(*corners: tuple[int, int, int, int], **look: object) -> np.ndarray:
    image = Image.new("L", SIZE)
    for box in corners:
        ImageDraw.Draw(image).rectangle(box, **(look or {"fill": 255}))
    return np.asarray(image) > 0


def ellipses(*corners: tuple[int, int, int, int]) -> np.ndarray:
    image = Image.new("L", SIZE)
    for box in corners:
        ImageDraw.Draw(image).ellipse(box, fill=255)
    return np.asarray(image) > 0


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (mask([(30, 0), (24, 300)], width=3), LINES),
        (mask(*([(0, y), (400, y + 9)] for y in range(20, 290, 30)), width=2), LINES),
        (mask(*([(x, 0), (x, 300)] for x in range(5, 400, 30)), width=2), LINES),
        (boxes((350, 0, 400, 300)), EDGE),
        (boxes((350, 0, 400, 300), (0, 260, 400, 300)), EDGE),
        (mask([(330, 120), (420, 120)], [(370, 60), (370, 180)]), EDGE),
        (boxes((130, 60, 260, 250), outline=255, width=4), FRAME),
        (boxes((5, 5, 394, 294), outline=255, width=5), FRAME),
        (
            boxes(
                *((x, 60, x + 122, 250) for x in (8, 137, 266)), outline=255, width=3
            ),
            FRAME,
        ),
        (
            mask([(x, y) for y in range(60, 240, 20) for x in (290, 380)], width=4),
            BLOTS,
        ),
        (boxes((290, 100, 370, 190)), BLOTS),
        (boxes((20, 20, 24, 24), (300, 40, 305, 44)), SPECKS),
        (boxes(*((12, y, 30, y + 18) for y in range(10, 290, 40))), SPECKS),
        (mask([(140, 240), (240, 243)], [(140, 250), (240, 253)]), SPECKS),
        (ellipses((110, 100, 126, 116)), SPECKS),
        (mask([(150, 285), (250, 285)]), SPECKS),
        (
            mask(*([(x, 50), (x + 8, 62)] for x in (160, 180, 200, 220)), width=3),
            SPECKS,
        ),
        (
            ellipses((90, 40, 290, 270))
            & ~ellipses((94, 44, 286, 266))
            & ~boxes((230, 40, 300, 150)),
            FRAME,
        ),
    ],
    ids=[
        "a margin's line",
        "rulings that the digit crosses",
        "a grid's lines",
        "a desk at one side",
        "a desk at two sides",
        "writing that is cut off",
        "a box around the digit",
        "a frame around all of the page",
        "boxes of a form, one filled in",
        "what is crossed out",
        "a patch",
        "dust",
        "holes of a spiral",
        "lines under the digit",
        "a punched hole near it",
        "a screen's bar far below it",
        "print above it",
        "a circle that does not close",
    ],
)
def test_what_is_not_writing_is_left_out_with_its_reason(other, reason):
    seven_and(other, reason)


def test_a_shadow_is_fainter_than_ink():
    shadow = mask([(320, 60), (320, 250), (260, 250)], width=9)
    ink = mask(SEVEN) | shadow
    for level, reason in ((0.5, [FAINTER]), (0.8, [])):
        found = sort_out(ink, strength=np.where(shadow, level, 1.0))
        assert list(found.left_out) == reason
        # It is larger than the digit: the shadow of the note on which that stands.
        assert not found.is_doubtful


def test_crosses_all_over_a_page_are_its_squares_not_digits():
    places = [(x, y) for x in range(20, 390, 30) for y in range(20, 280, 30)]
    crosses = [[(x, y - 8), (x, y + 8)] for x, y in places]
    crosses[::9] = [[(x, y - 12), (x, y + 12)] for x, y in places[::9]]
    assert not sort_out(mask(*crosses, width=2)).writing.any()


def test_the_bar_of_a_five_stays():
    five = mask([(160, 120), (160, 150), (210, 160), (215, 200), (165, 220)])
    bar = mask([(165, 100), (210, 98)])
    found = sort_out(five | bar)
    assert not found.left_out
    assert np.array_equal(found.writing, five | bar)


def test_a_zero_keeps_the_slash_inside_it():
    image = Image.new("L", SIZE)
    ImageDraw.Draw(image).ellipse((120, 60, 260, 240), outline=255, width=6)
    zero = (np.asarray(image) > 0) | mask([(165, 190), (215, 110)])
    found = sort_out(zero)
    assert not found.left_out
    assert np.array_equal(found.writing, zero)


@pytest.mark.parametrize("side", range(4))
def test_a_digit_at_the_edge_stays_where_it_is_alone(side):
    rows, columns = np.nonzero(mask(SEVEN))
    cut = mask(SEVEN)[rows.min() : rows.max() + 30, columns.min() : columns.max() + 30]
    turned = np.rot90(np.pad(cut, ((0, 30), (0, 30))), side)
    found = sort_out(turned)
    assert found.writing.sum() == turned.sum()


def test_a_number_cut_out_to_its_box_stays_whole():
    number = mask([(4, 2), (100, 2), (50, 298)], [(200, 2), (200, 297)])
    number |= mask([(300, 2), (300, 150), (396, 150)], [(380, 80), (380, 297)])
    found = sort_out(number[1:299, 3:398])
    assert not found.left_out


def test_a_thick_digit_cut_out_to_its_box_is_one():
    two = mask([(60, 60), (200, 60), (60, 240), (200, 240)], width=40)
    rows, columns = np.nonzero(two)
    cut = two[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    found = sort_out(cut)
    assert not found.left_out
    assert found.writing.sum() == cut.sum()


def test_there_is_doubt_where_something_like_a_digit_is_left_out():
    cut_off = mask([(330, 120), (420, 120)], [(370, 60), (370, 180)])
    assert sort_out(mask(SEVEN) | cut_off).is_doubtful
    assert sort_out(mask(SEVEN) | mask([(300, 200), (310, 250)])).is_doubtful
    assert not sort_out(mask(SEVEN)).is_doubtful


def test_a_forms_boxes_that_the_edge_cuts_off_are_no_doubt():
    form = boxes(*((x, 60, x + 100, 250) for x in (-80, 140, 370)), outline=255)
    found = sort_out(form | mask(SEVEN))
    assert set(found.left_out) == {FRAME}
    assert not found.is_doubtful


@pytest.mark.parametrize(
    "other",
    [
        np.zeros((1, 1), bool),
        boxes((350, 0, 400, 300)),
        boxes((0, 0, 399, 299), outline=255, width=9),
        mask([(390, 0), (390, 290), (0, 290)], width=30),
        boxes((100, 60, 300, 240), outline=255, width=3),
        ellipses((150, 80, 250, 230), (240, 150, 300, 160)),
    ],
    ids=[
        "nothing at all",
        "a desk at one side",
        "the frame of an empty cell",
        "a desk at two sides",
        "an empty box",
        "a smear",
    ],
)
def test_without_a_digit_nothing_is_writing(other):
    assert not sort_out(other).writing.any()


def test_an_upright_rectangle_may_be_a_zero():
    zero = boxes((160, 60, 240, 240), outline=255, width=8)
    assert np.array_equal(sort_out(zero).writing, zero)
