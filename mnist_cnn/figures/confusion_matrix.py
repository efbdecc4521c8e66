"""The confusion matrix as a Plotly figure."""

from __future__ import annotations

import numpy as np

from mnist_cnn.analysis.evaluation import fractions_of_true
from mnist_cnn.figures.style import GRAY, GREEN, Figure, axis, layout
from mnist_cnn.locale.message import Translate

# Mistakes are orange, right answers blue: on one scale with the right answers all
# mistakes would look empty. Any theme's background shines through, most where there is
# least, and never so little that a number in the theme's color could not be read.
_COLORS = [
    [0.0, "rgba(213, 94, 0, 0.15)"],
    [0.5, "rgba(213, 94, 0, 0.75)"],
    [0.501, "rgba(0, 114, 178, 0.25)"],
    [1.0, "rgba(0, 114, 178, 0.6)"],
]
_MISTAKES_END = 0.5
# CSS pixels of the numbers where a cell is 27 pixels wide, of up to three digits and
# of more. There the right answers, which have most digits, are told by color alone.
_NARROW_SIZES = 16, 13


def confusion_figure(
    matrix: np.ndarray,
    *,
    as_fractions: bool = False,
    chosen: tuple[int, int] | None = None,
    _: Translate = str,
) -> Figure:
    """The true digits from top to bottom, the predicted ones from left to right.

    Args:
        matrix: int (10, 10), rows the truth.
        as_fractions: percent of the true digit instead of counts.
        chosen: true and predicted digit of the cell with a frame around it.
    """
    fractions = fractions_of_true(matrix)
    shown = fractions if as_fractions else matrix
    colors = _colors_of(shown)
    digits = list(range(len(matrix)))
    right = np.eye(len(matrix), dtype=bool)
    cells = {
        "type": "heatmap",
        "x": digits,
        "y": digits,
        "z": np.where(matrix > 0, colors.round(4), None).tolist(),
        "zmin": 0,
        "zmax": 1,
        "colorscale": _COLORS,
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
        "customdata": np.stack([matrix, fractions.round(5)], axis=-1).tolist(),
        "hovertemplate": _(
            "true digit %{y}, predicted %{x}<br>images: %{customdata[0]:,}, "
            "%{customdata[1]:.2%} of this true digit<extra></extra>"
        ),
    }
    bare = {
        "tickmode": "linear",
        "dtick": 1,
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "constrain": "domain",
        "constraintoward": "top",
    }
    frames = [_frame((-0.5, 9.5), (-0.5, 9.5), GRAY, 1)]
    if chosen is not None:
        row, column = chosen
        around = (row - 0.5, row + 0.5), (column - 0.5, column + 0.5)
        frames.append(_frame(*around, GREEN, 4))
    return {
        "data": [
            cells,
            _texts(shown, as_fractions, ~right),
            _texts(shown, as_fractions, right) | {"meta": "wide"},
        ],
        "layout": layout(
            axis(_("predicted digit"), range=[-0.5, 9.5]) | bare,
            axis(_("true digit"), range=[9.5, -0.5], scaleanchor="x") | bare,
            hovermode="closest",
            dragmode=False,
            showlegend=False,
            margin={"l": 44, "r": 6, "t": 6, "b": 42},
            shapes=frames,
        ),
    }


def _texts(shown: np.ndarray, as_fractions: bool, told: np.ndarray) -> Figure:
    """In the cells told: a heatmap's own texts are gray on the colors in the middle.

    Cells of 0 are left out: where a text was empty, Plotly never writes one later.
    """
    rows, columns = np.nonzero(np.where(told, shown, 0))
    texts = [_cell_text(value, as_fractions) for value in shown[rows, columns]]
    return {
        "type": "scatter",
        "mode": "text",
        "x": columns.tolist(),
        "y": rows.tolist(),
        "text": texts,
        "textfont": {"size": [_NARROW_SIZES[len(text) > 3] for text in texts]},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _colors_of(shown: np.ndarray) -> np.ndarray:
    right = np.eye(len(shown), dtype=bool)
    mistakes = np.where(right, 0, shown)
    colors = _MISTAKES_END * mistakes / max(mistakes.max(), 1e-12)
    diagonal = shown[right]
    colors[right] = 0.5 + 0.5 * np.maximum(diagonal / max(diagonal.max(), 1e-12), 0.01)
    return colors


def _cell_text(value: float, as_fractions: bool) -> str:
    if not as_fractions:
        return f"{value}"
    percent = 100 * value
    return f"{percent:.1f}" if percent < 99.95 else "100"


def _frame(
    rows: tuple[float, float], columns: tuple[float, float], color: str, width: int
) -> Figure:
    return {
        "type": "rect",
        "x0": columns[0],
        "x1": columns[1],
        "y0": rows[0],
        "y1": rows[1],
        "line": {"color": color, "width": width},
    }
