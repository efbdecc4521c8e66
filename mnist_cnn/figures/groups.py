"""How well each group of a test set is read, such as each writer, as bars."""

from __future__ import annotations

from collections.abc import Mapping

from mnist_cnn.figures.style import BLUE, Figure, axis, layout


def groups_figure(accuracies: Mapping[str, float], title: str) -> Figure:
    """A bar for each group, the worst first.

    Args:
        accuracies: from 0 to 1, by group.
        title: of the axis.
    """
    ordered = sorted(accuracies, key=accuracies.get)
    rounded = [round(accuracies[name], 4) for name in ordered]
    # From a round number below the worst: the bars differ in their ends.
    lowest = max(0.0, int(10 * min(rounded) - 1) / 10) if rounded else 0.0
    bars = {
        "type": "bar",
        "x": ordered,
        "y": rounded,
        "marker": {"color": BLUE},
        "hovertemplate": f"{title} %{{x}}: %{{y:.1%}}<extra></extra>",
    }
    return {
        "data": [bars],
        "layout": layout(
            axis(title, type="category", fixedrange=True),
            axis("", range=[lowest, 1], tickformat=".0%", fixedrange=True),
            showlegend=False,
            hovermode="closest",
            dragmode=False,
        ),
    }
