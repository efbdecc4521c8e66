"""How a network's answer follows a change of the drawing, as a Plotly figure."""

from __future__ import annotations

import numpy as np

from mnist_cnn.analysis.what_if import Curve
from mnist_cnn.figures.curves import BLUE, GRAY, GREEN, VERMILLION, Figure

RIVALS = ((VERMILLION, "dash"), (GREEN, "dot"))


def what_if_curve(curve: Curve, title: str, now: float) -> Figure:
    """The answer's probability over the change, and that of its two nearest rivals.

    Args:
        title: of the axis, with its unit.
        now: where the slider stands, marked by a line.

    The shaded part is where the network stays with its answer.
    """
    strongest = curve.probabilities.max(axis=0)
    strongest[curve.digit] = -1
    rivals = np.argsort(-strongest)[: len(RIVALS)]
    traces = [_line(curve, curve.digit, BLUE, "solid", 3)]
    traces += [
        _line(curve, int(digit), color, dash, 2)
        for digit, (color, dash) in zip(rivals, RIVALS, strict=True)
    ]
    low, high = curve.holds
    return {
        "data": traces,
        "layout": {
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 48, "r": 10, "t": 8, "b": 44},
            "hovermode": "x unified",
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
            "xaxis": {
                "title": {"text": title, "standoff": 6},
                "range": [float(curve.values[0]), float(curve.values[-1])],
                "fixedrange": True,
            },
            "yaxis": {"range": [0, 1.03], "tickformat": ".0%", "fixedrange": True},
            "shapes": [
                {
                    "type": "rect",
                    "yref": "paper",
                    **{"x0": low, "x1": high, "y0": 0, "y1": 1},
                    "fillcolor": BLUE,
                    "opacity": 0.12,
                    "line": {"width": 0},
                    "layer": "below",
                },
                {
                    "type": "line",
                    "yref": "paper",
                    **{"x0": now, "x1": now, "y0": 0, "y1": 1},
                    "line": {"color": GRAY, "width": 2, "dash": "dash"},
                },
            ],
            "uirevision": curve.name,
        },
    }


def _line(curve: Curve, digit: int, color: str, dash: str, width: int) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": str(digit),
        "x": [float(value) for value in curve.values],
        "y": [round(float(p), 4) for p in curve.probabilities[:, digit]],
        "line": {"color": color, "dash": dash, "width": width},
        "hovertemplate": "%{y:.1%}",
    }
