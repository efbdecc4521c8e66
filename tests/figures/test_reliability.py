"""The reliability diagram shows what the numbers say."""

import json

import numpy as np

from mnist_cnn.analysis.calibration import calibration
from mnist_cnn.figures.reliability import reliability_figure


def test_the_reliability_diagram_leaves_empty_bins_out_and_counts_the_others():
    row = np.full(10, 0.1 / 9)
    row[1] = 0.9
    measured = calibration(np.stack([row] * 4), np.array([1, 1, 1, 2]))
    figure = reliability_figure(measured)
    json.dumps(figure, allow_nan=False)
    bars = figure["data"][0]
    assert len(bars["x"]) == 1
    assert bars["y"] == [0.75]
    assert bars["text"] == ["4"]
