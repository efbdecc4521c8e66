"""The reliability diagram (Guo et al. 2017) as a Plotly figure."""

from __future__ import annotations

from mnist_cnn.analysis.calibration import Calibration
from mnist_cnn.figures.style import (
    BLUE,
    GRAY,
    VERMILLION,
    Figure,
    axis,
    curve,
    layout,
    marker,
)
from mnist_cnn.locale.message import Translate


def reliability_figure(calibration: Calibration, *, _: Translate = str) -> Figure:
    """Bars of how often predictions are right, by the probability they were given."""
    filled = calibration.counts > 0
    lower, upper = calibration.bounds[:-1], calibration.bounds[1:]
    counts = calibration.counts[filled].tolist()
    confidence = calibration.confidence[filled].round(4).tolist()
    bars = {
        "type": "bar",
        "name": _("fraction right"),
        "x": ((lower + upper) / 2)[filled].round(4).tolist(),
        "y": calibration.accuracy[filled].round(4).tolist(),
        "width": 0.94 * float(upper[0] - lower[0]),
        "marker": {"color": BLUE},
        "text": [f"{count:,}" for count in counts],
        "textposition": "inside",
        "insidetextanchor": "start",
        "textangle": -90,
        "customdata": list(
            zip(
                counts,
                confidence,
                lower[filled].round(2).tolist(),
                upper[filled].round(2).tolist(),
                strict=True,
            )
        ),
        "hovertemplate": _(
            "%{customdata[0]:,} predictions given %{customdata[2]:.0%} to "
            "%{customdata[3]:.0%}<br>mean %{customdata[1]:.1%}, right %{y:.1%}"
            "<extra></extra>"
        ),
    }
    diagonal = curve(
        _("as it should be"), [0, 1], [0, 1], GRAY, dash="dash", hoverinfo="skip"
    )
    marks = curve(
        _("mean probability given"),
        confidence,
        confidence,
        VERMILLION,
        mode="markers",
        marker=marker(VERMILLION, "diamond", 9),
        hoverinfo="skip",
    )
    percent = {"fixedrange": True, "tickformat": ".0%"}
    return {
        "data": [bars, diagonal, marks],
        "layout": layout(
            axis(_("probability given to the prediction"), range=[0, 1]) | percent,
            axis(_("fraction right"), range=[0, 1.03]) | percent,
            hovermode="closest",
            dragmode=False,
        ),
    }
