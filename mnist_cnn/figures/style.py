"""What all figures have in common: one layout, one set of colors, one kind of line.

Figures are plain dictionaries of Plotly's JSON schema, since building Plotly's own
objects costs more than everything else here. They carry no background and no font
color: whoever draws them knows the theme. Colors are Okabe and Ito's (2008), which
people with any kind of color vision can tell apart, and every pair of lines differs
in dash or marker too.
"""

from __future__ import annotations

import html
from base64 import b64encode
from typing import Any

import numpy as np

from mnist_cnn.locale.message import Translate

Figure = dict[str, Any]

BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
SKY, ORANGE, GRAY = "#56B4E9", "#E69F00", "#888888"
# One for each of several runs or layers, with the symbol of the same index.
COLORS = (BLUE, VERMILLION, GREEN, PURPLE, SKY, ORANGE)
SYMBOLS = ("circle", "diamond", "square", "cross", "triangle-up", "star")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")

# Signed values: blue below 0, nothing at 0, so that any theme's background shows, and
# orange above.
DIVERGING = [
    [0, "rgba(0, 114, 178, 1)"],
    [0.5, "rgba(0, 114, 178, 0)"],
    [0.5, "rgba(213, 94, 0, 0)"],
    [1, "rgba(213, 94, 0, 1)"],
]
# Probabilities, from 0 to 1.
CONFIDENCE = [[0, "#D9E8F2"], [1, BLUE]]


def layout(xaxis: Figure, yaxis: Figure, **changes: Any) -> Figure:
    """The layout of a chart; a constant ``uirevision`` keeps its reader's zoom."""
    return {
        "uirevision": "figure",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 56, "r": 12, "t": 8, "b": 44},
        "hovermode": "x unified",
        "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "xaxis": xaxis,
        "yaxis": yaxis,
    } | changes


def picture_layout(xaxis: Figure, yaxis: Figure, **changes: Any) -> Figure:
    """The layout of a picture: no axes to read, no legend, little margin."""
    bare = {"showgrid": False, "zeroline": False, "showticklabels": False, "ticks": ""}
    margin = {"l": 8, "r": 8, "t": 8, "b": 8}
    common = {"margin": margin, "hovermode": "closest", "showlegend": False}
    return layout(bare | xaxis, bare | yaxis, **common | changes)


def axis(title: str, **settings: Any) -> Figure:
    """An axis with its title close by."""
    return {"title": {"text": title, "standoff": 6}} | settings


def epoch_axis(epochs: int, _: Translate = str) -> Figure:
    """Whole epochs, each with a tick while they are few."""
    return axis(_("epoch"), tickformat="d") | ({"dtick": 1} if epochs <= 10 else {})


def curve(
    name: str, x: object, y: object, color: str, *, dash: str = "solid", **changes: Any
) -> Figure:
    """A line; with ``symbol`` (and ``size``) it has markers, too."""
    trace = {
        "type": "scatter",
        "name": name,
        "mode": "lines",
        "x": x,
        "y": y,
        "line": {"color": color, "width": 2, "dash": dash},
        "hovertemplate": "%{y:.4f}",
    }
    symbol = changes.pop("symbol", None)
    if symbol:
        trace |= {"mode": "lines+markers", "marker": marker(color, symbol, 8)}
    return trace | changes


def marker(color: str, symbol: str, size: int) -> Figure:
    """A marker with a thin white edge, so that it stands out on a line."""
    edge = {"color": "#ffffff", "width": 1}
    return {"color": color, "symbol": symbol, "size": size, "line": edge}


def escaped(text: str) -> str:
    """Text as Plotly shows it literally; it reads some HTML in names and hovers."""
    return html.escape(text, quote=False)


def numbers(values: object, digits: int = 5) -> list[float | None]:
    """Numbers for JSON, which has no NaN; five digits are finer than a pixel."""
    return [
        float(f"{value:.{digits}g}") if np.isfinite(value) else None
        for value in np.asarray(values, float).tolist()
    ]


def typed_array(values: np.ndarray, dtype: str = "f4") -> dict[str, str]:
    """Numbers as Plotly reads them fastest: base64 of little-endian bytes.

    As many bytes whatever their size, and none of them written out in decimals. What
    is not finite becomes NaN, which Plotly draws as a gap.

    Args:
        values: float (N,).
        dtype: "f4", or "i4" for whole numbers.
    """
    if dtype == "f4":
        values = np.where(np.isfinite(values), values, np.nan)
    raw = values.astype(f"<{dtype}").tobytes()
    return {"dtype": dtype, "bdata": b64encode(raw).decode()}
