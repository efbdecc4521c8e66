"""What a network has learned so far, as Plotly figures: its kernels, how they move."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mnist_cnn.figures.curves import BLUE, GREEN, PURPLE, VERMILLION, Figure
from mnist_cnn.runs.measurements import EpochPoint

# Blue, white, orange: told apart with any kind of color vision.
DIVERGING = [[0, "#0072B2"], [0.5, "#f7f7f7"], [1, "#D55E00"]]
KERNELS_ACROSS = 8


def kernels_picture(kernels: np.ndarray) -> Figure:
    """All kernels of the first layer side by side.

    `kernels` is float (k, k, channels, filters), of which the first channel is shown.
    White is a weight of 0, blue is negative, orange positive; the same scale for all.
    """
    size, filters = kernels.shape[0], kernels.shape[3]
    across = min(KERNELS_ACROSS, filters)
    down = -(-filters // across)
    grid = np.full((down * (size + 1) - 1, across * (size + 1) - 1), np.nan)
    for number in range(filters):
        top, left = (number // across) * (size + 1), (number % across) * (size + 1)
        grid[top : top + size, left : left + size] = kernels[:, :, 0, number]
    largest = float(np.nanmax(np.abs(grid))) if np.isfinite(grid).any() else 1.0
    values = [
        [None if np.isnan(v) else round(float(v), 3) for v in row] for row in grid
    ]
    picture = {
        "type": "heatmap",
        "z": values,
        "zmin": -largest or -1,
        "zmax": largest or 1,
        "colorscale": DIVERGING,
        "colorbar": {"thickness": 10, "title": {"text": "weight"}},
        "hovertemplate": "weight %{z:.3f}<extra></extra>",
    }
    layout = picture_layout()
    layout["yaxis"] |= {"autorange": "reversed", "scaleanchor": "x"}
    return {"data": [picture], "layout": layout}


def movement_curve(epochs: Sequence[EpochPoint]) -> Figure:
    """How far each layer's kernel moved in each epoch, relative to its length."""
    styles = (
        (BLUE, "solid", "circle"),
        (VERMILLION, "dash", "diamond"),
        (GREEN, "dot", "square"),
        (PURPLE, "dashdot", "cross"),
    )
    moved = [
        (point.epoch, point.extra["moved"])
        for point in epochs
        if isinstance(point.extra.get("moved"), dict)
    ]
    layers = list(moved[-1][1]) if moved else []
    data = []
    for number, layer in enumerate(layers):
        color, dash, symbol = styles[number % len(styles)]
        data.append(
            {
                "type": "scatter",
                "name": layer,
                "mode": "lines+markers",
                "x": [epoch for epoch, _ in moved],
                "y": [_finite(values.get(layer)) for _, values in moved],
                "line": {"color": color, "dash": dash, "width": 2},
                "marker": {"color": color, "symbol": symbol, "size": 8},
                "hovertemplate": "%{y:.1%}",
            }
        )
    return {
        "data": data,
        "layout": {
            "uirevision": "run",
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 56, "r": 12, "t": 8, "b": 44},
            "hovermode": "x unified",
            "showlegend": True,
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
            "xaxis": {
                "title": {"text": "epoch"},
                "tickformat": "d",
                **({"dtick": 1} if len(moved) <= 10 else {}),
            },
            "yaxis": {
                "title": {"text": "moved", "standoff": 4},
                "tickformat": ".0%",
                "rangemode": "tozero",
            },
        },
    }


def _finite(value: object) -> float | None:
    if isinstance(value, int | float) and np.isfinite(value):
        return float(value)
    return None


def picture_layout() -> Figure:
    """A layout without axes, for pictures."""
    bare = {"showgrid": False, "zeroline": False, "showticklabels": False, "ticks": ""}
    return {
        "uirevision": "run",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "showlegend": False,
        "xaxis": dict(bare),
        "yaxis": dict(bare),
    }
