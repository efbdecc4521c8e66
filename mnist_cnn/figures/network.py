"""Pictures of a network: its volumes, and its first layer's kernels."""

from __future__ import annotations

import math

from mnist_cnn.figures.curves import BLUE, GRAY, GREEN, VERMILLION, Figure
from mnist_cnn.nn.architecture import IMAGE_SHAPE, Architecture

SHOWN_KINDS = {"conv": BLUE, "pool": GREEN, "dense": VERMILLION}
DEPTH = 0.45  # how far a volume's depth leans to the side, of its height at most
GAP = 0.55
TALLEST_VECTOR = 1.4


def volumes(architecture: Architecture) -> Figure:
    """The volumes from the image to the ten scores: smaller and deeper, then flat.

    Heights are true to scale; depth grows with the logarithm of the channels, and so
    does the length of a vector, since 1000 beside 28 would leave nothing to see.
    """
    shapes: list[dict] = []
    annotations: list[dict] = []
    x = 0.0
    columns = [("image", IMAGE_SHAPE, GRAY)] + [
        (layer.name, layer.output_shape, SHOWN_KINDS[layer.kind])
        for layer in architecture.layers()
        if layer.kind in SHOWN_KINDS
    ]
    for name, shape, color in columns:
        if len(shape) == 3:
            width = _add_volume(shapes, x, shape, color)
        else:
            width = _add_vector(shapes, x, shape[0], color)
        text = "×".join(str(length) for length in shape)
        annotations.append(
            {
                "x": x + width / 2,
                "y": -0.08,
                "text": f"<b>{text}</b><br>{name}",
                "showarrow": False,
                "yanchor": "top",
                "font": {"size": 11},
            }
        )
        x += width + GAP
    return {
        # A shape alone sets no axes.
        "data": [{"type": "scatter", "x": [0], "y": [0], "opacity": 0}],
        "layout": {
            "shapes": shapes,
            "annotations": annotations,
            "xaxis": {
                "visible": False,
                "range": [-0.35, x - GAP + 0.35],
                "fixedrange": True,
            },
            "yaxis": {"visible": False, "range": [-0.55, 1.6], "fixedrange": True},
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "showlegend": False,
            "hovermode": False,
            "uirevision": "volumes",
        },
    }


def _add_volume(shapes: list[dict], x: float, shape: tuple, color: str) -> float:
    """A box seen from the side; returns its width."""
    side = shape[0] / IMAGE_SHAPE[0]
    depth = DEPTH * math.log2(1 + shape[2]) / 8
    sheets = max(1, min(6, round(math.log2(1 + shape[2]))))
    front = 0.62 * side
    for sheet in reversed(range(sheets)):
        shift = depth * sheet / max(1, sheets - 1) if sheets > 1 else 0.0
        shapes.append(
            {
                "type": "rect",
                "x0": x + shift,
                "x1": x + shift + front,
                "y0": 0.3 * shift,
                "y1": side + 0.3 * shift,
                "line": {"color": color, "width": 1.5},
                "fillcolor": color,
                "opacity": 0.35,
            }
        )
    return front + depth


def _add_vector(shapes: list[dict], x: float, length: int, color: str) -> float:
    """A bar whose height grows with the logarithm of its length; returns its width."""
    height = TALLEST_VECTOR * math.log10(1 + length) / 3.7
    shapes.append(
        {
            "type": "rect",
            "x0": x,
            "x1": x + 0.12,
            "y0": 0,
            "y1": height,
            "line": {"color": color, "width": 1.5},
            "fillcolor": color,
            "opacity": 0.6,
        }
    )
    return 0.12
