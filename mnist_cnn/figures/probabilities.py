"""Ten probabilities as a figure."""

from __future__ import annotations

import numpy as np

from mnist_cnn.figures.curves import BLUE, GRAY, Figure, escaped


def probability_bars(*series: tuple[str, np.ndarray]) -> Figure:
    """Bars for the digits 0 to 9; two networks stand side by side.

    Args:
        series: a name and ten probabilities for each network.
    """
    colors = (BLUE, "#E69F00")
    data = []
    for (name, probabilities), color in zip(series, colors, strict=False):
        best = int(np.argmax(probabilities))
        alone = len(series) == 1
        data.append(
            {
                "type": "bar",
                "name": escaped(name),
                "x": list(range(10)),
                "y": [round(float(p), 4) for p in probabilities],
                "text": [f"{p:.0%}" if p >= 0.005 else "" for p in probabilities],
                "textposition": "outside",
                "cliponaxis": False,
                "marker": {
                    "color": [
                        color if digit == best or not alone else GRAY
                        for digit in range(10)
                    ]
                },
                "hovertemplate": "%{x}: %{y:.2%}<extra></extra>",
            }
        )
    return {
        "data": data,
        "layout": {
            "margin": {"l": 40, "r": 8, "t": 24, "b": 40},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "xaxis": {
                "title": {"text": "digit"},
                "tickmode": "linear",
                "dtick": 1,
                "fixedrange": True,
            },
            "yaxis": {"range": [0, 1.08], "tickformat": ".0%", "fixedrange": True},
            "showlegend": len(series) > 1,
            "legend": {"orientation": "h", "y": 1.15},
            "uirevision": "probabilities",
        },
    }


def probability_text(probabilities: np.ndarray) -> str:
    """The same in words, likeliest first, for those who cannot see the bars."""
    order = np.argsort(-probabilities)
    return ", ".join(f"{digit}: {probabilities[digit]:.1%}" for digit in order)
