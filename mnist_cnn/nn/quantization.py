"""A network in few bytes, as browsers get it: 8 bits a weight where there are many.

Each kernel is stored as whole numbers with one scale for each output channel. The file,
deflated: 4 bytes for the length of a heading, the heading in JSON (the layers, then
name, shape and bits of every array), and the arrays' content in that order, an array of
whole numbers followed by its scales, all little-endian. ``openNetwork`` in network.js
reads it.
"""

from __future__ import annotations

import json
import math
import zlib
from typing import Any

import numpy as np

from mnist_cnn.nn.layers import Layer, LayeredArchitecture
from mnist_cnn.nn.network import Network
from mnist_cnn.nn.weights import NetworkError, weight_shapes

# Of 1,000 pen digits the lecture's network then reads each as before, probabilities
# within 0.003, in 2.7 MB; with 8 bits everywhere within 0.02 (measured).
MANY_WEIGHTS = 100_000


def to_bytes(network: Network) -> bytes:
    """The network's layers and weights, deflated."""
    weights, contents = [], []
    for name, values in network.weights.items():
        bits = _bits(values)
        weights.append({"name": name, "shape": values.shape, "bits": bits})
        contents.append(_content(values, bits))
    layers = [described(layer) for layer in network.layers]
    heading = json.dumps({"layers": layers, "weights": weights}).encode()
    length = len(heading).to_bytes(4, "little")
    return zlib.compress(b"".join([length, heading, *contents]))


def from_bytes(architecture: LayeredArchitecture, content: bytes) -> Network:
    """The network in such a file.

    Raises:
        NetworkError: if it is damaged, or of another architecture.
    """
    shapes = weight_shapes(architecture)
    limit = 100_000 + 4 * sum(math.prod(shape) + 4096 for shape in shapes.values())
    try:
        unpacked = zlib.decompressobj().decompress(content, limit)
        length = int.from_bytes(unpacked[:4], "little")
        heading = json.loads(unpacked[4 : 4 + length])
        start, weights = 4 + length, {}
        for each in heading["weights"]:
            name, bits = each["name"], each["bits"]
            values, start = _values(unpacked, start, shapes[name], bits)
            weights[name] = values
    except (zlib.error, ValueError, KeyError, TypeError, RecursionError) as error:
        raise NetworkError("This network's file is damaged.") from error
    return Network(architecture, weights)


def _values(
    content: bytes, start: int, shape: tuple[int, ...], bits: int
) -> tuple[np.ndarray, int]:
    """The inverse of ``_content``, and where the next array begins."""
    count = math.prod(shape)
    kind = {32: "<f4", 16: "<i2", 8: "<i1"}[bits]
    numbers = np.frombuffer(content, kind, count, start).reshape(shape)
    start += count * bits // 8
    if bits == 32:
        return numbers, start
    scales = np.frombuffer(content, "<f4", shape[-1], start)
    return numbers * scales, start + scales.nbytes


def _bits(values: np.ndarray) -> int:
    if values.ndim == 1 or not np.isfinite(values).all():
        return 32
    return 8 if values.size > MANY_WEIGHTS else 16


def _content(values: np.ndarray, bits: int) -> bytes:
    if bits == 32:
        return values.astype("<f4").tobytes()
    channels = values.reshape(-1, values.shape[-1])
    scales = np.abs(channels).max(axis=0) / (2 ** (bits - 1) - 1)
    scales[scales == 0] = 1
    numbers = np.rint(channels / scales).astype(f"<i{bits // 8}")
    return numbers.tobytes() + scales.astype("<f4").tobytes()


def described(layer: Layer) -> dict[str, Any]:
    """A layer as network.js knows it."""
    window = layer.kernel and {
        "size": layer.kernel[0],
        "stride": layer.stride,
        "zeroPadding": layer.zero_padding,
    }
    return {
        "name": layer.name,
        "kind": layer.kind,
        "activation": layer.activation,
        "slope": layer.slope,
        "scale": layer.scale,
        "offset": layer.offset,
        "window": window,
        "inputShape": layer.input_shape,
        "outputShape": layer.output_shape,
    }
