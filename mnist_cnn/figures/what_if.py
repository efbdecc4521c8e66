"""How a network's answer follows a change of the drawing, as a Plotly figure."""

from __future__ import annotations

import numpy as np

from mnist_cnn.analysis.what_if import Curve
from mnist_cnn.figures.style import (
    BLUE,
    COLORS,
    DASHES,
    GRAY,
    Figure,
    axis,
    curve,
    layout,
)

RIVALS = 2


def what_if_curve(change: Curve, title: str, now: float) -> Figure:
    """The answer's probability over the change, and that of its two nearest rivals.

    The shaded part is where the network stays with its answer.

    Args:
        change: the probabilities along the change.
        title: of the axis, with its unit.
        now: where the slider stands, marked by a line.
    """
    highest = change.probabilities.max(axis=0)
    highest[change.digit] = -1
    digits = [change.digit, *np.argsort(-highest)[:RIVALS].tolist()]
    lines = [
        curve(
            str(digit),
            [float(value) for value in change.values],
            [round(float(p), 4) for p in change.probabilities[:, digit]],
            color,
            dash=dash,
            hovertemplate="%{y:.1%}",
        )
        for digit, color, dash in zip(digits, COLORS, DASHES, strict=False)
    ]
    lines[0]["line"]["width"] = 3
    low, high = change.holds
    upright = {"yref": "paper", "y0": 0, "y1": 1}
    return {
        "data": lines,
        "layout": layout(
            axis(
                title,
                range=[float(change.values[0]), float(change.values[-1])],
                fixedrange=True,
            ),
            {"range": [0, 1.03], "tickformat": ".0%", "fixedrange": True},
            uirevision=change.name,
            shapes=[
                upright
                | {
                    "type": "rect",
                    "x0": low,
                    "x1": high,
                    "fillcolor": BLUE,
                    "opacity": 0.12,
                    "line": {"width": 0},
                    "layer": "below",
                },
                upright
                | {
                    "type": "line",
                    "x0": now,
                    "x1": now,
                    "line": {"color": GRAY, "width": 2, "dash": "dash"},
                },
            ],
        ),
    }
