"""Digits and what a network says about them, as Plotly figures.

Plain dictionaries, as in `figures.py`. The digits are PNGs inside the figure, some
hundred bytes each, so that nothing is loaded from elsewhere.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from mnist_cnn.figures.curves import VERMILLION, Figure
from mnist_cnn.figures.learning import picture_layout
from mnist_cnn.runs.measurements import EpochPoint

CERTAINTY = [[0, "#f0f0f0"], [1, "#0072B2"]]
BATCH_SHOWN = 24
BATCH_ACROSS = 6


def opinions_picture(
    epochs: Sequence[EpochPoint], images: np.ndarray | None = None
) -> Figure:
    """How the network reads the same digits again after every epoch.

    Each epoch's `extra["readings"]` holds ten probabilities for each digit: the first
    ten are a 0, a 1, ... a 9 of the test set, what follows is somebody's own drawing.
    A column is a digit, a row an epoch, the text the answer; the darker, the surer.
    `images` is uint8 (N, 28, 28), shown above the columns.
    """
    epochs = [point for point in epochs if _readings(point) is not None]
    names = [str(digit) for digit in range(10)]
    rows = [_readings(point) for point in epochs]
    columns = len(rows[0]) if rows else 10
    if columns > 10:
        names.append("yours")
    surest = [row.max(axis=1).round(3).tolist() for row in rows]
    answers = [[str(digit) for digit in row.argmax(axis=1)] for row in rows]
    picture = {
        "type": "heatmap",
        "x": list(range(columns)),
        "y": [point.epoch for point in epochs],
        "z": surest,
        "zmin": 0,
        "zmax": 1,
        "xgap": 2,
        "ygap": 2,
        "colorscale": CERTAINTY,
        "showscale": False,
        "text": answers,
        "texttemplate": "%{text}",
        "customdata": [[_in_words(reading) for reading in row] for row in rows],
        "hovertemplate": "%{customdata}<extra>epoch %{y}</extra>",
    }
    wrong = [
        (column, point.epoch)
        for point, row in zip(epochs, answers, strict=True)
        for column, answer in enumerate(row[:10])
        if answer != names[column]
    ]
    crosses = {
        "type": "scatter",
        "name": "wrong",
        "mode": "markers",
        "x": [column for column, _ in wrong],
        "y": [epoch for _, epoch in wrong],
        "marker": {
            "symbol": "square-open",
            "size": 22,
            "color": VERMILLION,
            "line": {"width": 3},
        },
        "hoverinfo": "skip",
    }
    layout = picture_layout()
    layout["margin"] = {"l": 44, "r": 8, "t": 56, "b": 30}
    layout["xaxis"] = {
        "tickvals": list(range(columns)),
        "ticktext": names[:columns],
        "showgrid": False,
        "zeroline": False,
        "range": [-0.5, columns - 0.5],
        "fixedrange": True,
    }
    layout["yaxis"] = {
        "title": {"text": "epoch", "standoff": 4},
        "autorange": "reversed",
        "tickformat": "d",
        "showgrid": False,
        "zeroline": False,
    }
    if len(epochs) <= 12:
        layout["yaxis"]["dtick"] = 1
    if images is not None:
        layout["images"] = [
            _image(image, column, "x", y=1.02, yref="paper", side=0.9, height=0.2)
            for column, image in enumerate(images[:columns])
        ]
    return {"data": [picture, crosses], "layout": layout}


def batch_picture(
    pixels: np.ndarray,
    labels: np.ndarray,
    probabilities: np.ndarray,
    losses: np.ndarray,
) -> Figure:
    """The digits of a batch that cost most, each with its answer and its loss.

    `pixels` float (B, 28, 28) in [0, 1], `labels` int (B,), `probabilities` float
    (B, 10), `losses` float (B,).
    """
    hardest = np.argsort(-losses, kind="stable")[:BATCH_SHOWN]
    places = [(n % BATCH_ACROSS, n // BATCH_ACROSS) for n in range(len(hardest))]
    answers = probabilities[hardest].argmax(axis=1)
    texts = []
    for place, index in enumerate(hardest):
        right = answers[place] == labels[index]
        said = f"{answers[place]}" if right else f"<b>{answers[place]} ✗</b>"
        texts.append(f"{said} · {losses[index]:.2g}")
    captions = {
        "type": "scatter",
        "mode": "text",
        "x": [x for x, _ in places],
        "y": [y + 0.45 for _, y in places],
        "text": texts,
        "hovertext": [
            f"a {labels[index]}: {_in_words(probabilities[index])}" for index in hardest
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    layout = picture_layout()
    layout["xaxis"] |= {"range": [-0.5, BATCH_ACROSS - 0.5], "fixedrange": True}
    down = max(y for _, y in places) + 1 if places else 1
    layout["yaxis"] |= {"range": [down - 0.3, -0.5], "fixedrange": True}
    layout["images"] = [
        _image(
            (np.clip(pixels[index], 0, 1) * 255).astype(np.uint8),
            *(x, "x"),
            y=y - 0.45,
            yref="y",
            side=0.8,
            height=0.8,
            anchor="top",
        )
        for (x, y), index in zip(places, hardest, strict=True)
    ]
    return {"data": [captions], "layout": layout}


def _readings(point: EpochPoint) -> np.ndarray | None:
    try:
        readings = np.asarray(point.extra.get("readings"), np.float64)
    except (TypeError, ValueError):
        return None
    if readings.ndim != 2 or readings.shape[1] != 10 or not np.isfinite(readings).all():
        return None
    return readings


def _in_words(probabilities: np.ndarray) -> str:
    first, second, third = np.argsort(-probabilities)[:3]
    return ", ".join(f"{i}: {probabilities[i]:.1%}" for i in (first, second, third))


def _image(
    pixels: np.ndarray,
    x: float,
    xref: str,
    *,
    y: float,
    yref: str,
    side: float,
    height: float,
    anchor: str = "bottom",
) -> Figure:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    encoded = base64.b64encode(file.getvalue()).decode()
    return {
        "source": f"data:image/png;base64,{encoded}",
        "x": x,
        "y": y,
        "xref": xref,
        "yref": yref,
        "sizex": side,
        "sizey": height,
        "xanchor": "center",
        "yanchor": anchor,
        "sizing": "contain",
        "layer": "above",
    }
