"""Several runs' curves in one figure."""

import json
from dataclasses import replace

import msgspec
import numpy as np
import plotly.graph_objects as go
import pytest

from mnist_cnn.analysis.comparison import MAX_RUNS
from mnist_cnn.analysis.smoothing import smooth
from mnist_cnn.figures.comparison import (
    MAX_NAME_LENGTH,
    Curve,
    is_crowded,
    overlaid,
)
from mnist_cnn.figures.style import COLORS, SYMBOLS
from mnist_cnn.runs.metrics import EpochPoint, Metrics

LARGEST = 60_000


def curve(
    count: int, epochs: int, name: str = "run", steps: int | None = None
) -> Curve:
    rng = np.random.default_rng(count)
    along = np.arange(1, count + 1)
    batches = np.column_stack(
        [along, along, rng.random(count), rng.random(count), along, 0.5 * along]
    )
    size = count // max(epochs, 1)
    points = tuple(
        EpochPoint(n, n * size, 0.5, 0.8, 0.4 / n, 1 - 0.1 / n, 1e-3, 0.5 * n * size, 1)
        for n in range(1, epochs + 1)
    )
    return Curve(name, Metrics(batches, points), size if steps is None else steps)


def draw(*curves: Curve, measure: str = "loss", by_time=False, log=False):
    figure = overlaid(
        curves,
        measure,
        by_time=by_time,
        log=log,
    )
    go.Figure(figure)
    return figure


def test_every_run_has_a_color_and_a_symbol_and_two_kinds_of_line():
    figure = draw(*(curve(100, 2, f"run {n}") for n in range(MAX_RUNS)))
    assert len(set(COLORS)) == len(set(SYMBOLS)) == MAX_RUNS
    for index in range(MAX_RUNS):
        training, validation = figure["data"][2 * index : 2 * index + 2]
        assert training["line"]["dash"] == "dash"
        assert validation["line"]["dash"] == "solid"
        colors = {training["line"]["color"], validation["line"]["color"]}
        assert colors == {COLORS[index]}
        assert validation["marker"]["symbol"] == SYMBOLS[index]
        assert validation["name"] == f"run {index}"


def test_long_names_can_still_be_told_apart():
    name = "Learning rate times a hundred 1, seed {}"
    figure = draw(*(curve(100, 2, name.format(n)) for n in (1, 2)))
    first, second = (each["name"] for each in figure["data"][1::2])
    assert len(first) == MAX_NAME_LENGTH
    assert first.startswith("Learning rate") and first.endswith("1, seed 1")
    assert second.endswith("1, seed 2")


def test_runs_with_other_batch_sizes_share_the_axis_of_epochs(decoded):
    few, many = curve(60, 3), curve(600, 3)
    figure = draw(few, many)
    for training, validation in (figure["data"][:2], figure["data"][2:]):
        assert decoded(training)["x"][-1] == pytest.approx(3)
        assert validation["x"] == [1, 2, 3]
    loss = many.metrics.loss
    last = smooth(loss, np.array([len(loss) - 1]))[-1]
    assert decoded(figure["data"][2])["y"][-1] == pytest.approx(last, rel=1e-4)


def test_along_time_the_axis_is_of_seconds(decoded):
    figure = draw(curve(60, 3), by_time=True)
    assert decoded(figure["data"][0])["x"][-1] == 30
    assert figure["data"][1]["x"] == [10, 20, 30]


def test_epochs_are_known_also_where_the_status_does_not_say_how_long_they_are(decoded):
    training = decoded(draw(curve(60, 3, steps=0))["data"][0])
    assert training["x"][-1] == pytest.approx(3)


@pytest.mark.parametrize("measure", ["loss", "accuracy"])
def test_the_longest_trainings_stay_a_small_message(measure):
    longest = [curve(190_000, 50, "n" * 60) for _ in range(MAX_RUNS)]
    figure = draw(*longest, measure=measure, log=True)
    assert len(json.dumps(figure, separators=(",", ":"), allow_nan=False)) < LARGEST


def test_on_a_logarithmic_scale_an_accuracy_is_drawn_by_its_mistakes():
    figure = draw(curve(60, 2), measure="accuracy", log=True)
    validation = figure["data"][1]
    assert validation["y"] == pytest.approx([0.1, 0.05])
    assert validation["customdata"] == pytest.approx([0.9, 0.95])
    axis = figure["layout"]["yaxis"]
    ticks = dict(zip(axis["ticktext"], axis["tickvals"], strict=True))
    assert axis["autorange"] == "reversed"
    assert ticks["0.99"] == pytest.approx(0.01)
    # Three powers of ten have room for a number every 0.3 of one, not for more.
    assert np.diff(np.log10(axis["tickvals"])).max() < -0.29


def test_what_is_no_number_is_a_gap_and_nothing_measured_is_no_line(decoded):
    metrics = Metrics(np.full((4, 6), np.nan), (EpochPoint(1, 2, *[np.nan] * 7),))
    figure = draw(Curve("x", metrics, 2), curve(0, 0))
    json.dumps(figure, allow_nan=False)
    assert figure["data"][1]["y"] == [None]
    assert len(decoded(figure["data"][2])["x"]) == 0


def test_a_name_is_no_markup_and_no_longer_than_its_place():
    figure = draw(curve(10, 1, "<b>" + "x" * 60))
    name = figure["data"][1]["name"]
    assert name.startswith("&lt;b&gt;x")
    assert len(name) < 40


def test_seeds_of_the_same_settings_have_a_band_from_the_lowest_to_the_highest():
    one, two, other = (curve(60, 3, name) for name in ("one", "two", "other"))
    higher = [
        msgspec.structs.replace(each, val_loss=each.val_loss + 0.5)
        for each in two.metrics.epochs[:2]
    ]
    two = replace(two, metrics=Metrics(two.metrics.batches, higher), seeds_of=0)
    figure = draw(replace(one, seeds_of=0), two, replace(other, seeds_of=1))
    band, *lines = figure["data"]
    assert len(lines) == 6
    assert band["fill"] == "toself"
    assert band["x"] == [1, 2, 2, 1]
    assert band["y"] == pytest.approx([0.4, 0.2, 0.7, 0.9])


def test_accuracies_are_crowded_once_all_of_them_end_near_one():
    high, low = curve(60, 3), curve(60, 1)
    low = replace(
        low,
        metrics=Metrics(
            low.metrics.batches,
            [
                msgspec.structs.replace(each, val_accuracy=0.5)
                for each in low.metrics.epochs
            ],
        ),
    )
    assert is_crowded([high])
    assert not is_crowded([high, low])
    assert not is_crowded([curve(0, 0)])
