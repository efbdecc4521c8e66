"""Ten probabilities as a figure."""

from __future__ import annotations

import numpy as np

from mnist_cnn.figures.style import BLUE, GRAY, ORANGE, Figure, axis, escaped, layout
from mnist_cnn.locale.message import Translate


def probability_bars(*series: tuple[str, np.ndarray], _: Translate = str) -> Figure:
    """Bars for the digits 0 to 9; two networks stand side by side.

    Args:
        series: a name and ten probabilities for each network.
    """
    is_alone = len(series) == 1
    data = []
    for (name, probabilities), color in zip(series, (BLUE, ORANGE), strict=False):
        colors = [GRAY if is_alone else color] * len(probabilities)
        colors[int(np.argmax(probabilities))] = color
        data.append(
            {
                "type": "bar",
                "name": escaped(name),
                "x": list(range(len(probabilities))),
                "y": [round(float(p), 4) for p in probabilities],
                "text": [f"{p:.0%}" if p >= 0.005 else "" for p in probabilities],
                "textposition": "outside",
                "cliponaxis": False,
                "marker": {"color": colors},
                "hovertemplate": "%{x}: %{y:.2%}<extra></extra>",
            }
        )
    return {
        "data": data,
        "layout": layout(
            axis(_("digit"), tickmode="linear", dtick=1, fixedrange=True),
            {"range": [0, 1.08], "tickformat": ".0%", "fixedrange": True},
            hovermode="closest",
            showlegend=not is_alone,
            margin={"l": 40, "r": 8, "t": 24, "b": 40},
        ),
    }


def probability_text(probabilities: np.ndarray) -> str:
    """The same in words, likeliest first, for those who cannot see the bars."""
    order = np.argsort(-probabilities)
    return ", ".join(f"{digit}: {percent(probabilities[digit])}" for digit in order)


def percent(probability: float) -> str:
    """With one decimal. No softmax is quite certain, even if float32 is."""
    text = f"{probability:.1%}"
    return ">99.9%" if text == "100.0%" else text
