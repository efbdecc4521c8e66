"""The confusion matrix shows what the numbers say."""

import json

import numpy as np
import pytest

from mnist_cnn.figures.confusion_matrix import confusion_figure


@pytest.fixture
def matrix() -> np.ndarray:
    matrix = np.diag(np.full(10, 100))
    matrix[4, 9] = 7
    matrix[7, 2] = 1
    return matrix


def told(figure: dict) -> dict[tuple[int, int], str]:
    """The number in each cell, by true and predicted digit."""
    return {
        (true, predicted): text
        for numbers in figure["data"][1:]
        for true, predicted, text in zip(
            numbers["y"], numbers["x"], numbers["text"], strict=True
        )
    }


def test_a_cell_shows_its_count_and_an_empty_one_nothing(matrix):
    numbers = told(confusion_figure(matrix))
    assert numbers[4, 9] == "7"
    assert numbers[4, 4] == "100"
    assert (4, 0) not in numbers


def test_fractions_are_percent_of_the_true_digit(matrix):
    numbers = told(confusion_figure(matrix, as_fractions=True))
    assert numbers[4, 9] == f"{100 * 7 / 107:.1f}"
    assert numbers[0, 0] == "100"


def test_one_mistake_among_many_right_answers_has_a_color_of_its_own(matrix):
    z = np.array(confusion_figure(matrix)["data"][0]["z"], float)
    assert np.isnan(z[0, 1])
    assert 0 < z[7, 2] < z[4, 9] <= 0.5
    assert np.diag(z).min() > 0.5


def test_the_rows_run_from_top_to_bottom_and_the_frame_is_around_the_chosen_cell(
    matrix,
):
    layout = confusion_figure(matrix, chosen=(4, 9))["layout"]
    top, bottom = layout["yaxis"]["range"][1], layout["yaxis"]["range"][0]
    assert top < bottom
    frame = layout["shapes"][-1]
    assert (frame["x0"] + frame["x1"]) / 2 == 9
    assert (frame["y0"] + frame["y1"]) / 2 == 4


def test_a_cell_tells_its_images_and_their_fraction_of_the_true_digit(matrix):
    cells = confusion_figure(matrix)["data"][0]
    assert cells["customdata"][4][9] == [7, pytest.approx(7 / 107, abs=1e-5)]


@pytest.mark.parametrize("empty", [True, False])
def test_every_matrix_can_be_sent_as_json(matrix, empty):
    shown = np.zeros((10, 10), int) if empty else matrix
    for as_fractions in (True, False):
        json.dumps(confusion_figure(shown, as_fractions=as_fractions), allow_nan=False)
