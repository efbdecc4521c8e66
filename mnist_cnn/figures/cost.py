"""What every run costs and what it reaches, as Plotly figures: a dot a run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mnist_cnn.analysis.comparison import MOST, Facts
from mnist_cnn.analysis.pace import duration_text
from mnist_cnn.figures.comparison import (
    COLORS,
    SYMBOLS,
    layout,
    mistakes,
    mistakes_axis,
    numbers,
    short,
)
from mnist_cnn.figures.curves import GRAY, Figure, escaped

MOST_DOTS = 500

_SECONDS = (1, 10, 60, 600, 3_600, 36_000)


def against_parameters(listed: Sequence[Facts], chosen: Sequence[str]) -> Figure:
    """Test accuracy against the number of parameters; the chosen ids stand out."""
    figure = _dots(listed, chosen, "parameters")
    figure["layout"]["xaxis"] |= {"exponentformat": "SI", "dtick": 1}
    return figure


def against_time(listed: Sequence[Facts], chosen: Sequence[str]) -> Figure:
    """Test accuracy against the seconds of training; the chosen ids stand out."""
    figure = _dots([each for each in listed if each.seconds > 0], chosen, "seconds")
    figure["layout"]["xaxis"] |= {
        "title": {"text": "time trained", "standoff": 6},
        "tickvals": list(_SECONDS),
        "ticktext": [duration_text(seconds) for seconds in _SECONDS],
    }
    return figure


def _dots(listed: Sequence[Facts], chosen: Sequence[str], along: str) -> Figure:
    measured = [each for each in listed if each.accuracy is not None]
    by_id = {each.id: each for each in measured}
    others = [each for each in measured if each.id not in chosen][:MOST_DOTS]
    data = [_dot_trace(others, along, "other runs", GRAY, "circle", 8, 0.6)]
    data += [
        _dot_trace(
            [by_id[run_id]],
            along,
            short(by_id[run_id].name),
            COLORS[place],
            SYMBOLS[place],
            15,
            1.0,
        )
        for place, run_id in enumerate(chosen[:MOST])
        if run_id in by_id
    ]
    drawn = layout(along, "test accuracy")
    drawn["hovermode"] = "closest"
    drawn["xaxis"] |= {"type": "log"}
    drawn["yaxis"] |= mistakes_axis()
    return {"data": [trace for trace in data if trace["x"]], "layout": drawn}


def _dot_trace(
    shown: Sequence[Facts],
    along: str,
    name: str,
    color: str,
    symbol: str,
    size: int,
    opacity: float,
) -> Figure:
    return {
        "type": "scatter",
        "name": name,
        "mode": "markers",
        "x": [getattr(each, along) for each in shown],
        "y": numbers(mistakes(np.array([each.accuracy for each in shown], float))),
        "text": [_hover(each) for each in shown],
        "marker": {
            "color": color,
            "symbol": symbol,
            "size": size,
            "line": {"color": "#ffffff", "width": 1},
        },
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
