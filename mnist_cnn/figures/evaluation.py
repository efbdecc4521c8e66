"""Confusion matrix and reliability diagram as Plotly figures."""

from __future__ import annotations

import numpy as np

from mnist_cnn.analysis.calibration import Calibration
from mnist_cnn.analysis.evaluation import shares_of_true
from mnist_cnn.figures.curves import BLUE, GRAY, VERMILLION, Figure

# Mistakes grow from near white to vermillion, right answers are blue.
_COLORS = [
    [0.0, "#f3f3f3"],
    [0.01, "#fde3d0"],
    [0.5, VERMILLION],
    [0.501, "#b9dcf2"],
    [1.0, BLUE],
]
_MISTAKES_END = 0.5
# Above this, white stands out better against the blue than black does.
_DARK = 0.8


def confusion_figure(
    matrix: np.ndarray,
    *,
    as_shares: bool,
    chosen: tuple[int, int] | None = None,
    text_size: int = 13,
) -> Figure:
    """The true digits from top to bottom, the answers from left to right.

    Mistakes have a color scale of their own: on one scale with the right answers
    they would all look empty.

    Args:
        matrix: int (10, 10), rows the truth.
        as_shares: percent of the true digit instead of counts.
        chosen: true digit and answer of the cell with a frame around it.
        text_size: of the numbers, in CSS pixels.
    """
    shares = shares_of_true(matrix)
    shown = shares if as_shares else matrix
    colors = _colors_of(shown)
    cells = {
        "type": "heatmap",
        "x": list(range(10)),
        "y": list(range(10)),
        "z": colors.round(4).tolist(),
        "zmin": 0,
        "zmax": 1,
        "colorscale": _COLORS,
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
        "hovertext": [
            [_hover(row, column, matrix, shares) for column in range(10)]
            for row in range(10)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    axis = {
        "tickmode": "linear",
        "dtick": 1,
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "constrain": "domain",
    }
    layout = {
        "uirevision": "confusion",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 44, "r": 6, "t": 6, "b": 42},
        "dragmode": False,
        "xaxis": axis
        | {"title": {"text": "answer", "standoff": 6}, "range": [-0.5, 9.5]},
        "yaxis": axis
        | {
            "title": {"text": "true digit", "standoff": 6},
            "range": [9.5, -0.5],
            "scaleanchor": "x",
        },
        "shapes": [] if chosen is None else [_frame(*chosen)],
    }
    return {
        "data": [cells, _numbers(shown, colors, as_shares, text_size)],
        "layout": layout,
    }


def _numbers(
    shown: np.ndarray, colors: np.ndarray, as_shares: bool, text_size: int
) -> Figure:
    """In the cells: a heatmap's own texts are gray on the colors in the middle."""
    rows, columns = (each.ravel() for each in np.indices(shown.shape))
    return {
        "type": "scatter",
        "mode": "text",
        "x": columns.tolist(),
        "y": rows.tolist(),
        "text": [_cell_text(value, as_shares) for value in shown.ravel()],
        "textfont": {
            "size": text_size,
            "color": [
                "#ffffff" if color > _DARK else "#1a1a1a" for color in colors.ravel()
            ],
        },
        "hoverinfo": "skip",
        "showlegend": False,
        "cliponaxis": False,
    }


def confusion_text(matrix: np.ndarray, most: int = 5) -> str:
    """The most frequent mistakes in words, for those who cannot see the matrix."""
    mistakes = matrix - np.diag(np.diag(matrix))
    order = np.argsort(-mistakes, axis=None, kind="stable")[:most]
    pairs = [divmod(int(place), 10) for place in order]
    told = [
        f"a {true} read as {answer}: {mistakes[true, answer]} times"
        for true, answer in pairs
        if mistakes[true, answer]
    ]
    return "Confusion matrix. " + (", ".join(told) or "No mistakes") + "."


def reliability_figure(calibration: Calibration) -> Figure:
    """Bars of how often answers are right, by the probability they were given."""
    centers = (calibration.bounds[:-1] + calibration.bounds[1:]) / 2
    filled = calibration.counts > 0
    width = float(calibration.bounds[1] - calibration.bounds[0])
    bars = {
        "type": "bar",
        "name": "right",
        "x": centers[filled].round(4).tolist(),
        "y": calibration.accuracy[filled].round(4).tolist(),
        "width": width * 0.94,
        "marker": {"color": BLUE},
        "text": [f"{count:,}" for count in calibration.counts[filled].tolist()],
        "textposition": "inside",
        "insidetextanchor": "start",
        "textangle": -90,
        "customdata": [
            [int(count), float(stated), float(low), float(high)]
            for count, stated, low, high in zip(
                calibration.counts[filled],
                calibration.confidence[filled].round(4),
                calibration.bounds[:-1][filled].round(2),
                calibration.bounds[1:][filled].round(2),
                strict=True,
            )
        ],
        "hovertemplate": "%{customdata[0]:,} answers given %{customdata[2]:.0%} to "
        "%{customdata[3]:.0%}<br>mean %{customdata[1]:.1%}, "
        "right %{y:.1%}<extra></extra>",
    }
    stated = {
        "type": "scatter",
        "name": "stated",
        "mode": "markers",
        "x": calibration.confidence[filled].round(4).tolist(),
        "y": calibration.confidence[filled].round(4).tolist(),
        "marker": {
            "color": VERMILLION,
            "size": 9,
            "symbol": "diamond",
            "line": {"color": "#ffffff", "width": 1},
        },
        "hoverinfo": "skip",
    }
    diagonal = {
        "type": "scatter",
        "name": "as it should be",
        "mode": "lines",
        "x": [0, 1],
        "y": [0, 1],
        "line": {"color": GRAY, "width": 2, "dash": "dash"},
        "hoverinfo": "skip",
    }
    axis = {"fixedrange": True, "tickformat": ".0%"}
    return {
        "data": [bars, diagonal, stated],
        "layout": {
            "uirevision": "reliability",
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 56, "r": 8, "t": 8, "b": 44},
            "dragmode": False,
            "showlegend": True,
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
            "xaxis": axis
            | {
                "title": {"text": "probability given to the answer", "standoff": 6},
                "range": [0, 1],
            },
            "yaxis": axis
            | {"title": {"text": "share right", "standoff": 6}, "range": [0, 1.03]},
        },
    }


def _colors_of(shown: np.ndarray) -> np.ndarray:
    right = np.eye(10, dtype=bool)
    mistakes = np.where(right, 0, shown)
    colors = _MISTAKES_END * mistakes / max(mistakes.max(), 1e-12)
    rights = shown[right]
    colors[right] = 0.5 + 0.5 * np.maximum(rights / max(rights.max(), 1e-12), 0.01)
    return colors


def _cell_text(value: float, as_shares: bool) -> str:
    if not value:
        return ""
    if not as_shares:
        return f"{value}"
    percent = 100 * value
    return f"{percent:.1f}" if percent < 99.95 else "100"


def _hover(true: int, answer: int, matrix: np.ndarray, shares: np.ndarray) -> str:
    count, share = int(matrix[true, answer]), float(shares[true, answer])
    images = "image" if count == 1 else "images"
    said = "read rightly" if true == answer else f"read as {answer}"
    return f"a {true} {said}<br>{count:,} {images}, {share:.2%} of the {true}s"


def _frame(true: int, answer: int) -> dict[str, object]:
    return {
        "type": "rect",
        "x0": answer - 0.5,
        "x1": answer + 0.5,
        "y0": true - 0.5,
        "y1": true + 0.5,
        "line": {"color": "#000000", "width": 3},
    }
