"""How a network reads the same digits after every epoch, and its last batch.

The digits are PNGs inside the figure, some hundred bytes each, so that nothing is
loaded from elsewhere.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image

from mnist_cnn.figures.style import CONFIDENCE, VERMILLION, Figure, axis, picture_layout
from mnist_cnn.locale.message import Translate

BATCH_SHOWN = 24
BATCH_ACROSS = 6
# The columns that are test digits: a 0, a 1, ... a 9.
TEST_DIGITS = 10
# On what is darker than at this confidence white reads better than black.
WHITE_FROM = 0.93


def predictions_by_epoch(
    predictions: Mapping[int, np.ndarray],
    images: np.ndarray | None = None,
    *,
    rows: int = 0,
    _: Translate = str,
) -> Figure:
    """How the network reads the same digits again after every epoch.

    A column is a digit, a row an epoch (0 is the untrained network), the text the
    predicted class; the darker, the more confident.

    Args:
        predictions: by epoch, probabilities (N, 10): first of a 0, a 1, ... a 9 of the
            test set, then maybe of somebody's own drawing.
        images: uint8 (N, 28, 28), shown as the first row.
        rows: there is room for, at least, so that new ones move nothing.
    """
    columns = max((len(each) for each in predictions.values()), default=TEST_DIGITS)
    shown = images[:columns] if images is not None else []
    names = ["" if len(shown) else str(digit) for digit in range(TEST_DIGITS)]
    names += [_("yours")] * (columns > TEST_DIGITS)
    # Row 0 is for the images, so that they are as large as what is below them.
    rows_at = list(range(1, len(predictions) + 1))
    predicted = [each.argmax(axis=1) for each in predictions.values()]
    hover = _("{told}<br>epoch {epoch}")
    picture = {
        "type": "heatmap",
        "x": list(range(columns)),
        "y": rows_at,
        "z": [each.max(axis=1).round(3).tolist() for each in predictions.values()],
        "zmin": 0,
        "zmax": 1,
        "xgap": 2,
        "ygap": 2,
        "colorscale": CONFIDENCE,
        "showscale": False,
        "customdata": [
            [hover.format(told=_in_words(x), epoch=epoch) for x in probabilities]
            for epoch, probabilities in predictions.items()
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    wrong = [
        (column, place)
        for place, row in zip(rows_at, predicted, strict=True)
        for column, digit in enumerate(row[:TEST_DIGITS])
        if digit != column
    ]
    frames = {
        "type": "scatter",
        "name": _("wrong"),
        "mode": "lines",
        "x": [x for column, _row in wrong for x in _around(column, (-1, 1, 1, -1))],
        "y": [y for _at, place in wrong for y in _around(place, (-1, -1, 1, 1))],
        "line": {"color": VERMILLION, "width": 2.5},
        "hoverinfo": "skip",
    }
    # A heatmap's own texts are gray on the colors in the middle.
    cells = [(x, y) for y in range(len(predicted)) for x in range(columns)]
    said = {
        "type": "scatter",
        "mode": "text",
        "x": [x for x, _y in cells],
        "y": [rows_at[y] for _x, y in cells],
        "text": [str(predicted[y][x]) for x, y in cells],
        "textfont": {
            "color": [
                "#ffffff" if picture["z"][y][x] >= WHITE_FROM else "#000000"
                for x, y in cells
            ]
        },
        "hoverinfo": "skip",
    }
    every = max(1, len(rows_at) // 12)
    return {
        "data": [picture, frames, said],
        "layout": picture_layout(
            {
                "tickvals": list(range(columns)),
                "ticktext": names[:columns],
                "showticklabels": True,
                # Beside the digits, also while there is room for epochs to come.
                "side": "top",
                "range": [-0.5, columns - 0.5],
                "fixedrange": True,
            },
            axis(
                _("epoch"),
                range=[max(len(rows_at), rows) + 0.5, -0.5 if len(shown) else 0.5],
                fixedrange=True,
                tickvals=rows_at[::every],
                ticktext=[str(epoch) for epoch in predictions][::every],
                showticklabels=True,
            ),
            margin={"l": 44, "r": 8, "t": 22 if any(names) else 4, "b": 4},
            images=[
                _image(image, x=column, y=0, yanchor="middle", sizex=0.9, sizey=0.9)
                for column, image in enumerate(shown)
            ],
        ),
    }


def _around(center: int, corners: Sequence[int]) -> list[float | None]:
    """One coordinate of a frame around a cell, and the gap to the next frame."""
    return [*(center + 0.42 * each for each in (*corners, corners[0])), None]


def batch_picture(
    pixels: np.ndarray,
    labels: np.ndarray,
    probabilities: np.ndarray,
    losses: np.ndarray,
    *,
    _: Translate = str,
) -> Figure:
    """The digits of a batch with the largest losses, each with its predicted class.

    Args:
        pixels: float (B, 28, 28) in [0, 1].
        labels: int (B,).
        probabilities: float (B, 10).
        losses: float (B,).
    """
    hardest = np.argsort(-losses, kind="stable")[:BATCH_SHOWN]
    cells = [(n % BATCH_ACROSS, n // BATCH_ACROSS) for n in range(len(hardest))]
    hover = _("a {digit}: {told}")
    captions = {
        "type": "scatter",
        "mode": "text",
        "x": [x for x, _y in cells],
        "y": [y + 0.45 for _x, y in cells],
        "text": [
            _caption(int(probabilities[index].argmax()), labels[index], losses[index])
            for index in hardest
        ],
        "hovertext": [
            hover.format(digit=labels[index], told=_in_words(probabilities[index]))
            for index in hardest
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    down = max((y for _x, y in cells), default=0) + 1
    gray = (np.clip(pixels[hardest], 0, 1) * 255).astype(np.uint8)
    return {
        "data": [captions],
        "layout": picture_layout(
            {"range": [-0.5, BATCH_ACROSS - 0.5], "fixedrange": True},
            {"range": [down - 0.3, -0.5], "fixedrange": True},
            images=[
                _image(image, x=x, y=y - 0.45, sizex=0.8, sizey=0.8, yanchor="top")
                for (x, y), image in zip(cells, gray, strict=True)
            ],
        ),
    }


def _caption(predicted: int, label: int, loss: float) -> str:
    said = f"{predicted}" if predicted == label else f"<b>{predicted} ✗</b>"
    return f"{said} · {loss:.2g}"


def _in_words(probabilities: np.ndarray) -> str:
    likeliest = np.argsort(-probabilities)[:3]
    return ", ".join(f"{digit}: {probabilities[digit]:.1%}" for digit in likeliest)


def _image(pixels: np.ndarray, **position: Any) -> Figure:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    encoded = base64.b64encode(file.getvalue()).decode()
    return {
        "source": f"data:image/png;base64,{encoded}",
        "xref": "x",
        "yref": "y",
        "xanchor": "center",
        "yanchor": "bottom",
        "sizing": "contain",
        "layer": "above",
    } | position
