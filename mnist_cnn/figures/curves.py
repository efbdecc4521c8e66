"""Curves of a training as Plotly figures: metrics in, figure out.

Figures are plain dictionaries of Plotly's JSON schema, since building Plotly's own
objects costs more than everything else here. They carry no background and no font
color: whoever draws them knows the theme. Colors are Okabe and Ito's (2008), which
people with any kind of color vision can tell apart, and every pair of lines differs
in dash or marker too.
"""

from base64 import b64encode
from typing import Any

import numpy as np

from mnist_cnn.analysis.smoothing import every, smooth, thin
from mnist_cnn.runs.metrics import Mark, Metrics

Figure = dict[str, Any]

BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
SKY, GRAY = "#56B4E9", "#888888"
# A curve is some 600 pixels wide, and a bucket is drawn as two points.
BUCKETS = 320
MARKS_SHOWN = 30


def loss_curve(metrics: Metrics, *, log: bool = False) -> Figure:
    """The loss by batch: every batch, smoothed, and the epochs' means."""
    return _by_batch(metrics, "loss", "loss", log=log)


def accuracy_curve(metrics: Metrics) -> Figure:
    """The share of digits read correctly, by batch, from 0 to 1."""
    figure = _by_batch(metrics, "accuracy", "accuracy", log=False)
    if not len(metrics):
        # Plotly's own axis for nothing goes up to 4.
        figure["layout"]["yaxis"]["range"] = [0, 1]
    return figure


def learning_rate_curve(metrics: Metrics) -> Figure:
    """The learning rate that each batch was trained with."""
    kept = thin(metrics.learning_rate, BUCKETS // 2)
    trace = {
        "type": "scatter",
        "name": "learning rate",
        "mode": "lines",
        "x": typed_array(metrics.step[kept], "i4"),
        "y": typed_array(metrics.learning_rate[kept]),
        "line": {"color": GREEN, "width": 2},
        "hovertemplate": "%{y:.3~g}",
    }
    layout = _layout("batch", "learning rate")
    layout["yaxis"] |= {"exponentformat": "power", "rangemode": "tozero"}
    return {"data": [trace, *_mark_lines(metrics.marks)], "layout": layout}


def lecture_curves(metrics: Metrics) -> Figure:
    """The lecture's picture: loss and accuracy, training and validation, by epoch."""
    epochs = [point.epoch for point in metrics.epochs]
    curves = (
        ("loss", "loss", VERMILLION, "solid", "circle"),
        ("val_loss", "val_loss", VERMILLION, "dash", "diamond-open"),
        ("accuracy", "accuracy", BLUE, "solid", "circle"),
        ("val_accuracy", "val_accuracy", BLUE, "dash", "diamond-open"),
    )
    data = [
        {
            "type": "scatter",
            "name": name,
            "mode": "lines+markers",
            "x": epochs,
            "y": [_json(getattr(point, field)) for point in metrics.epochs],
            "line": {"color": color, "width": 2, "dash": dash},
            "marker": {"color": color, "size": 8, "symbol": symbol},
            "hovertemplate": "%{y:.4f}",
        }
        for name, field, color, dash, symbol in curves
    ]
    layout = _layout("epoch", "")
    layout["xaxis"] |= {"tickformat": "d", "rangemode": "normal"}
    if len(epochs) <= 10:
        layout["xaxis"]["dtick"] = 1
    return {"data": data, "layout": layout}


def _by_batch(metrics: Metrics, name: str, title: str, *, log: bool) -> Figure:
    measured = metrics.batches[:, 2 if name == "loss" else 3]
    kept = thin(measured, BUCKETS)
    along = every(len(measured), BUCKETS)
    raw = {
        "type": "scatter",
        "name": "each batch",
        "mode": "lines+markers" if len(kept) < 60 else "lines",
        "x": typed_array(metrics.step[kept], "i4"),
        "y": typed_array(measured[kept]),
        "line": {"color": SKY, "width": 1},
        "marker": {"color": SKY, "size": 4},
        "opacity": 0.6,
        "hovertemplate": "%{y:.4~f}",
    }
    line = {
        "type": "scatter",
        "name": "smoothed",
        "mode": "lines",
        "x": typed_array(metrics.step[along], "i4"),
        "y": typed_array(smooth(measured, along)),
        "line": {"color": BLUE, "width": 2.5},
        "hovertemplate": "%{y:.4f}",
    }
    ends = [point.step for point in metrics.epochs]
    train = {
        "type": "scatter",
        "name": "epoch, training",
        "mode": "markers",
        "x": ends,
        "y": [_json(getattr(point, name)) for point in metrics.epochs],
        "marker": {
            "color": BLUE,
            "size": 9,
            "symbol": "circle",
            "line": {"color": "#ffffff", "width": 1},
        },
        "text": [f"epoch {point.epoch}" for point in metrics.epochs],
        "hovertemplate": "%{y:.4f} (%{text}, mean)",
    }
    validation = {
        "type": "scatter",
        "name": "epoch, validation",
        "mode": "lines+markers",
        "x": ends,
        "y": [_json(getattr(point, f"val_{name}")) for point in metrics.epochs],
        "line": {"color": VERMILLION, "width": 2, "dash": "dash"},
        "marker": {
            "color": VERMILLION,
            "size": 10,
            "symbol": "diamond",
            "line": {"color": "#ffffff", "width": 1},
        },
        "text": [f"epoch {point.epoch}" for point in metrics.epochs],
        "hovertemplate": "%{y:.4f} (%{text})",
    }
    layout = _layout("batch", title)
    if log:
        layout["yaxis"] |= {"type": "log", "exponentformat": "power"}
        # A zoom in logarithms means nothing on the other axis.
        layout["yaxis"]["uirevision"] = "log"
    return {
        "data": [raw, line, train, validation, *_mark_lines(metrics.marks)],
        "layout": layout,
    }


def _mark_lines(marks: tuple[Mark, ...]) -> list[Figure]:
    if not marks:
        return []
    x: list[int | None] = []
    y: list[int | None] = []
    text: list[str | None] = []
    for step, reasons in _grouped(marks):
        x += [step, step, None]
        y += [0, 1, None]
        # Plotly shows the last of the points under the mouse.
        text += [None, reasons, None]
    return [
        {
            "type": "scatter",
            "name": "steering",
            "mode": "lines",
            "x": x,
            "y": y,
            "yaxis": "y2",
            "text": text,
            "line": {"color": GRAY, "width": 1.5, "dash": "dot"},
            "hovertemplate": "%{text}",
        }
    ]


def _grouped(marks: tuple[Mark, ...]) -> list[tuple[int, str]]:
    """Marks too close for a screen become one, at the last one's place."""
    first, last = marks[0].step, marks[-1].step
    width = max(1, -(-(last - first + 1) // MARKS_SHOWN))
    groups: dict[int, list[Mark]] = {}
    for mark in marks:
        groups.setdefault((mark.step - first) // width, []).append(mark)
    return [(group[-1].step, _reasons(group)) for group in groups.values()]


def _reasons(group: list[Mark]) -> str:
    shown = [(mark.reason or mark.what)[:48] for mark in group[-2:]]
    if len(group) > 2:
        shown.insert(0, f"{len(group) - 2} more")
    return "<br>".join(escaped(reason) for reason in shown)


def escaped(text: str) -> str:
    """Text as Plotly shows it literally; it reads some HTML in names and hovers."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _layout(x_title: str, y_title: str) -> Figure:
    return {
        "uirevision": "run",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 52, "r": 12, "t": 8, "b": 44},
        "hovermode": "x unified",
        "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "xaxis": {"title": {"text": x_title, "standoff": 6}, "rangemode": "tozero"},
        "yaxis": {"title": {"text": y_title, "standoff": 4}, "uirevision": "linear"},
        "yaxis2": {
            "overlaying": "y",
            "range": [0, 1],
            "visible": False,
            "fixedrange": True,
        },
    }


def _json(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


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
