"""A network's arrays: their names and shapes, and the file that keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from mnist_cnn.locale.message import MessageError
from mnist_cnn.nn.layers import LayeredArchitecture
from mnist_cnn.storage.arrays import MAX_ARRAY_BYTES, arrays

# By name; a network without convolution has none.
FIRST_KERNELS = "conv_1/kernel"


class NetworkError(MessageError):
    """Weights or pixels that do not fit; its text is a sentence for the person."""


def weight_shapes(architecture: LayeredArchitecture) -> dict[str, tuple[int, ...]]:
    """Name and shape of every array in ``weights.npz``, in the order of the layers."""
    shapes: dict[str, tuple[int, ...]] = {}
    for layer in architecture.layers():
        outputs = layer.output_shape[-1]
        if layer.kind in ("conv", "dense"):
            window = layer.kernel or ()
            shapes[f"{layer.name}/kernel"] = (*window, layer.input_shape[-1], outputs)
            shapes[f"{layer.name}/bias"] = (outputs,)
        elif layer.kind == "batch_norm":
            for name in ("gamma", "beta", "moving_mean", "moving_variance"):
                shapes[f"{layer.name}/{name}"] = (outputs,)
    return shapes


def fitting_weights(
    weights: Mapping[str, np.ndarray], architecture: LayeredArchitecture
) -> dict[str, np.ndarray]:
    """Those of another network's weights that this one can start from.

    A layer starts from there if all its arrays have the same names and shapes.
    """
    shapes = weight_shapes(architecture)
    strangers = {
        name.partition("/")[0]
        for name, shape in shapes.items()
        if name not in weights or weights[name].shape != shape
    }
    return {x: weights[x] for x in shapes if x.partition("/")[0] not in strangers}


def load_weights(path: Path, max_bytes: int = MAX_ARRAY_BYTES) -> dict[str, np.ndarray]:
    """The arrays of a ``weights.npz``; pickled objects in it are refused.

    Raises:
        NetworkError: if the file is missing, damaged or not such an archive.
    """
    try:
        with arrays(path, max_bytes) as archive:
            # Beside them stands the epoch.
            return {
                # Those that come with the lab are kept with 16 bits.
                name: archive[name].astype(np.float32)
                for name in archive.files
                if "/" in name
            }
    except FileNotFoundError as error:
        raise NetworkError(
            "There are no weights yet ({file} is missing): the first epoch has to be "
            "complete.",
            file=path.name,
        ) from error
    except Exception as error:  # zipfile, zlib and numpy each raise their own
        raise NetworkError(
            "The weights in {file} cannot be read ({reason}). The file is damaged.",
            file=path.name,
            reason=error,
        ) from error
