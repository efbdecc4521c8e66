"""The curves of several runs in one Plotly figure.

Each run has a color and a symbol of its own, by its place among the chosen ones.
Accuracies crowd below 1, so an accuracy can be drawn by the share of mistakes on a
logarithmic scale: each step up halves the mistakes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mnist_cnn.analysis.comparison import MOST
from mnist_cnn.analysis.smoothing import every, smooth
from mnist_cnn.figures.curves import (
    BLUE,
    GREEN,
    PURPLE,
    SKY,
    VERMILLION,
    Figure,
    escaped,
    typed_array,
)
from mnist_cnn.runs.metrics import Metrics

ORANGE = "#E69F00"
COLORS = (BLUE, VERMILLION, GREEN, PURPLE, SKY, ORANGE)
SYMBOLS = ("circle", "diamond", "square", "cross", "triangle-up", "star")
# All curves of a figure together, so that six runs weigh what one does.
POINTS = 1_200
NAME_SHOWN = 28
# No mistake at all has no logarithm, and a batch without one is nothing special.
FEWEST_MISTAKES = 1e-3

_ACCURACIES = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999)


@dataclass(frozen=True)
class Curve:
    """A run's measurements, and what is needed to draw them beside others.

    Attributes:
        name: for people.
        metrics: all that it has measured.
        steps_per_epoch: batches in an epoch; 0 before that is known.
    """

    name: str
    metrics: Metrics
    steps_per_epoch: int


def overlaid(
    curves: Sequence[Curve], measure: str, *, by_time: bool, log: bool
) -> Figure:
    """All curves of one measure: training dashed and smoothed, validation solid.

    Args:
        curves: at most ``MOST``.
        measure: "loss" or "accuracy".
        by_time: seconds of training along x instead of epochs.
        log: loss on a logarithmic scale; accuracy by its mistakes on one.
    """
    by_mistakes = log and measure == "accuracy"
    data: list[Figure] = []
    for place, curve in enumerate(curves[:MOST]):
        style = {"color": COLORS[place], "width": 2}
        data.append(
            _training(curve, measure, by_time, by_mistakes, POINTS // len(curves))
            | {"line": style | {"dash": "dash", "width": 1.5}}
        )
        data.append(
            _validation(curve, measure, by_time, by_mistakes)
            | {
                "line": style,
                "marker": {
                    "color": COLORS[place],
                    "symbol": SYMBOLS[place],
                    "size": 8,
                },
            }
        )
    shown = layout("seconds of training" if by_time else "epoch", measure)
    shown["xaxis"] |= {"rangemode": "tozero"}
    # A zoom into one scale means nothing on the other.
    shown["xaxis"]["uirevision"] = f"{by_time}"
    shown["yaxis"]["uirevision"] = f"{log}"
    if by_mistakes:
        shown["yaxis"] |= mistakes_axis()
    elif log:
        shown["yaxis"] |= {"type": "log", "exponentformat": "power"}
    return {"data": data, "layout": shown}


def _training(
    curve: Curve, measure: str, by_time: bool, by_mistakes: bool, points: int
) -> Figure:
    metrics = curve.metrics
    kept = every(len(metrics), points // 2)
    values = smooth(getattr(metrics, measure), kept)
    along = metrics.time if by_time else metrics.step / _steps(curve)
    return {
        "type": "scatter",
        "name": f"{short(curve.name)}, training",
        "mode": "lines",
        "x": typed_array(along[kept]),
        "y": typed_array(mistakes(values) if by_mistakes else values),
        "showlegend": False,
        "hoverinfo": "skip",
    }


def _validation(curve: Curve, measure: str, by_time: bool, by_mistakes: bool) -> Figure:
    points = curve.metrics.epochs
    values = np.array([getattr(point, f"val_{measure}") for point in points], float)
    along = np.array([point.time if by_time else point.epoch for point in points])
    return {
        "type": "scatter",
        "name": short(curve.name),
        "mode": "lines+markers",
        "x": numbers(along),
        "y": numbers(mistakes(values) if by_mistakes else values),
        "customdata": numbers(values),
        "hovertemplate": "%{customdata:.4f}",
    }


def _steps(curve: Curve) -> float:
    """Batches in an epoch, also where the status does not say so (yet)."""
    if curve.steps_per_epoch > 0:
        return curve.steps_per_epoch
    for point in curve.metrics.epochs[:1]:
        return max(point.step / max(point.epoch, 1), 1)
    return max(len(curve.metrics), 1)


def mistakes(accuracies: np.ndarray) -> np.ndarray:
    """Shares of mistakes, 0.001 at least, so that each has a logarithm."""
    return np.maximum(1 - accuracies, FEWEST_MISTAKES)


def mistakes_axis() -> dict[str, Any]:
    """Ticks are accuracies, though the axis is of mistakes, fewest at the top."""
    shares = [max(1 - accuracy, FEWEST_MISTAKES) for accuracy in _ACCURACIES]
    return {
        "type": "log",
        "autorange": "reversed",
        "tickvals": shares,
        "ticktext": [f"{accuracy:g}" for accuracy in _ACCURACIES],
    }


def layout(x_title: str, y_title: str) -> Figure:
    """What the figures of the Compare page have in common."""
    return {
        "uirevision": "comparison",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 60, "r": 12, "t": 8, "b": 44},
        "hovermode": "x unified",
        "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "xaxis": {"title": {"text": x_title, "standoff": 6}},
        "yaxis": {"title": {"text": y_title, "standoff": 4}},
    }


def short(name: str) -> str:
    """A run's name as a legend has room for it."""
    cut = name if len(name) <= NAME_SHOWN else f"{name[: NAME_SHOWN - 1]}…"
    return escaped(cut)


def numbers(values: np.ndarray) -> list[float | None]:
    """For JSON, which has no NaN."""
    # Five digits are finer than a pixel and keep the message small.
    return [
        float(f"{value:.5g}") if np.isfinite(value) else None
        for value in values.tolist()
    ]
