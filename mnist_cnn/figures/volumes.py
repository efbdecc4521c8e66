"""A network's volumes, from the image to the ten scores, as a Plotly figure."""

from __future__ import annotations

import math

from mnist_cnn.figures.style import (
    BLUE,
    GRAY,
    GREEN,
    VERMILLION,
    Figure,
    picture_layout,
)
from mnist_cnn.nn.layers import IMAGE_SHAPE, LayeredArchitecture

SHOWN_KINDS = {"conv": BLUE, "pool": GREEN, "dense": VERMILLION}
DEPTH = 0.45  # how far a volume's depth leans to the side, of its height at most
GAP = 0.55
TALLEST_VECTOR = 1.4
MAX_SHEETS = 6


def volumes(architecture: LayeredArchitecture) -> Figure:
    """The volumes from the image to the ten scores: smaller and deeper, then flat.

    Heights are true to scale; depth grows with the logarithm of the channels, and so
    does the length of a vector, since 1000 beside 28 would leave nothing to see.
    """
    shapes: list[Figure] = []
    annotations: list[Figure] = []
    x = 0.0
    columns = [("image", IMAGE_SHAPE, GRAY)] + [
        (layer.name, layer.output_shape, SHOWN_KINDS[layer.kind])
        for layer in architecture.layers()
        if layer.kind in SHOWN_KINDS
    ]
    for name, shape, color in columns:
        add = _add_volume if len(shape) == 3 else _add_vector
        width = add(shapes, x, shape, color)
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
    fixed = {"visible": False, "fixedrange": True}
    return {
        # A shape alone sets no axes.
        "data": [{"type": "scatter", "x": [0], "y": [0], "opacity": 0}],
        "layout": picture_layout(
            {"range": [-0.35, x - GAP + 0.35]} | fixed,
            {"range": [-0.55, 1.6]} | fixed,
            shapes=shapes,
            annotations=annotations,
            margin={"l": 0, "r": 0, "t": 0, "b": 0},
            hovermode=False,
        ),
    }


def _add_volume(shapes: list[Figure], x: float, shape: tuple, color: str) -> float:
    """A box seen from the side; returns its width."""
    side = shape[0] / IMAGE_SHAPE[0]
    depth = DEPTH * math.log2(1 + shape[2]) / 8
    sheets = max(1, min(MAX_SHEETS, round(math.log2(1 + shape[2]))))
    front = 0.62 * side
    for sheet in reversed(range(sheets)):
        shift = depth * sheet / max(1, sheets - 1)
        left, bottom = x + shift, 0.3 * shift
        shapes.append(_rectangle(left, bottom, front, side, color, opacity=0.35))
    return front + depth


def _add_vector(shapes: list[Figure], x: float, shape: tuple, color: str) -> float:
    """A bar whose height grows with the logarithm of its length; returns its width."""
    height = TALLEST_VECTOR * math.log10(1 + shape[0]) / 3.7
    shapes.append(_rectangle(x, 0, 0.12, height, color, opacity=0.6))
    return 0.12


def _rectangle(
    left: float, bottom: float, width: float, height: float, color: str, opacity: float
) -> Figure:
    return {
        "type": "rect",
        "x0": left,
        "x1": left + width,
        "y0": bottom,
        "y1": bottom + height,
        "line": {"color": color, "width": 1.5},
        "fillcolor": color,
        "opacity": opacity,
    }
