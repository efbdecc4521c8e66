"""The confusion matrix as a Plotly figure, and in words."""

from __future__ import annotations

import numpy as np

from mnist_cnn.analysis.evaluation import fractions_of_true
from mnist_cnn.figures.style import BLUE, VERMILLION, Figure, axis, layout

# Mistakes grow from near white to vermillion, right answers are blue: on one scale with
# the right answers all mistakes would look empty.
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
    as_fractions: bool,
    chosen: tuple[int, int] | None = None,
    text_size: int = 13,
) -> Figure:
    """The true digits from top to bottom, the predicted ones from left to right.

    Args:
        matrix: int (10, 10), rows the truth.
        as_fractions: percent of the true digit instead of counts.
        chosen: true and predicted digit of the cell with a frame around it.
        text_size: of the numbers, in CSS pixels.
    """
    fractions = fractions_of_true(matrix)
    shown = fractions if as_fractions else matrix
    colors = _colors_of(shown)
    digits = list(range(len(matrix)))
    cells = {
        "type": "heatmap",
        "x": digits,
        "y": digits,
        "z": colors.round(4).tolist(),
        "zmin": 0,
        "zmax": 1,
        "colorscale": _COLORS,
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
        "hovertext": [
            [_hover(row, column, matrix, fractions) for column in digits]
            for row in digits
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    bare = {
        "tickmode": "linear",
        "dtick": 1,
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "constrain": "domain",
    }
    return {
        "data": [cells, _texts(shown, colors, as_fractions, text_size)],
        "layout": layout(
            axis("answer", range=[-0.5, 9.5]) | bare,
            axis("true digit", range=[9.5, -0.5], scaleanchor="x") | bare,
            hovermode="closest",
            dragmode=False,
            showlegend=False,
            margin={"l": 44, "r": 6, "t": 6, "b": 42},
            shapes=[] if chosen is None else [_frame(*chosen)],
        ),
    }


def confusion_text(matrix: np.ndarray, max_pairs: int = 5) -> str:
    """The most frequent mistakes in words, for those who cannot see the matrix."""
    mistakes = matrix - np.diag(np.diag(matrix))
    order = np.argsort(-mistakes, axis=None, kind="stable")[:max_pairs]
    pairs = [divmod(int(index), len(matrix)) for index in order]
    told = [
        f"a {true} read as {predicted}: {mistakes[true, predicted]} times"
        for true, predicted in pairs
        if mistakes[true, predicted]
    ]
    return "Confusion matrix. " + (", ".join(told) or "No mistakes") + "."


def _texts(
    shown: np.ndarray, colors: np.ndarray, as_fractions: bool, text_size: int
) -> Figure:
    """In the cells: a heatmap's own texts are gray on the colors in the middle.

    Cells of 0 are left out: where a text was empty, Plotly never writes one later.
    """
    rows, columns = np.nonzero(shown)
    return {
        "type": "scatter",
        "mode": "text",
        "x": columns.tolist(),
        "y": rows.tolist(),
        "text": [_cell_text(value, as_fractions) for value in shown[rows, columns]],
        "textfont": {
            "size": text_size,
            "color": [
                "#ffffff" if color > _DARK else "#1a1a1a"
                for color in colors[rows, columns]
            ],
        },
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


def _hover(true: int, predicted: int, matrix: np.ndarray, fractions: np.ndarray) -> str:
    count, fraction = int(matrix[true, predicted]), float(fractions[true, predicted])
    images = "image" if count == 1 else "images"
    said = "read rightly" if true == predicted else f"read as {predicted}"
    return f"a {true} {said}<br>{count:,} {images}, {fraction:.2%} of the {true}s"


def _frame(true: int, predicted: int) -> Figure:
    return {
        "type": "rect",
        "x0": predicted - 0.5,
        "x1": predicted + 0.5,
        "y0": true - 0.5,
        "y1": true + 0.5,
        "line": {"color": "#000000", "width": 3},
    }
