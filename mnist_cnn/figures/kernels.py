"""The first layer's kernels, and how far each layer's weights move, as figures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mnist_cnn.figures.style import (
    COLORS,
    DASHES,
    DIVERGING,
    SYMBOLS,
    Figure,
    axis,
    curve,
    epoch_axis,
    layout,
    picture_layout,
)
from mnist_cnn.locale.message import Translate
from mnist_cnn.runs.metrics import EpochPoint

KERNELS_ACROSS = 8


def kernels_picture(
    kernels: np.ndarray, *, scale: bool = True, _: Translate = str
) -> Figure:
    """All kernels of the first layer side by side.

    Blue is negative, orange positive, no color is a weight of 0; one scale for all.

    Args:
        kernels: float (k, k, channels, filters), of which the first channel is shown.
        scale: whether the colors are explained beside it.
    """
    size, filters = kernels.shape[0], kernels.shape[3]
    across = min(KERNELS_ACROSS, filters)
    down = -(-filters // across)
    grid = np.full((down * (size + 1) - 1, across * (size + 1) - 1), np.nan)
    for index in range(filters):
        top, left = (index // across) * (size + 1), (index % across) * (size + 1)
        grid[top : top + size, left : left + size] = kernels[:, :, 0, index]
    largest = float(np.nanmax(np.abs(grid))) if np.isfinite(grid).any() else 1.0
    picture = {
        "type": "heatmap",
        "z": [
            [None if np.isnan(v) else round(float(v), 3) for v in row] for row in grid
        ],
        "zmin": -largest or -1,
        "zmax": largest or 1,
        "colorscale": DIVERGING,
        "showscale": scale,
        "colorbar": {"thickness": 10, "title": {"text": _("weight")}},
        "hovertemplate": _("weight %{z:.3f}<extra></extra>"),
    }
    yaxis = {"autorange": "reversed", "scaleanchor": "x"}
    if scale:
        return {"data": [picture], "layout": picture_layout({}, yaxis)}
    xaxis = axis(_("first layer's kernels<br>blue −, orange +"))
    margin = {"l": 8, "r": 8, "t": 4, "b": 48}
    return {"data": [picture], "layout": picture_layout(xaxis, yaxis, margin=margin)}


def weight_change_curves(epochs: Sequence[EpochPoint], *, _: Translate = str) -> Figure:
    """How far each layer's kernel moved in each epoch, relative to its norm."""
    moved = [(point.epoch, point.moved) for point in epochs if point.moved]
    layers = list(moved[-1][1]) if moved else []
    data = [
        curve(
            layer,
            [epoch for epoch, _values in moved],
            [values.get(layer) for _epoch, values in moved],
            COLORS[index % len(COLORS)],
            dash=DASHES[index % len(DASHES)],
            symbol=SYMBOLS[index % len(SYMBOLS)],
            hovertemplate="%{y:.1%}",
        )
        for index, layer in enumerate(layers)
    ]
    yaxis = axis(_("moved"), tickformat=".0%", rangemode="tozero")
    return {"data": data, "layout": layout(epoch_axis(len(moved), _), yaxis)}
