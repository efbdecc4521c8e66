"""Predictions of each epoch and of the last batch as Plotly figures."""

import base64
import io
import json

import numpy as np
import plotly.graph_objects as go
import pytest
from PIL import Image

from mnist_cnn.figures.epoch_predictions import batch_picture, predictions_by_epoch

RNG = np.random.default_rng(5)


def readings(answers: list[int]) -> np.ndarray:
    table = np.full((len(answers), 10), 0.02)
    table[np.arange(len(answers)), answers] = 0.82
    return table


def valid(figure: dict) -> dict:
    go.Figure(figure)
    json.dumps(figure, allow_nan=False)
    return figure


def test_the_predictions_of_each_epoch_stand_in_a_row_with_the_wrong_ones_framed():
    untrained = readings([0, 1, 2, 5, 4, 5, 6, 7, 8, 9])
    figure = valid(predictions_by_epoch({0: untrained, 1: readings(list(range(10)))}))
    picture, wrong, said = figure["data"]
    assert picture["y"] == [1, 2]
    assert figure["layout"]["yaxis"]["ticktext"] == ["0", "1"]
    assert said["text"] == list("01254567890123456789")
    assert set(said["textfont"]["color"]) == {"#000000"}  # 82 %: 6.5:1 on its blue
    assert picture["customdata"][0][3].startswith("5: 82.0%")
    assert wrong["x"][:5] == pytest.approx([2.58, 3.42, 3.42, 2.58, 2.58])
    assert wrong["y"][:5] == pytest.approx([0.58, 0.58, 1.42, 1.42, 0.58])


def test_ones_own_drawing_is_the_eleventh_and_never_wrong():
    read = {1: readings([*range(10), 3])}
    images = RNG.integers(0, 255, (11, 28, 28)).astype(np.uint8)
    figure = valid(predictions_by_epoch(read, images))
    assert figure["layout"]["xaxis"]["ticktext"][-1] == "yours"
    # Beside the drawing, not below the epochs that are still to come.
    assert figure["layout"]["xaxis"]["side"] == "top"
    # Without one the room above is the rows'.
    without = valid(predictions_by_epoch({1: read[1][:10]}, images[:10]))
    tops = [each["layout"]["margin"]["t"] for each in (figure, without)]
    assert tops == [22, 4]
    assert figure["data"][1]["x"] == []
    source = figure["layout"]["images"][10]["source"]
    png = base64.b64decode(source.removeprefix("data:image/png;base64,"))
    assert np.array_equal(np.array(Image.open(io.BytesIO(png))), images[10])


def test_without_readings_there_is_no_row():
    assert valid(predictions_by_epoch({}))["data"][0]["y"] == []


def test_the_batch_shows_its_hardest_digits_first_with_answer_and_loss():
    losses = np.array([0.1, 4.0, 0.5])
    labels = np.array([1, 2, 3])
    probabilities = np.array(readings([1, 7, 3]))
    figure = valid(
        batch_picture(RNG.random((3, 28, 28)), labels, probabilities, losses)
    )
    assert figure["data"][0]["text"] == ["<b>7 ✗</b> · 4", "3 · 0.5", "1 · 0.1"]
    assert figure["data"][0]["hovertext"][0].startswith("a 2: 7: 82.0%")
    assert len(figure["layout"]["images"]) == 3


def test_a_large_batch_is_a_small_message():
    probabilities = RNG.dirichlet(np.ones(10), 1024)
    pixels = RNG.random((1024, 28, 28))
    figure = batch_picture(
        pixels, RNG.integers(0, 10, 1024), probabilities, pixels[:, 0, 0]
    )
    assert len(figure["layout"]["images"]) == 24
    assert len(json.dumps(figure)) < 60_000
