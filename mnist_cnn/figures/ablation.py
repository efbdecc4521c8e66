"""What each map or unit of a layer is worth: bars, the costliest first."""

from __future__ import annotations

from mnist_cnn.analysis.ablation import Ablation
from mnist_cnn.figures.style import BLUE, GRAY, Figure, axis, layout

MAX_BARS = 64


def ablation_figure(
    found: Ablation, silent: tuple[int, ...], *, number: str, lost: str, hover: str
) -> Figure:
    """A bar for each map or unit, its height the accuracy lost without it.

    Args:
        found: of which the costliest are shown.
        silent: those that are silent already, in gray.
        number, lost: titles of the axes.
        hover: with %{x}, %{y} and, in ``customdata``, the accuracy that is left.
    """
    shown = [int(each) for each in found.order[:MAX_BARS]]
    bars = {
        "type": "bar",
        "x": [str(each) for each in shown],
        "y": [round(float(found.lost[each]), 5) for each in shown],
        "customdata": [float(found.right[each] / found.examples) for each in shown],
        "marker": {"color": [GRAY if each in silent else BLUE for each in shown]},
        "hovertemplate": f"{hover}<extra></extra>",
    }
    return {
        "data": [bars],
        "layout": layout(
            axis(number, type="category", fixedrange=True),
            # One digit in a thousand at least: what is next to nothing looks so.
            axis(
                lost,
                tickformat=".1%",
                fixedrange=True,
                range=[
                    min(0.0, 1.1 * float(found.lost.min())),
                    max(0.002, 1.1 * float(found.lost.max())),
                ],
            ),
            showlegend=False,
            hovermode="x",
            dragmode=False,
        ),
    }
