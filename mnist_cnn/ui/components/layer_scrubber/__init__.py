"""The arithmetic of one layer at any position, scrubbed without asking the server.

Sent once for a map: the layer's input, the kernel, the result. Convolution, pooling,
batch normalization and ReLU are windows of k, k, 1 and 1 pixels over it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st

from mnist_cnn.nn.layer_arithmetic import MapArithmetic
from mnist_cnn.ui.arithmetic_words import activation_sentence, layer_sentence
from mnist_cnn.ui.components.bundle import bundle
from mnist_cnn.ui.components.payload import packed
from mnist_cnn.ui.text import _

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "mnist_cnn_layer_scrubber",
    css=(_HERE.parent / "pictures.css").read_text(encoding="utf-8"),
    js=bundle(_HERE / "layer_scrubber.js"),
)


def layer_scrubber(found: MapArithmetic, pixels: np.ndarray, *, key: str) -> None:
    """Show how each pixel of one map of a layer comes about.

    Args:
        found: the map, and what makes it.
        pixels: (28, 28), the digit.
        key: the same key is the same window, which stays where it is.
    """
    _component(data=scrubber_data(found, pixels), key=key, height="content")


def scrubber_data(found: MapArithmetic, pixels: np.ndarray) -> bytes:
    """All that the browser needs for one map of a layer."""
    layer = found.layer
    kernel = np.empty((0, 0, 0)) if found.kernel is None else found.kernel
    heading = {
        "layer": layer.name,
        "kind": layer.kind,
        "map": found.channel,
        "size": layer.kernel[0] if layer.kernel else 1,
        "stride": layer.stride or 1,
        "pad": layer.zero_padding[0],
        "zeros": sum(layer.zero_padding),
        "in": found.inputs.shape,
        "out": found.output.shape,
        "bias": found.bias,
        "statistics": found.statistics,
        "constants": {
            name: f"{getattr(layer, name):g}" for name in ("slope", "scale", "offset")
        },
        "limits": {
            "input": found.input_limit,
            "kernel": float(np.abs(kernel).max(initial=0)),
            "output": found.output_limit,
        },
        "rows_seen": found.rows_seen,
        "start": found.brightest,
        "input_is_digit": found.is_first,
        "words": _words(found),
    }
    return packed(
        heading,
        {
            "digit": pixels,
            "inputs": found.inputs.transpose(2, 0, 1),
            "kernel": kernel.transpose(2, 0, 1),
            "activation": found.output,
        },
    )


def _words(found: MapArithmetic) -> dict[str, str]:
    inputs, over_edge = (
        (_("The digit"), _("The digit (zeros outside)"))
        if found.is_first
        else (_("Input: map {map}"), _("Input: map {map} (zeros outside)"))
    )
    if found.kernel is None:  # one map in, the same map out
        number = str(found.channel)
        inputs, over_edge = (x.replace("{map}", number) for x in (inputs, over_edge))
    return {
        "row": _("Row"),
        "column": _("Column"),
        "play": _("Play"),
        "pause": _("Pause"),
        "padding": _("Padding: a zero outside the image"),
        "keys": _("Drag it, or use the arrow keys."),
        "seen": _("Sees rows {rows}, columns {columns}"),
        "input": inputs,
        "over_edge": over_edge,
        "output": _("Result: row {row}, column {column} is {value}"),
        "channel": _("map {n}"),
        "channels": _(
            "What each map of the input adds: here, largest first, and as a picture "
            "for the whole image (all on one scale). Click one to see it above."
        ),
        "patch": _("input"),
        "kernel": _("kernel"),
        "products": _("products"),
        "sum": _sum(found),
    }


def _sum(found: MapArithmetic) -> str:
    layer = found.layer
    if layer.kind != "conv":
        return layer_sentence(layer)
    activation = activation_sentence(layer)
    match bool(activation), found.inputs.shape[-1]:
        case True, 1:
            text = _(
                "Sum of the {count} products {total}; + bias {bias} = "
                "{pre_activation}; {activation}"
            )
        case True, _several:
            text = _(
                "Map {map} adds {here}; all {channels} maps, {count} products, add "
                "{total}; + bias {bias} = {pre_activation}; {activation}"
            )
        case False, 1:
            text = _("Sum of the {count} products {total}; + bias {bias} = {result}")
        case _several:
            text = _(
                "Map {map} adds {here}; all {channels} maps, {count} products, add "
                "{total}; + bias {bias} = {result}"
            )
    return text.replace("{activation}", activation)
