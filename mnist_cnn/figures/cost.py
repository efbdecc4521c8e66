"""What every run costs and what it reaches, as Plotly figures: a dot a run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mnist_cnn.analysis.comparison import MAX_RUNS, Facts
from mnist_cnn.analysis.pace import duration_text
from mnist_cnn.figures.comparison import mistakes, mistakes_axis, short
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

_SECONDS = (1, 10, 60, 600, 3_600, 36_000)


def against_parameters(listed: Sequence[Facts], chosen: Sequence[str]) -> Figure:
    """Test accuracy against the number of parameters; the chosen ids stand out."""
    xaxis = axis("parameters", type="log", exponentformat="SI", dtick=1)
    return _dots(listed, chosen, "parameters", xaxis)


def against_time(listed: Sequence[Facts], chosen: Sequence[str]) -> Figure:
    """Test accuracy against the seconds of training; the chosen ids stand out."""
    xaxis = axis(
        "time trained",
        type="log",
        tickvals=list(_SECONDS),
        ticktext=[duration_text(seconds) for seconds in _SECONDS],
    )
    timed = [each for each in listed if each.seconds > 0]
    return _dots(timed, chosen, "seconds", xaxis)


def _dots(
    listed: Sequence[Facts], chosen: Sequence[str], along: str, xaxis: Figure
) -> Figure:
    by_id = {each.id: each for each in listed if each.accuracy is not None}
    others = [each for each in by_id.values() if each.id not in chosen][:MAX_DOTS]
    data = [_trace(others, along, "other runs", marker(GRAY, "circle", 8), opacity=0.6)]
    data += [
        _trace([run], along, short(run.name), marker(color, symbol, 15), opacity=1.0)
        for run_id, color, symbol in zip(
            chosen[:MAX_RUNS], COLORS, SYMBOLS, strict=False
        )
        if (run := by_id.get(run_id))
    ]
    yaxis = axis("test accuracy") | mistakes_axis()
    return {
        "data": [trace for trace in data if trace["x"]],
        "layout": layout(xaxis, yaxis, hovermode="closest"),
    }


def _trace(
    shown: Sequence[Facts], along: str, name: str, marker: Figure, *, opacity: float
) -> Figure:
    return {
        "type": "scatter",
        "name": name,
        "mode": "markers",
        "x": [getattr(each, along) for each in shown],
        "y": numbers(mistakes(np.array([each.accuracy for each in shown], float))),
        "text": [_hover(each) for each in shown],
        "marker": marker,
        "opacity": opacity,
        "hovertemplate": "%{text}<extra></extra>",
    }


def _hover(each: Facts) -> str:
    lines = [
        f"<b>{escaped(each.name)}</b>",
        escaped(each.preset),
        f"accuracy {each.accuracy:.4f} on {each.tests:,} test digits",
        f"{each.parameters:,} parameters",
        f"{duration_text(each.seconds)} of training",
    ]
    return "<br>".join(line for line in lines if line)
