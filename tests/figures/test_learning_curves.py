"""Metrics in, Plotly figures out."""

import json
import re

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_cnn.analysis.smoothing import smooth
from mnist_cnn.figures import learning_curves as curves
from mnist_cnn.figures import style
from mnist_cnn.runs.metrics import EpochPoint, Mark, Metrics
from mnist_cnn.runs.schema import Resumed

LONGEST = 190_000
ALL = (
    curves.loss_curve,
    curves.accuracy_curve,
    curves.learning_rate_curve,
    curves.epoch_curves,
)


def measured(count: int, epochs: int = 0, marks: tuple[Mark, ...] = ()) -> Metrics:
    rng = np.random.default_rng(count)
    steps = np.arange(1, count + 1)
    loss = 2.3 * np.exp(-steps / max(count / 5, 1)) + rng.random(count) / 3
    batches = np.column_stack(
        [steps, np.ones(count), loss, rng.random(count), 1e-3 * steps, 0.1 * steps]
    )
    points = tuple(
        EpochPoint(
            number + 1, (number + 1) * count // epochs, 0.5, 0.8, 0.4, 0.9, 1e-3, 1, 1
        )
        for number in range(epochs)
    )
    return Metrics(batches, points, marks)


@pytest.fixture
def trace(decoded):
    """Finds a figure's trace by its name."""

    def find(figure: style.Figure, name: str) -> dict:
        return decoded(next(each for each in figure["data"] if each["name"] == name))

    return find


def test_the_smoothed_line_is_the_debiased_exponential_moving_average():
    values = np.random.default_rng(1).random(700)
    average, expected = 0.0, []
    for count, value in enumerate(values, 1):
        average = 0.9 * average + 0.1 * value
        expected.append(average / (1 - 0.9**count))
    assert smooth(values, np.arange(700)) == pytest.approx(expected, rel=1e-12)


@given(st.floats(-100, 100), st.integers(1, 400))
def test_a_constant_stays_the_same_when_smoothed(value, count):
    assert smooth(np.full(count, value), np.arange(count)) == pytest.approx(value)


def test_values_that_are_no_numbers_are_left_out_of_the_smoothed_line():
    values = np.array([1.0, np.nan, 1.0, np.inf, 1.0])
    assert smooth(values, np.arange(5)) == pytest.approx(1.0)
    assert np.isnan(smooth(np.array([np.nan]), np.array([0]))).all()


@pytest.mark.parametrize("draw", [curves.loss_curve, curves.accuracy_curve])
@pytest.mark.parametrize("count", [1, 2, 3, 59, 401, 469, 1023, 20_000, LONGEST])
def test_every_curve_ends_in_exactly_the_last_measured_point(trace, draw, count):
    metrics = measured(count)
    batch = trace(draw(metrics), "batch")
    last = metrics.loss if draw is curves.loss_curve else metrics.accuracy
    assert (batch["x"][-1], batch["y"][-1]) == (count, np.float32(last[-1]))
    assert batch["x"][0] == 1
    assert trace(draw(metrics), "smoothed")["x"][-1] == count
    assert (np.diff(batch["x"]) > 0).all()


def test_thinning_keeps_the_highest_and_the_lowest_batch(trace):
    metrics = measured(LONGEST)
    metrics.batches[123_456, 2] = 77.0
    metrics.batches[150_001, 2] = -1.0
    batch = trace(curves.loss_curve(metrics), "batch")
    drawn = dict(zip(batch["x"], batch["y"], strict=True))
    assert drawn[123_457] == 77.0
    assert drawn[150_002] == -1.0


def test_thinned_points_are_measured_points(trace):
    metrics = measured(5000)
    batch = trace(curves.loss_curve(metrics), "batch")
    for step, value in zip(batch["x"], batch["y"], strict=True):
        assert value == np.float32(metrics.loss[step - 1])


def test_a_short_run_is_drawn_batch_for_batch(trace):
    batch = trace(curves.loss_curve(measured(300)), "batch")
    assert batch["x"].tolist() == list(range(1, 301))


def test_what_is_drawn_already_stays_while_a_run_grows(trace):
    metrics = measured(30_000)
    earlier = trace(curves.loss_curve(Metrics(metrics.batches[:29_000])), "batch")
    later = trace(curves.loss_curve(metrics), "batch")
    settled = [step for step in earlier["x"] if step < 28_900]
    assert settled == [step for step in later["x"] if step < 28_900]


def test_all_curves_of_the_longest_run_together_are_a_small_message():
    reason = "A reason of sixty letters, the longest that a mark can show."
    marks = tuple(Mark(step, "batch", reason=reason) for step in range(1, LONGEST, 50))
    metrics = measured(LONGEST, epochs=50, marks=marks)
    sizes = [len(json.dumps(draw(metrics), separators=(",", ":"))) for draw in ALL]
    assert sum(sizes) < 50_000
    assert all(size > 1_000 for size in sizes)


def test_a_long_run_is_hardly_a_larger_message_than_a_short_one():
    def size(metrics: Metrics) -> int:
        return sum(len(json.dumps(draw(metrics))) for draw in ALL)

    assert size(measured(LONGEST, epochs=1)) < 1.1 * size(measured(938, epochs=1))


@pytest.mark.parametrize("draw", ALL)
@pytest.mark.parametrize("count", [0, 1, 500])
def test_every_figure_is_valid_plotly_and_valid_json(draw, count):
    metrics = measured(count, epochs=min(count, 3), marks=(Mark(1, "pause"),))
    figure = draw(metrics)
    go.Figure(figure)
    json.dumps(figure, allow_nan=False)
    assert figure["layout"]["uirevision"]


@pytest.mark.parametrize("draw", ALL)
def test_a_loss_that_is_no_number_leaves_a_gap(trace, draw):
    metrics = measured(10, epochs=2)
    metrics.batches[5:, 2:4] = np.nan
    metrics.batches[4, 2] = np.inf
    json.dumps(draw(metrics), allow_nan=False)
    batch = trace(curves.loss_curve(metrics), "batch")
    assert np.isfinite(batch["y"][:4]).all()
    assert np.isnan(batch["y"][4:]).all()


def test_epoch_markers_stand_at_the_batch_that_ended_the_epoch(trace):
    figure = curves.loss_curve(measured(300, epochs=3))
    for name, value in (("training", 0.5), ("validation", 0.4)):
        marker = trace(figure, name)
        assert marker["x"] == [100, 200, 300]
        assert marker["y"] == [value] * 3


def test_several_seeds_are_a_band_from_the_lowest_to_the_highest():
    one, other = measured(300, epochs=3), measured(300, epochs=2)
    better = [EpochPoint(1, 100, val_accuracy=0.95), EpochPoint(2, 200)]
    other = Metrics(other.batches, tuple(better))
    low, high = curves.accuracy_curve(one, [other])["data"][4:6]
    assert (low["x"], low["y"]) == ([100], [0.9])
    assert high["y"] == [0.95]
    assert (high["name"], high["fill"]) == ("seeds: 2", "tonexty")
    assert len(curves.accuracy_curve(one)["data"]) == 4


def test_the_axes_of_a_run_that_waits_are_those_of_a_run():
    nothing = Metrics(np.empty((0, 6)))
    layouts = [draw(nothing)["layout"] for draw in ALL[:2]]
    assert [each["yaxis"]["range"] for each in layouts] == [[0, 2.5], [0, 1]]
    assert all(each["xaxis"]["range"] == [0, 100] for each in layouts)


def test_a_mark_is_a_line_with_its_reason(trace):
    for mark, told in (
        (Mark(50, "learning_rate", 0.01), "Learning rate set to 0.01"),
        # As an earlier version of the lab wrote it.
        (Mark(50, "pause", reason="Paused <by hand>"), "Paused &lt;by hand&gt;"),
        (Mark(50, "pause", 3, reason="{0} {x!r}"), "{0} {x!r}"),
        (Resumed(50, "resumed", 3, epoch=3), "Resumed after epoch 3"),
        (Mark(50, "sung"), "sung"),
    ):
        line = trace(curves.loss_curve(measured(100, marks=(mark,))), "steering")
        assert line["x"] == [50, 50, None]
        assert line["text"][1] == told


def test_marks_too_close_to_tell_apart_become_one_that_lists_them(trace):
    marks = tuple(Mark(step, "batch", reason=f"Batch {step}") for step in range(1, 601))
    line = trace(curves.loss_curve(measured(600, marks=marks)), "steering")
    steps = line["x"][::3]
    assert len(steps) == curves.MAX_MARKS
    assert steps[-1] == 600
    assert line["text"][-2] == "18 more<br>Batch 599<br>Batch 600"


def test_the_lectures_picture_has_its_four_curves_by_epoch():
    figure = curves.epoch_curves(measured(300, epochs=3))
    assert [each["name"] for each in figure["data"]] == [
        "loss",
        "val_loss",
        "accuracy",
        "val_accuracy",
    ]
    assert all(each["x"] == [1, 2, 3] for each in figure["data"])
    assert figure["data"][3]["y"] == [0.9] * 3


def test_before_the_first_batch_the_axis_of_accuracies_ends_at_1():
    assert curves.accuracy_curve(measured(0))["layout"]["yaxis"]["range"] == [0, 1]
    assert "range" not in curves.accuracy_curve(measured(1))["layout"]["yaxis"]


def test_the_zoom_starts_anew_when_the_axis_becomes_logarithmic():
    linear = curves.loss_curve(measured(10))["layout"]["yaxis"]
    logarithmic = curves.loss_curve(measured(10), log=True)["layout"]["yaxis"]
    assert logarithmic["type"] == "log"
    assert linear["uirevision"] != logarithmic["uirevision"]


def _luminance(color: str) -> float:
    channels = [int(part, 16) / 255 for part in re.findall("..", color[1:])]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("background", ["#ffffff", "#0e1117"])
@pytest.mark.parametrize("color", [style.BLUE, style.VERMILLION, style.GREEN])
def test_lines_stand_out_on_light_and_dark(color, background):
    # 3 to 1 is what WCAG 2.2 asks of graphics (success criterion 1.4.11).
    low, high = sorted((_luminance(color), _luminance(background)))
    assert (high + 0.05) / (low + 0.05) >= 3
