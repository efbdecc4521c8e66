"""A dot a run: what it costs, what it reaches."""

import json
from dataclasses import replace

import plotly.graph_objects as go
import pytest

from mnist_cnn.analysis.comparison import Facts
from mnist_cnn.figures.cost import (
    MAX_DOTS,
    against_parameters,
    against_time,
)

RUN = Facts("a" * 16, "one", False, "seed", "", 1000, 0.99, 0.03, 60.0, 200, "done")


def several(count: int) -> list[Facts]:
    return [replace(RUN, id=f"{n:016}", name=f"run {n}") for n in range(count)]


@pytest.mark.parametrize("draw", [against_parameters, against_time])
def test_the_chosen_ones_stand_out_and_nothing_is_drawn_twice(draw):
    listed = several(5)
    figure = draw(listed, [listed[3].id, "gone" * 4, listed[1].id])
    go.Figure(figure)
    others, first, second = figure["data"]
    assert len(others["x"]) == 3
    assert (first["name"], second["name"]) == ("run 3", "run 1")
    assert first["marker"]["size"] > others["marker"]["size"]
    assert first["marker"]["color"] != second["marker"]["color"]


def test_a_dot_lies_at_what_was_measured_and_says_it():
    data = against_parameters([replace(RUN, name="<i>")], [])["data"][0]
    assert data["x"] == [1000]
    assert data["y"] == pytest.approx([0.01])
    assert data["customdata"] == [["&lt;i&gt;", "seed", 0.99, 200, 1000, "1 min"]]
    assert against_time([RUN], [])["data"][0]["x"] == [60.0]


def test_a_run_without_a_result_or_a_time_has_no_place():
    assert against_parameters([replace(RUN, accuracy=None)], [RUN.id])["data"] == []
    assert against_time([replace(RUN, seconds=0.0)], [RUN.id])["data"] == []


def test_without_a_mistake_it_is_at_the_top_and_with_nothing_right_at_the_bottom():
    best, worst = several(2)
    listed = [replace(best, accuracy=1.0), replace(worst, accuracy=0.0)]
    assert against_parameters(listed, [])["data"][0]["y"] == [0.001, 1.0]


def test_a_thousand_runs_stay_a_message_that_a_phone_can_take():
    listed = several(1000)
    figure = against_time(listed, [listed[-1].id])
    assert len(figure["data"][0]["x"]) == MAX_DOTS
    assert figure["data"][1]["name"] == "run 999"
    assert len(json.dumps(figure)) < 150_000


def test_there_is_a_tick_however_close_together_the_runs_are():
    figure = against_time([replace(RUN, seconds=13.0, accuracy=0.961)], [])
    for name in ("xaxis", "yaxis"):
        axis = figure["layout"][name]
        low, high = sorted(10**end for end in axis["range"])
        assert any(low < tick < high for tick in axis["tickvals"])


@pytest.mark.parametrize("parameters", [1, 3_156_098, 999])
def test_a_single_run_has_a_tick_beside_it(parameters):
    figure = against_parameters([replace(RUN, parameters=parameters)], [])
    axis = figure["layout"]["xaxis"]
    low, high = (10**end for end in axis["range"])
    ticks = dict(zip(axis["tickvals"], axis["ticktext"], strict=True))
    assert any(low <= tick <= high for tick in ticks)
    assert (ticks[5], ticks[20_000], ticks[2_000_000]) == ("5", "20k", "2M")
