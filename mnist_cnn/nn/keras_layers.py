"""What Keras says of a layer -> what the lab calls it, or a sentence."""

from __future__ import annotations

from typing import Any

from mnist_cnn.digits import SIDE
from mnist_cnn.locale.message import MessageError
from mnist_cnn.nn.layers import ACTIVATIONS
from mnist_cnn.nn.sequential import LayerSpec

# What reads pixels from 0 to 255 makes them small first: 1/255, 1/127.5.
RESCALES_BYTES = 1 / 50
KERAS_SLOPES = {"LeakyReLU": 0.3, "leaky_relu": 0.2}


class KerasFileError(MessageError):
    """A model that the lab cannot take; its text is a sentence for the person."""


def check_input(kind: str, config: dict[str, Any]) -> None:
    """Refuses a layer that gets other than one-channel images of 28×28 pixels."""
    shape = config.get("batch_shape") or config.get("batch_input_shape")
    if shape and tuple(shape[1:]) not in ((SIDE, SIDE), (SIDE, SIDE, 1)):
        raise KerasFileError(
            "The model reads inputs of the shape {shape}; the lab's digits have "
            "{side}×{side} pixels, or {side}×{side}×1.",
            shape=tuple(shape[1:]),
            side=SIDE,
        )
    if config.get("data_format", "channels_last") != "channels_last":
        raise KerasFileError("The lab takes {kind} with channels last only.", kind=kind)


def spec_of(kind: str, config: dict[str, Any]) -> LayerSpec | None:
    """What the lab calls a layer; None for one that changes nothing."""
    match kind:
        case "InputLayer":
            return None
        case "Reshape" if tuple(config["target_shape"]) == (SIDE, SIDE, 1):
            return None
        case "Rescaling":
            return _rescaling(float(config["scale"]), float(config["offset"]))
        case "Conv2D":
            _check_one(kind, config, "dilation_rate", "groups")
            window = _window(kind, config, "kernel_size")
            return LayerSpec("conv", config["filters"], **window, **_activation(config))
        case "MaxPooling2D" | "AveragePooling2D":
            name = "pool" if kind == "MaxPooling2D" else "average_pool"
            return LayerSpec(name, **_window(kind, config, "pool_size"))
        case "GlobalAveragePooling2D" if not config.get("keepdims"):
            return LayerSpec("global_average_pool")
        case "BatchNormalization":
            return LayerSpec("batch_norm")
        case "Dropout":
            return LayerSpec("dropout", rate=float(config["rate"]))
        case "Flatten":
            return LayerSpec("flatten")
        case "Dense":
            return LayerSpec("dense", config["units"], **_activation(config))
        case "Activation" | "ReLU" | "LeakyReLU" | "Softmax":
            layer = {"class_name": kind, "config": config}
            given = config["activation"] if kind == "Activation" else layer
            found = _activation({"activation": given})
            return LayerSpec(found["activation"] or "linear", slope=found["slope"])
    raise KerasFileError(
        "The lab does not know the layer {name!r} ({kind}). It takes Rescaling, "
        "Conv2D, MaxPooling2D, AveragePooling2D, GlobalAveragePooling2D, "
        "BatchNormalization, Activation, ReLU, LeakyReLU, Dropout, Flatten, Dense and "
        "Softmax.",
        name=config.get("name", kind),
        kind=kind,
    )


def _rescaling(scale: float, offset: float) -> LayerSpec | None:
    scale *= 255 if abs(scale) < RESCALES_BYTES else 1
    if abs(scale - 1) < 1e-6 and offset == 0:
        return None
    return LayerSpec("rescaling", scale=scale, offset=offset)


def _activation(config: dict[str, Any]) -> dict[str, Any]:
    """``activation`` and ``slope``, from a name or from the layer that it is."""
    value, config = config["activation"], {}
    if isinstance(value, dict):
        value, config = value["class_name"], value["config"]
    if config.get("max_value") is not None or config.get("threshold"):
        raise KerasFileError("The lab takes ReLU without a limit or a threshold only.")
    default = KERAS_SLOPES.get(value, 0.0)
    slope = float(config.get("negative_slope", config.get("alpha", default)) or 0.0)
    name = {"ReLU": "relu", "Softmax": "softmax", "LeakyReLU": "leaky_relu"}.get(
        value, value
    )
    if name == "relu" and slope:
        name = "leaky_relu"
    if name not in (None, "linear", *ACTIVATIONS, "softmax"):
        raise KerasFileError(
            "The lab does not know the activation {value!r}; it knows {known} and "
            "softmax.",
            value=str(value)[:60],
            known=", ".join(ACTIVATIONS),
        )
    return {"activation": None if name == "linear" else name, "slope": slope}


def _window(kind: str, config: dict[str, Any], size: str) -> dict[str, Any]:
    return {
        "size": _side(kind, config[size]),
        "stride": _side(kind, config["strides"] or config[size]),
        "padding": config["padding"],
    }


def _side(kind: str, value: Any) -> int:
    sides = {value} if isinstance(value, int) else set(value)
    if len(sides) != 1:
        raise KerasFileError(
            "{kind}: the lab takes windows and strides that are square, not {value}.",
            kind=kind,
            value=value,
        )
    return sides.pop()


def _check_one(kind: str, config: dict[str, Any], *names: str) -> None:
    for name in names:
        if config.get(name, 1) not in (1, [1, 1], (1, 1)):
            raise KerasFileError(
                "{kind}: the lab takes {name} 1 only.", kind=kind, name=name
            )
