"""The arithmetic of one layer at any place, scrubbed in the browser without a server.

Sent once for a map: the layer's input, the kernel, the result. Convolution, pooling,
batch normalization and ReLU are windows of k, k, 1 and 1 pixels over it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from mnist_cnn.figures.activations import palette
from mnist_cnn.nn import explain
from mnist_cnn.nn.architecture import Layer
from mnist_cnn.nn.network import Forward, Network
from mnist_cnn.nn.receptive_field import seen
from mnist_cnn.ui.components.clickable_picture import STYLE
from mnist_cnn.ui.components.payload import packed
from mnist_cnn.ui.text import _

KINDS = ("conv", "pool", "batch_norm", "relu")
_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "mnist_cnn_layer_scrubber",
    css=STYLE,
    js="\n".join(
        (_HERE / name).read_text(encoding="utf-8")
        for name in (
            "../payload.js",
            "../painting.js",
            "window_arithmetic.js",
            "window_drawing.js",
            "layer_scrubber.js",
        )
    ),
)


def layer_scrubber(
    network: Network, trace: Forward, layer: Layer, map_: int, *, key: str
) -> None:
    """Show how each pixel of one map of a layer comes about.

    Args:
        trace: of the digit at hand.
        layer: of one of ``KINDS``.
        map_: filter or channel, counted from 0.
        key: the same key is the same window, which stays where it is.
    """
    _component(
        data=scrubber_data(network, trace, layer, map_), key=key, height="content"
    )


def scrubber_data(network: Network, trace: Forward, layer: Layer, map_: int) -> bytes:
    """All that the browser needs for one map of a layer.

    The color limits are those of the whole layer, as in the overview.
    """
    inputs, result = trace.inputs[layer.name][0], trace.after[layer.name][0]
    after = result[..., map_]
    limits = {"input": _limit(inputs), "kernel": 0.0, "output": _limit(result)}
    kernel, bias, learned = np.empty(0), 0.0, {}
    if layer.kind == "conv":
        kernel = network.weights[f"{layer.name}/kernel"][..., map_]
        bias = float(network.weights[f"{layer.name}/bias"][map_])
        limits["kernel"] = _limit(kernel)
        kernel = kernel.transpose(2, 0, 1)
        shown = inputs
    else:
        shown = inputs[..., map_ : map_ + 1]
    if layer.kind == "batch_norm":
        step = explain.batch_norm(network, trace, layer.name, map_, 0, 0)
        learned = {
            name: getattr(step, name) for name in ("mean", "deviation", "gamma", "beta")
        }
    heading = {
        "layer": layer.name,
        "kind": layer.kind,
        "map": map_,
        "size": layer.kernel[0] if layer.kernel else 1,
        "stride": layer.stride or 1,
        "pad": layer.padding_before,
        "padded": layer.kind == "conv" and layer.padding == "same",
        "in": shown.shape,
        "out": after.shape,
        "bias": bias,
        "learned": learned,
        "limits": limits,
        "seen": _seen(network, layer),
        "start": _brightest(after),
        "input_is_digit": layer is network.layers[0],
        "words": _words(network, layer, map_),
    }
    first = network.layers[0].name
    return packed(
        heading,
        {
            "palette": palette().tobytes(),
            "digit": trace.inputs[first][0, ..., 0],
            "inputs": shown.transpose(2, 0, 1),
            "kernel": kernel,
            "after": after,
        },
    )


def _limit(values: np.ndarray) -> float:
    return float(np.abs(values).max(initial=0))


def _brightest(values: np.ndarray) -> list[int]:
    """Where most happens; the middle if nothing does."""
    if not values.any():
        return [values.shape[0] // 2, values.shape[1] // 2]
    row, column = np.unravel_index(np.abs(values).argmax(), values.shape)
    return [int(row), int(column)]


def _seen(network: Network, layer: Layer) -> dict[str, int]:
    """First row seen by unit 0, step from unit to unit, and size, in pixels."""
    first = seen(network.architecture, layer.name, 0, 0)
    return {"offset": first.top, "jump": layer.jump, "size": first.height}


def _words(network: Network, layer: Layer, map_: int) -> dict[str, Any]:
    one_map = layer.input_shape[-1] == 1
    image = layer is network.layers[0]
    source = _("The digit") if image else _("Map {map} of the layer's input")
    words = {
        "row": _("Row"),
        "column": _("Column"),
        "play": _("Play"),
        "pause": _("Pause"),
        "padding": _("Padding: a zero outside the image"),
        "keys": _("Drag it, or use the arrow keys."),
        "seen": _(
            "What this unit can see of the digit: rows {rows}, columns {columns}."
        ),
        "input": source + " " + _("and the {size}×{size} window on it."),
        "over_edge": source
        + " "
        + _("and the window, which hangs over the edge: there it reads zeros."),
        "output": _("Result: row {row}, column {column} is {value}. Click or drag."),
        "channel": _("map {n}"),
        "channels": _(
            "What each map of the input adds: here, largest first, and as a picture "
            "for the whole image (all on one scale). Click one to see it above."
        ),
        "patch": _("input"),
        "kernel": _("kernel"),
        "products": _("products"),
    }
    if layer.kind != "conv":
        # One map in, the same map out.
        words["input"] = words["input"].replace("{map}", str(map_))
    words["sum"] = _sum_words(layer, one_map)
    return words


def _sum_words(layer: Layer, one_map: bool) -> str:
    if layer.kind == "pool":
        return _("max({values}) = {result}")
    if layer.kind == "relu":
        return _("ReLU: max(0, {value}) = {result}")
    if layer.kind == "batch_norm":
        return _(
            "γ · (value − mean) / deviation + β = {gamma} · ({value} − {mean}) / "
            "{deviation} + {beta} = {result}"
        )
    total = (
        _("Sum of the {count} products {total}")
        if one_map
        else _(
            "Map {map} adds {here}; all {channels} maps, {count} products, add {total}"
        )
    )
    if layer.activation == "relu":
        return total + "; " + _("+ bias {bias} = {before}; ReLU: max(0, …) = {result}")
    return total + "; " + _("+ bias {bias} = {result}, which is normalized next")
