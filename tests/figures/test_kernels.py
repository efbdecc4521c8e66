"""Kernels, and how far the weights move, as Plotly figures."""

import json

import numpy as np
import plotly.graph_objects as go
import pytest

from mnist_cnn.figures.kernels import kernels_picture, weight_change_curves
from mnist_cnn.runs.metrics import EpochPoint

RNG = np.random.default_rng(5)


def end_of(epoch: int, **extra) -> EpochPoint:
    return EpochPoint(epoch, 10 * epoch, 0.5, 0.8, 0.4, 0.9, 1e-3, 1.0, 1.0, **extra)


def valid(figure: dict) -> dict:
    go.Figure(figure)
    json.dumps(figure, allow_nan=False)
    return figure


def test_every_kernel_stands_in_its_place_with_a_gap_between():
    kernels = RNG.normal(size=(5, 5, 1, 32))
    picture = valid(kernels_picture(kernels))["data"][0]
    grid = np.array(picture["z"], float)
    assert grid.shape == (4 * 6 - 1, 8 * 6 - 1)
    assert grid[6:11, 12:17] == pytest.approx(kernels[:, :, 0, 10], abs=6e-4)
    assert np.isnan(grid[5]).all()
    assert np.isnan(grid[:, 5]).all()


def test_white_is_a_weight_of_zero_in_every_picture_of_kernels():
    picture = kernels_picture(RNG.normal(3, 1, (3, 3, 1, 4)))["data"][0]
    assert picture["zmin"] == -picture["zmax"]


@pytest.mark.parametrize("filters", [1, 8, 9])
def test_any_number_of_kernels_can_be_shown(filters):
    valid(kernels_picture(np.zeros((3, 3, 1, filters))))


def test_movement_has_a_curve_for_each_layer():
    epochs = [
        end_of(1, moved={"conv_1": 0.5, "output": 0.2}),
        end_of(2),
        end_of(3, moved={"conv_1": 0.1, "output": None}),
    ]
    conv, output = valid(weight_change_curves(epochs))["data"]
    assert (conv["name"], conv["x"], conv["y"]) == ("conv_1", [1, 3], [0.5, 0.1])
    assert output["y"] == [0.2, None]
    assert conv["line"]["dash"] != output["line"]["dash"]
