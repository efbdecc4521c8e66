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


def reliability_figure(
    calibration: Calibration,
    *,
    stated: str,
    right: str,
    ideal: str,
    mean: str,
    hover: str,
) -> Figure:
    """Bars of how often predictions are right, by the probability they were given.

    Args:
        calibration: of all predictions.
        stated, right: titles of the axes; the second is the bars' name, too.
        ideal, mean: names of the dashed line and of the marks.
        hover: of a bar: Plotly's template with %{y} (fraction right) and
            %{customdata[0]} (count), [1] (mean probability), [2] and [3] (bounds).
    """
    filled = calibration.counts > 0
    lower, upper = calibration.bounds[:-1], calibration.bounds[1:]
    counts = calibration.counts[filled].tolist()
    confidence = calibration.confidence[filled].round(4).tolist()
    bars = {
        "type": "bar",
        "name": right,
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
        "hovertemplate": f"{hover}<extra></extra>",
    }
    diagonal = curve(ideal, [0, 1], [0, 1], GRAY, dash="dash", hoverinfo="skip")
    marks = curve(
        mean,
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
            axis(stated, range=[0, 1]) | percent,
            axis(right, range=[0, 1.03]) | percent,
            hovermode="closest",
            dragmode=False,
        ),
    }
