"""Somebody's own Keras model, read from its file without Keras.

A ``.keras`` file (Keras 3) is a zip of ``config.json``, which says what the layers are,
and ``model.weights.h5``; an ``.h5`` file (Keras 2, and Keras 3 on request) holds both.
Nothing in them is run: a layer is known by the name of its class, or the file is
refused with a sentence.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np

from mnist_cnn.digits import CLASSES
from mnist_cnn.nn.keras_layers import KerasFileError, check_input, spec_of
from mnist_cnn.nn.layers import ArchitectureError
from mnist_cnn.nn.network import Network
from mnist_cnn.nn.operations import BATCH_NORM_EPSILON
from mnist_cnn.nn.sequential import MAX_LAYERS, LayerSpec, Sequential
from mnist_cnn.nn.weights import NetworkError, weight_shapes
from mnist_cnn.storage.untrusted_zip import UntrustedZip, ZipError

# The lecture's network with Adam's two values for each of its weights: 38 MB.
MEGABYTES = 64
MAX_CONFIG_BYTES = 1_000_000


@dataclass(frozen=True)
class KerasModel:
    """What a file holds.

    Attributes:
        name: the model's, as Keras calls it.
        network: reads pixels from 0 to 1, whatever the model was given.
    """

    name: str
    network: Network


def read_keras_file(content: bytes) -> KerasModel:
    """The network in a ``.keras`` or ``.h5`` file.

    Args:
        content: of the file.

    Raises:
        KerasFileError: naming the layer, or what else the lab cannot take.
    """
    if len(content) > MEGABYTES * 1_000_000:
        raise KerasFileError("The file is larger than {limit} MB.", limit=MEGABYTES)
    try:
        read = _read_h5 if content.startswith(b"\x89HDF") else _read_zip
        config, weights_of = read(content)
        values = json.loads(config)
        layers = list(_layers(values))
        network = _network(layers, weights_of)
        name = values["config"].get("name")
    except (ZipError, ArchitectureError, NetworkError) as error:
        raise KerasFileError(error.message) from error
    except (OSError, KeyError, TypeError, AttributeError, ValueError) as error:
        if isinstance(error, KerasFileError):
            raise
        raise KerasFileError(
            "This is no Keras model that can be read: save one with "
            "model.save('my.keras') ({kind}: {reason}).",
            kind=type(error).__name__,
            reason=str(error)[:80],
        ) from error
    except RecursionError as error:
        raise KerasFileError("The model's description is nested too deep.") from error
    return KerasModel(name if isinstance(name, str) else "", network)


# A layer's arrays in Keras' order, by (class, how many of the class before it, name).
WeightsOf = Callable[[str, int, str], list[h5py.Dataset]]


def _read_zip(content: bytes) -> tuple[bytes, WeightsOf]:
    sizes = {
        "metadata.json": MAX_CONFIG_BYTES,
        "config.json": MAX_CONFIG_BYTES,
        "model.weights.h5": MEGABYTES * 1_000_000,
    }
    zipped = UntrustedZip(io.BytesIO(content), sizes)
    file = h5py.File(io.BytesIO(zipped.read("model.weights.h5")), "r")

    def weights_of(kind: str, index: int, _name: str) -> list[h5py.Dataset]:
        key = _snake_case(kind) + (f"_{index}" if index else "")
        group = _member(file, "layers", key, "vars")
        return [_member(group, str(each)) for each in range(len(group))]

    return zipped.read("config.json"), weights_of


def _read_h5(content: bytes) -> tuple[bytes, WeightsOf]:
    file = h5py.File(io.BytesIO(content), "r")
    config = file.attrs["model_config"]

    def weights_of(_kind: str, _index: int, name: str) -> list[h5py.Dataset]:
        group = _member(file, "model_weights", name)
        names = [
            each.decode() if isinstance(each, bytes) else each
            for each in group.attrs["weight_names"]
        ]
        return [_member(group, *each.split("/")) for each in names]

    return config if isinstance(config, bytes) else config.encode(), weights_of


def _member(group: h5py.Group, *names: str) -> Any:
    """What lies there, if it lies in this file: a link could name any other file."""
    for name in names:
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise KeyError(name)
        group = group[name]
    return group


def _snake_case(name: str) -> str:
    """As Keras names a layer's folder: AveragePooling2D is average_pooling2d."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def _layers(values: Any) -> Iterator[dict[str, Any]]:
    """The layers' descriptions, which stand in one line.

    Yields:
        dictionaries with ``class_name`` and ``config``.
    """
    kind = values["class_name"]
    if kind not in ("Sequential", "Functional", "Model"):
        raise KerasFileError(
            "The lab takes models that are one line of layers (Sequential, or a "
            "functional model without branches), not {kind!r}.",
            kind=kind[:60],
        )
    before = None
    for layer in values["config"]["layers"]:
        config = layer["config"]
        sources = set(_sources(layer.get("inbound_nodes") or []))
        if sources and sources != {before}:
            raise KerasFileError(
                "Layer {name!r} has other inputs than the layer before it. The lab "
                "takes models that are one line of layers.",
                name=config["name"],
            )
        before = config["name"]
        yield {"class_name": str(layer["class_name"])[:60], "config": config}


def _sources(node: Any) -> Iterator[str]:
    """The names of the layers that a layer's inputs come from, in either version."""
    if isinstance(node, dict):
        if "keras_history" in node:
            yield node["keras_history"][0]
        for each in node.values():
            yield from _sources(each)
    elif isinstance(node, list):
        if len(node) == 4 and isinstance(node[0], str) and node[3] == {}:
            yield node[0]
        for each in node:
            yield from _sources(each)


def _network(layers: list[dict[str, Any]], weights_of: WeightsOf) -> Network:
    if len(layers) > MAX_LAYERS:
        raise KerasFileError(
            "This model has {count:,} layers; the lab takes up to {limit}.",
            count=len(layers),
            limit=MAX_LAYERS,
        )
    specs: list[LayerSpec] = []
    found: list[tuple[list[h5py.Dataset], dict[str, Any]]] = []
    counts = Counter[str]()
    for layer in layers:
        kind, config = layer["class_name"], layer["config"]
        check_input(kind, config)
        spec = spec_of(kind, config)
        index, counts[kind] = counts[kind], counts[kind] + 1
        if spec is None or spec.kind == "linear":
            continue
        if spec.kind == "softmax":  # of the layer before it
            if not specs or specs[-1].kind != "dense" or specs[-1].activation:
                raise KerasFileError("Softmax must follow the last dense layer.")
            specs[-1] = LayerSpec("dense", specs[-1].units, activation="softmax")
            continue
        specs.append(spec)
        has_weights = spec.kind in ("conv", "batch_norm", "dense")
        name = config["name"]
        found.append((weights_of(kind, index, name) if has_weights else [], config))
    if specs and specs[-1] == LayerSpec("dense", CLASSES):
        # The loss had from_logits=True: the scores are the same.
        specs[-1] = LayerSpec("dense", CLASSES, activation="softmax")
    architecture = Sequential(tuple(specs))
    weights: dict[str, np.ndarray] = {}
    shapes = weight_shapes(architecture)
    for layer, (stored, config) in zip(architecture.layers(), found, strict=True):
        wanted = {
            name.rpartition("/")[2]: shape
            for name, shape in shapes.items()
            if name.startswith(f"{layer.name}/")
        }
        for name, array in _arrays(wanted, stored, config).items():
            weights[f"{layer.name}/{name}"] = array
    return Network(architecture, weights)


def _arrays(
    wanted: dict[str, tuple[int, ...]],
    stored: list[h5py.Dataset],
    config: dict[str, Any],
) -> dict[str, np.ndarray]:
    """A layer's arrays by name, those that it was made without by what they stand for.

    Args:
        wanted: shapes by name, in Keras' order.
        stored: in Keras' order.
        config: of the layer.
    """
    left_out = {
        "bias": ("use_bias", 0.0),
        "gamma": ("scale", 1.0),
        "beta": ("center", 0.0),
    }
    arrays, rest = {}, list(stored)
    for name, shape in wanted.items():
        option, value = left_out.get(name, ("", 0.0))
        if option and config.get(option) is False:
            arrays[name] = np.full(shape, value, np.float32)
            continue
        dataset = rest.pop(0) if rest else None
        if (
            not isinstance(dataset, h5py.Dataset)
            or dataset.shape != shape
            or dataset.dtype.kind != "f"
            or dataset.is_virtual
            or dataset.external
        ):
            raise KerasFileError(
                "Layer {name!r} has no array of the shape {shape} where its {array} "
                "should be.",
                name=config["name"],
                shape=shape,
                array=name,
            )
        arrays[name] = dataset[()].astype(np.float32)
        if not np.isfinite(arrays[name]).all():
            raise KerasFileError(
                "The {name} of layer {layer!r} holds values that are no numbers. Its "
                "training has diverged.",
                name=name,
                layer=config["name"],
            )
    if "moving_variance" in arrays:
        # The lab's networks have Keras' default, which is added to it.
        more = float(config.get("epsilon", BATCH_NORM_EPSILON)) - BATCH_NORM_EPSILON
        arrays["moving_variance"] += np.float32(more)
    return arrays
