"""What a browser sends as the chosen part of a picture is a part, or nothing."""

import pytest

from mnist_cnn.ui.components.box_chooser import Part, part_of


def test_a_box_and_a_turn_are_a_part():
    sent = {"turns": 1, "box": [0.1, 0.2, 0.5, 1.4]}
    assert part_of(sent) == Part(1, (0.1, 0.2, 0.5, 1.0))
    assert part_of({"turns": 3, "box": None}) == Part(3)


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        {"turns": 4, "box": None},
        {"turns": "1"},
        {"turns": 0, "box": [0, 0, 1]},
        {"turns": 0, "box": [0, 0, float("nan"), 1]},
        {"turns": 0, "box": [0, 0, "1", 1]},
        {"turns": 0, "box": [0, 0, 10**400, 1]},
        {"turns": 0, "box": [0.5, 0.5, 0.5, 0.9]},
    ],
)
def test_anything_else_is_no_part(sent):
    assert part_of(sent) is None
