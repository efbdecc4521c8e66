"""The curves of one training run: loss, accuracy and learning rate, batch by batch."""

from __future__ import annotations

import math
from collections.abc import Sequence

from mnist_cnn.analysis.smoothing import every, smooth, thin
from mnist_cnn.figures.style import (
    BLUE,
    GRAY,
    GREEN,
    SKY,
    VERMILLION,
    Figure,
    axis,
    curve,
    epoch_axis,
    escaped,
    layout,
    marker,
    numbers,
    typed_array,
)
from mnist_cnn.locale.message import Translate
from mnist_cnn.runs.metrics import Mark, Metrics

# A curve is some 600 pixels wide, and a bucket is drawn as two points.
BUCKETS = 320
MAX_MARKS = 30
# What a mark says, by what was done.
MARKS = {
    "stop": "Stopped",
    "pause": "Paused",
    "resume": "Resumed",
    "one_batch": "One batch",
    "one_epoch": "To the end of the epoch",
    "learning_rate": "Learning rate set to {value:g}",
    "resumed": "Resumed after epoch {value:g}",
    "begun_again": "Begun again",
}
# Marks reach from the bottom to the top, whatever the curve's own scale is.
MARKS_AXIS = {"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True}


def loss_curve(
    metrics: Metrics,
    others: Sequence[Metrics] = (),
    *,
    log: bool = False,
    _: Translate = str,
) -> Figure:
    """The loss by batch: every batch, smoothed, and the epochs' means.

    Args:
        metrics: of the run.
        others: of runs that differ in their seed alone; all together give a band.
        log: whether its axis is logarithmic.
    """
    figure = _by_batch(metrics, "loss", others, _)
    if not len(metrics):
        # Plotly's own axis for nothing begins at -1.
        figure["layout"]["yaxis"]["range"] = [0, 2.5]
    if log:
        # A zoom in logarithms means nothing on the other scale.
        scale = {"type": "log", "exponentformat": "power", "uirevision": "log"}
        figure["layout"]["yaxis"] |= scale
        if not len(metrics):
            figure["layout"]["yaxis"]["range"] = [-2, 1]
    return figure


def accuracy_curve(
    metrics: Metrics, others: Sequence[Metrics] = (), *, _: Translate = str
) -> Figure:
    """The fraction of digits read correctly, by batch, from 0 to 1."""
    figure = _by_batch(metrics, "accuracy", others, _)
    if not len(metrics):
        # Plotly's own axis for nothing goes up to 4.
        figure["layout"]["yaxis"]["range"] = [0, 1]
    return figure


def learning_rate_curve(metrics: Metrics, *, _: Translate = str) -> Figure:
    """The learning rate that each batch was trained with."""
    kept = thin(metrics.learning_rate, BUCKETS // 2)
    line = curve(
        _("learning rate"),
        typed_array(metrics.step[kept], "i4"),
        typed_array(metrics.learning_rate[kept]),
        GREEN,
        hovertemplate="%{y:.3~g}",
    )
    yaxis = axis(_("learning rate"), exponentformat="power", rangemode="tozero")
    return _with_marks([line], metrics, yaxis, _)


def epoch_curves(metrics: Metrics, *, _: Translate = str) -> Figure:
    """The lecture's picture: loss and accuracy, training and validation, by epoch."""
    epochs = [point.epoch for point in metrics.epochs]
    lines = [
        curve(
            name,
            epochs,
            numbers([getattr(point, name) for point in metrics.epochs]),
            color,
            dash=dash,
            symbol=symbol,
        )
        for name, color, dash, symbol in (
            ("loss", VERMILLION, "solid", "circle"),
            ("val_loss", VERMILLION, "dash", "diamond-open"),
            ("accuracy", BLUE, "solid", "circle"),
            ("val_accuracy", BLUE, "dash", "diamond-open"),
        )
    ]
    return {"data": lines, "layout": layout(epoch_axis(len(epochs), _), axis(""))}


def _by_batch(
    metrics: Metrics, measure: str, others: Sequence[Metrics], _: Translate
) -> Figure:
    measured = getattr(metrics, measure)
    kept = thin(measured, BUCKETS)
    along = every(len(measured), BUCKETS)
    each_batch = curve(
        _("batch"),
        typed_array(metrics.step[kept], "i4"),
        typed_array(measured[kept]),
        SKY,
        mode="lines+markers" if len(kept) < 60 else "lines",
        line={"color": SKY, "width": 1},
        marker={"color": SKY, "size": 4},
        opacity=0.6,
        hovertemplate="%{y:.4~f}",
    )
    smoothed = curve(
        _("smoothed"),
        typed_array(metrics.step[along], "i4"),
        typed_array(smooth(measured, along)),
        BLUE,
        line={"color": BLUE, "width": 2.5},
    )
    ends = [point.step for point in metrics.epochs]
    names = [_("epoch {number}").format(number=x.epoch) for x in metrics.epochs]
    training = curve(
        _("training"),
        ends,
        numbers([getattr(point, measure) for point in metrics.epochs]),
        BLUE,
        mode="markers",
        marker=marker(BLUE, "circle", 9),
        text=names,
        hovertemplate=_("%{y:.4f} (%{text}, mean)"),
    )
    validation = curve(
        _("validation"),
        ends,
        numbers([getattr(point, f"val_{measure}") for point in metrics.epochs]),
        VERMILLION,
        dash="dash",
        mode="lines+markers",
        marker=marker(VERMILLION, "diamond", 10),
        text=names,
        hovertemplate="%{y:.4f} (%{text})",
    )
    band = _seed_band([metrics, *others], f"val_{measure}", _) if others else []
    lines = [each_batch, smoothed, training, validation, *band]
    return _with_marks(lines, metrics, axis(_(measure), uirevision="linear"), _)


def _seed_band(alike: Sequence[Metrics], measure: str, _: Translate) -> list[Figure]:
    """From the smallest to the largest validation of several seeds, epoch by epoch."""
    by_step: dict[int, list[float]] = {}
    for metrics in alike:
        for point in metrics.epochs:
            if math.isfinite(value := getattr(point, measure)):
                by_step.setdefault(point.step, []).append(value)
    shared = {step: each for step, each in by_step.items() if len(each) > 1}
    name = _("seeds: {count}").format(count=len(alike))
    common = {"line": {"color": VERMILLION, "width": 0}, "legendgroup": "seeds"}
    low, high = (
        curve(
            name,
            list(shared),
            numbers([choose(values) for values in shared.values()]),
            VERMILLION,
            hovertemplate=hover,
            **common,
        )
        for choose, hover in (
            (min, _("%{y:.4f} (lowest of the seeds)")),
            (max, _("%{y:.4f} (highest of the seeds)")),
        )
    )
    low["showlegend"] = False
    high |= {"fill": "tonexty", "fillcolor": "rgba(213, 94, 0, 0.25)"}
    return [low, high]


def _with_marks(
    lines: list[Figure], metrics: Metrics, yaxis: Figure, _: Translate
) -> Figure:
    xaxis = axis(_("batch"), rangemode="tozero")
    if not len(metrics):
        xaxis["range"] = [0, 100]
    return {
        "data": [*lines, *_mark_lines(metrics.marks, _)],
        "layout": layout(xaxis, yaxis, yaxis2=dict(MARKS_AXIS)),
    }


def _mark_lines(marks: tuple[Mark, ...], _: Translate) -> list[Figure]:
    if not marks:
        return []
    x: list[int | None] = []
    y: list[int | None] = []
    text: list[str | None] = []
    for step, reasons in _grouped(marks, _):
        x += [step, step, None]
        y += [0, 1, None]
        # Plotly shows the last of the points under the mouse.
        text += [None, reasons, None]
    return [
        curve(
            _("steering"),
            x,
            y,
            GRAY,
            yaxis="y2",
            text=text,
            line={"color": GRAY, "width": 1.5, "dash": "dot"},
            hovertemplate="%{text}",
        )
    ]


def _grouped(marks: tuple[Mark, ...], _: Translate) -> list[tuple[int, str]]:
    """Marks too close for a screen become one, where the last of them is."""
    first, last = marks[0].step, marks[-1].step
    width = max(1, -(-(last - first + 1) // MAX_MARKS))
    groups: dict[int, list[Mark]] = {}
    for mark in marks:
        groups.setdefault((mark.step - first) // width, []).append(mark)
    return [(group[-1].step, _reasons(group, _)) for group in groups.values()]


def _reasons(group: list[Mark], _: Translate) -> str:
    shown = [_told(mark, _)[:48] for mark in group[-2:]]
    if len(group) > 2:
        shown.insert(0, _("{count} more").format(count=len(group) - 2))
    return "<br>".join(escaped(reason) for reason in shown)


def _told(mark: Mark, _: Translate) -> str:
    if mark.reason:  # as an earlier version of the lab wrote it, or a stranger
        return mark.reason
    text = _(MARKS.get(mark.what, mark.what))
    return text if mark.value is None else text.format(value=mark.value)
