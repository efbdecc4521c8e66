"""The curves of several runs in one Plotly figure.

Each run has a color and a symbol of its own, by its position among the chosen ones.
Accuracies crowd below 1, so an accuracy can be drawn by the fraction of mistakes on a
logarithmic scale: each step up halves the mistakes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mnist_cnn.analysis.comparison import MAX_RUNS
from mnist_cnn.analysis.smoothing import every, smooth
from mnist_cnn.figures.style import (
    COLORS,
    SYMBOLS,
    Figure,
    axis,
    curve,
    escaped,
    layout,
    numbers,
    typed_array,
)
from mnist_cnn.locale.message import Translate
from mnist_cnn.runs.metrics import Metrics

# All curves of a figure together, so that six runs weigh what one does.
MAX_POINTS = 1_200
MAX_NAME_LENGTH = 28
# No mistake at all has no logarithm, and a batch without one is nothing special.
MIN_MISTAKES = 1e-3
# Where all are better than this, their lines are one unless drawn by their mistakes.
CROWDED = 0.9
# Squared it is more than from one tick to the next: 2, 5, 10.
MARGIN = 1.6

# 1, 2 and 5 of ten are about equally far apart, so that no two numbers touch.
_ACCURACIES = (0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999)


@dataclass(frozen=True)
class Curve:
    """A run's measurements, and what is needed to draw them beside others.

    Attributes:
        name: for people.
        metrics: all that it has measured.
        steps_per_epoch: batches in an epoch; 0 before that is known.
        seeds_of: the same for runs that differ by their seed alone.
    """

    name: str
    metrics: Metrics
    steps_per_epoch: int
    seeds_of: int = -1


def is_crowded(curves: Sequence[Curve]) -> bool:
    """Whether all validation accuracies end so high that their lines lie on one."""
    last = [
        each.metrics.epochs[-1].val_accuracy for each in curves if each.metrics.epochs
    ]
    return bool(last) and min(last) >= CROWDED


def overlaid(
    curves: Sequence[Curve],
    measure: str,
    *,
    by_time: bool,
    log: bool,
    _: Translate = str,
) -> Figure:
    """All curves of one measure: training dashed and smoothed, validation solid.

    Behind the curves of several seeds of the same settings lies a band, from the
    lowest to the highest validation at each epoch.

    Args:
        curves: at most ``MAX_RUNS``.
        measure: "loss" or "accuracy".
        by_time: seconds of training along x instead of epochs.
        log: loss on a logarithmic scale; accuracy by its mistakes on one.
    """
    by_mistakes = log and measure == "accuracy"
    data = [] if by_time else _bands(curves[:MAX_RUNS], measure, by_mistakes)
    for index, each in enumerate(curves[:MAX_RUNS]):
        points = MAX_POINTS // len(curves)
        name = _("{name}, training").format(name=short(each.name))
        data.append(_training(each, name, measure, by_time, by_mistakes, points, index))
        data.append(_validation(each, measure, by_time, by_mistakes, index))
    # A zoom into one scale means nothing on the other.
    along = _("seconds of training") if by_time else _("epoch")
    xaxis = axis(along, rangemode="tozero", uirevision=f"{by_time}")
    yaxis = axis(_(measure), uirevision=f"{log}")
    if by_mistakes:
        yaxis |= mistakes_axis()
    elif log:
        yaxis |= {"type": "log", "exponentformat": "power"}
    return {"data": data, "layout": layout(xaxis, yaxis)}


def _bands(curves: Sequence[Curve], measure: str, by_mistakes: bool) -> list[Figure]:
    groups: dict[int, list[int]] = {}
    for index, each in enumerate(curves):
        if each.seeds_of >= 0 and each.metrics.epochs:
            groups.setdefault(each.seeds_of, []).append(index)
    bands = []
    for indices in groups.values():
        if len(indices) < 2:
            continue
        rows = [_validated(curves[index], measure, by_mistakes) for index in indices]
        epochs = min(map(len, rows))
        values = np.stack([row[:epochs] for row in rows])
        along = [point.epoch for point in curves[indices[0]].metrics.epochs[:epochs]]
        band = curve(
            "",
            numbers([*along, *along[::-1]]),
            numbers([*values.min(axis=0), *values.max(axis=0)[::-1]]),
            COLORS[indices[0]],
            fill="toself",
            opacity=0.35,
            showlegend=False,
            hoverinfo="skip",
            hovertemplate=None,
        )
        bands.append(band | {"line": {"width": 0, "color": COLORS[indices[0]]}})
    return bands


def _training(
    each: Curve,
    name: str,
    measure: str,
    by_time: bool,
    by_mistakes: bool,
    points: int,
    index: int,
) -> Figure:
    metrics = each.metrics
    kept = every(len(metrics), points // 2)
    values = smooth(getattr(metrics, measure), kept)
    along = metrics.time if by_time else metrics.step / _steps_per_epoch(each)
    return curve(
        name,
        typed_array(along[kept]),
        typed_array(mistakes(values) if by_mistakes else values),
        COLORS[index],
        dash="dash",
        showlegend=False,
        hoverinfo="skip",
        hovertemplate=None,
    )


def _validation(
    each: Curve, measure: str, by_time: bool, by_mistakes: bool, index: int
) -> Figure:
    points = each.metrics.epochs
    return curve(
        short(each.name),
        numbers([point.time if by_time else point.epoch for point in points]),
        numbers(_validated(each, measure, by_mistakes)),
        COLORS[index],
        symbol=SYMBOLS[index],
        customdata=numbers(_validated(each, measure, False)),
        hovertemplate="%{customdata:.4f}",
    )


def _validated(each: Curve, measure: str, by_mistakes: bool) -> np.ndarray:
    points = each.metrics.epochs
    values = np.array([getattr(point, f"val_{measure}") for point in points], float)
    return mistakes(values) if by_mistakes else values


def _steps_per_epoch(each: Curve) -> float:
    """Batches in an epoch, also where the status does not say so (yet)."""
    if each.steps_per_epoch > 0:
        return each.steps_per_epoch
    for point in each.metrics.epochs[:1]:
        return max(point.step / max(point.epoch, 1), 1)
    return max(len(each.metrics), 1)


def mistakes(accuracies: np.ndarray) -> np.ndarray:
    """Fractions of mistakes, 0.001 at least, so that each has a logarithm."""
    return np.maximum(1 - accuracies, MIN_MISTAKES)


def mistakes_axis() -> Figure:
    """Ticks are accuracies, though the axis is of mistakes, fewest at the top."""
    return {
        "type": "log",
        "autorange": "reversed",
        "tickvals": [max(1 - accuracy, MIN_MISTAKES) for accuracy in _ACCURACIES],
        "ticktext": [f"{accuracy:g}" for accuracy in _ACCURACIES],
    }


def padded(values: Sequence[float]) -> list[float] | None:
    """A range on a logarithmic axis with room around the values, so with ticks, too."""
    if not values:
        return None
    return [
        float(np.log10(min(values) / MARGIN)),
        float(np.log10(max(values) * MARGIN)),
    ]


def short(name: str) -> str:
    """A run's name as a legend has room for it: its end often tells it from others."""
    half = MAX_NAME_LENGTH // 2
    is_long = len(name) > MAX_NAME_LENGTH
    return escaped(f"{name[: half - 1]}…{name[-half:]}" if is_long else name)
