"""What every run costs and what it reaches, as Plotly figures: a dot a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mnist_cnn.analysis.comparison import MAX_RUNS, Facts
from mnist_cnn.analysis.pace import duration_text
from mnist_cnn.figures.comparison import mistakes, mistakes_axis, padded, short
from mnist_cnn.figures.style import (
    COLORS,
    GRAY,
    SYMBOLS,
    Figure,
    axis,
    escaped,
    layout,
    marker,
    numbers,
)

MAX_DOTS = 500

_SECONDS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 3_600, 7_200, 18_000, 36_000)


@dataclass(frozen=True)
class CostWords:
    """What the figures say: titles of the axes, and the two texts of their dots.

    Attributes:
        along, accuracy: titles of the axes.
        others: name of the runs that are not chosen.
        hover: of a dot: Plotly's template with %{customdata[0]} (name), [1] (preset),
            [2] (accuracy), [3] (test digits), [4] (parameters) and [5] (time).
    """

    along: str
    accuracy: str
    others: str
    hover: str


def against_parameters(
    listed: Sequence[Facts], chosen: Sequence[str], words: CostWords
) -> Figure:
    """Test accuracy against the number of parameters; the chosen ids stand out."""
    xaxis = axis(words.along, type="log", exponentformat="SI", dtick="D2")
    return _dots(listed, chosen, "parameters", xaxis, words)


def against_time(
    listed: Sequence[Facts], chosen: Sequence[str], words: CostWords
) -> Figure:
    """Test accuracy against the seconds of training; the chosen ids stand out."""
    xaxis = axis(
        words.along,
        type="log",
        tickvals=list(_SECONDS),
        ticktext=[duration_text(seconds) for seconds in _SECONDS],
    )
    timed = [each for each in listed if each.seconds > 0]
    return _dots(timed, chosen, "seconds", xaxis, words)


def _dots(
    listed: Sequence[Facts],
    chosen: Sequence[str],
    along: str,
    xaxis: Figure,
    words: CostWords,
) -> Figure:
    by_id = {each.id: each for each in listed if each.accuracy is not None}
    others = [each for each in by_id.values() if each.id not in chosen][:MAX_DOTS]
    data = [_trace(others, along, words.others, marker(GRAY, "circle", 8), words, 0.6)]
    data += [
        _trace([run], along, short(run.name), marker(color, symbol, 15), words, 1.0)
        for run_id, color, symbol in zip(
            chosen[:MAX_RUNS], COLORS, SYMBOLS, strict=False
        )
        if (run := by_id.get(run_id))
    ]
    data = [trace for trace in data if trace["x"]]
    # With room around the dots there are ticks, however close together these are.
    xaxis |= {"range": padded([x for trace in data for x in trace["x"]])}
    heights = padded([y for trace in data for y in trace["y"]])
    yaxis = axis(words.accuracy) | mistakes_axis()
    if heights:
        yaxis |= {"autorange": False, "range": heights[::-1]}
    return {"data": data, "layout": layout(xaxis, yaxis, hovermode="closest")}


def _trace(
    shown: Sequence[Facts],
    along: str,
    name: str,
    marker: Figure,
    words: CostWords,
    opacity: float,
) -> Figure:
    return {
        "type": "scatter",
        "name": name,
        "mode": "markers",
        "x": [getattr(each, along) for each in shown],
        "y": numbers(mistakes(np.array([each.accuracy for each in shown], float))),
        "customdata": [_told(each) for each in shown],
        "marker": marker,
        "opacity": opacity,
        "hovertemplate": f"{words.hover}<extra></extra>",
    }


def _told(each: Facts) -> list[str | int | float]:
    return [
        escaped(each.name),
        escaped(each.preset),
        round(each.accuracy, 4),
        each.tests,
        each.parameters,
        duration_text(each.seconds),
    ]
