"""What every run costs and what it reaches, as Plotly figures: a dot a run."""

from __future__ import annotations

from collections.abc import Sequence

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
from mnist_cnn.locale.message import Translate

MAX_DOTS = 500

# Plotly's own would be small digits without their power of ten.
_PARAMETERS = tuple(step * 10**power for power in range(9) for step in (1, 2, 5))
_SECONDS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 3_600, 7_200, 18_000, 36_000)


def against_parameters(
    listed: Sequence[Facts], chosen: Sequence[str], _: Translate = str
) -> Figure:
    """Test accuracy against the number of parameters; the chosen ids stand out."""
    xaxis = axis(
        _("parameters"),
        type="log",
        tickvals=list(_PARAMETERS),
        ticktext=[_in_short(count) for count in _PARAMETERS],
    )
    return _dots(listed, chosen, "parameters", xaxis, _)


def against_time(
    listed: Sequence[Facts], chosen: Sequence[str], _: Translate = str
) -> Figure:
    """Test accuracy against the seconds of training; the chosen ids stand out."""
    xaxis = axis(
        _("time trained"),
        type="log",
        tickvals=list(_SECONDS),
        ticktext=[_(duration_text(seconds)) for seconds in _SECONDS],
    )
    timed = [each for each in listed if each.seconds > 0]
    return _dots(timed, chosen, "seconds", xaxis, _)


def _in_short(count: int) -> str:
    """5, 20k or 3M."""
    for size, unit in ((10**6, "M"), (10**3, "k")):
        if count >= size:
            return f"{count // size}{unit}"
    return f"{count}"


def _dots(
    listed: Sequence[Facts],
    chosen: Sequence[str],
    along: str,
    xaxis: Figure,
    _: Translate,
) -> Figure:
    by_id = {each.id: each for each in listed if each.accuracy is not None}
    others = [each for each in by_id.values() if each.id not in chosen][:MAX_DOTS]
    data = [_trace(others, along, _("other runs"), marker(GRAY, "circle", 8), _, 0.6)]
    data += [
        _trace([run], along, short(run.name), marker(color, symbol, 15), _, 1.0)
        for run_id, color, symbol in zip(
            chosen[:MAX_RUNS], COLORS, SYMBOLS, strict=False
        )
        if (run := by_id.get(run_id))
    ]
    data = [trace for trace in data if trace["x"]]
    # With room around the dots there are ticks, however close together these are.
    xaxis |= {"range": padded([x for trace in data for x in trace["x"]])}
    heights = padded([y for trace in data for y in trace["y"]])
    yaxis = axis(_("test accuracy")) | mistakes_axis()
    if heights:
        yaxis |= {"autorange": False, "range": heights[::-1]}
    return {"data": data, "layout": layout(xaxis, yaxis, hovermode="closest")}


def _trace(
    shown: Sequence[Facts],
    along: str,
    name: str,
    marker: Figure,
    _: Translate,
    opacity: float,
) -> Figure:
    return {
        "type": "scatter",
        "name": name,
        "mode": "markers",
        "x": [getattr(each, along) for each in shown],
        "y": numbers(mistakes(np.array([each.accuracy for each in shown], float))),
        "customdata": [_told(each, _) for each in shown],
        "marker": marker,
        "opacity": opacity,
        "hovertemplate": _(
            "<b>%{customdata[0]}</b><br>%{customdata[1]}<br>accuracy %{customdata[2]} "
            "on %{customdata[3]:,} test digits<br>%{customdata[4]:,} parameters<br>"
            "%{customdata[5]} of training<extra></extra>"
        ),
    }


def _told(each: Facts, _: Translate) -> list[str | int | float]:
    return [
        escaped(each.name),
        escaped(each.preset),
        round(each.accuracy, 4),
        each.tests,
        each.parameters,
        _(duration_text(each.seconds)),
    ]
