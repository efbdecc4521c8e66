"""Which ink belongs to which digit."""

import numpy as np
from PIL import Image, ImageDraw

from mnist_cnn.digits import preprocessing, segmentation
from mnist_cnn.digits.drawing import Ink


def drawn(*strokes: list[tuple[int, int]], size=(400, 200), width=14) -> np.ndarray:
    image = Image.new("L", size, 0)
    pen = ImageDraw.Draw(image)
    for stroke in strokes:
        pen.line(stroke, fill=255, width=width, joint="curve")
    return np.asarray(image, np.float32) / 255


def seven(left: int) -> list[tuple[int, int]]:
    return [(left, 40), (left + 60, 40), (left + 25, 160)]


def five(left: int) -> list[list[tuple[int, int]]]:
    """A body, and a bar that does not touch it."""
    body = [(left, 62), (left, 95), (left + 45, 100), (left + 50, 140), (left, 160)]
    return [body, [(left + 2, 38), (left + 60, 36)]]


def test_nothing_drawn_gives_no_digits():
    assert segmentation.split(np.zeros((200, 400), np.float32)) == ()


def test_digits_come_left_to_right_with_their_boxes():
    groups = segmentation.split(drawn(seven(300), seven(40), seven(170)))
    assert [round(group.box[0], -1) for group in groups] == [40, 170, 300]
    assert all(group.box[3] - group.box[1] > 110 for group in groups)


def test_a_fives_bar_stays_with_its_five():
    groups = segmentation.split(drawn(*five(60), seven(220)))
    assert len(groups) == 2
    assert groups[0].box[1] < 40
    assert groups[0].box[3] > 150


def test_a_digit_among_others_is_prepared_like_one_alone():
    together = segmentation.split(drawn(seven(40), *five(170)))[0]
    alone = preprocessing.prepare(drawn(seven(40)))
    pixels = preprocessing.prepare_ink(Ink(together.ink, "")).pixels
    assert np.abs(pixels - alone.pixels).max() < 0.2


def test_rows_are_read_from_top_to_bottom():
    two_rows = np.vstack([drawn(seven(40), *five(170)), drawn(*five(30), seven(180))])
    groups = segmentation.split(two_rows)
    assert [group.row for group in groups] == [0, 0, 1, 1]
    assert [round(group.box[0], -1) for group in groups] == [40, 160, 20, 180]


def test_a_column_is_no_single_digit():
    column = np.vstack([drawn(seven(40), size=(150, 200))[25:175]] * 3)
    assert [group.row for group in segmentation.split(column)] == [0, 1, 2]


def test_a_row_that_climbs_is_one_row():
    climbing = [
        [(x, y - x // 4 + 60) for x, y in seven(left)] for left in (20, 150, 290)
    ]
    groups = segmentation.split(drawn(*climbing, size=(400, 240)))
    assert [group.row for group in groups] == [0, 0, 0]


def test_noise_gives_a_bounded_number_of_groups():
    noise = np.random.default_rng(0).random((300, 300), np.float32)
    assert len(segmentation.split(noise)) <= segmentation.MAX_DIGITS


def test_a_speck_is_no_digit():
    assert segmentation.split(np.pad(np.ones((1, 2), np.float32), 20)) == ()
