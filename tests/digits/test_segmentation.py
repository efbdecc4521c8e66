"""Which ink belongs to which digit."""

import numpy as np
from PIL import Image, ImageDraw

from mnist_cnn.digits import preprocessing, segmentation


def drawn(*strokes: list[tuple[int, int]], size=(400, 200), width=14) -> np.ndarray:
    image = Image.new("L", size, 0)
    pen = ImageDraw.Draw(image)
    for stroke in strokes:
        pen.line(stroke, fill=255, width=width, joint="curve")
    return np.asarray(image)


def seven(left: int) -> list[tuple[int, int]]:
    return [(left, 40), (left + 60, 40), (left + 25, 160)]


def five(left: int) -> list[list[tuple[int, int]]]:
    """A body, and a bar that does not touch it."""
    body = [(left, 62), (left, 95), (left + 45, 100), (left + 50, 140), (left, 160)]
    return [body, [(left + 2, 38), (left + 60, 36)]]


def test_nothing_drawn_gives_no_digits():
    assert segmentation.split(np.zeros((200, 400), np.uint8)) == ()


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
    pixels = preprocessing.prepare(together.picture).pixels
    assert np.abs(pixels - alone.pixels).max() < 0.2


def test_boxes_are_in_pixels_of_the_picture_given_also_when_it_is_large():
    picture = Image.fromarray(drawn(seven(40), seven(220))).resize((2000, 1000))
    groups = segmentation.split(picture)
    assert len(groups) == 2
    assert abs(groups[1].box[0] - 5 * 215) < 40


def test_noise_gives_a_bounded_number_of_groups():
    noise = np.random.default_rng(0).integers(0, 256, (300, 300)).astype(np.uint8)
    assert len(segmentation.split(noise)) <= segmentation.MAX_DIGITS
