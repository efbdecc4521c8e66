"""An experiment in a link: a preset and what differs from it, readable in the address.

``preset=seed&epochs=3&blocks=16k3p2,32k3s2p1&dense=100``: a block is filters, k kernel,
s stride if it is not 1, p pooling (p1: none), and at its end a for average pooling and
v for padding "valid". ``data``, ``shares`` and ``start_from`` are those of
``TrainingConfig``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from mnist_cnn.experiments.config import TITLES, ConfigError, TrainingConfig
from mnist_cnn.experiments.presets import DEFAULT_PRESET, PRESETS
from mnist_cnn.locale.message import Message
from mnist_cnn.nn.architecture import Architecture, ArchitectureError, ConvBlock

WHOLE = ("epochs", "batch_size", "examples", "validation_examples", "seed")
TEXT = ("optimizer", "schedule")
SWITCHES = ("batch_norm", "global_average")
ALL = "all"
MAX_LENGTH = 80

_BLOCK = re.compile(r"(\d{1,4})k(\d{1,4})(?:s(\d))?p(\d{1,4})(a?)(v?)", re.ASCII)
_NUMBER = re.compile(r"\d{1,10}", re.ASCII)


def to_link(preset: str, config: TrainingConfig) -> dict[str, str]:
    """The preset's name, and each setting in which the config differs from it."""
    base = PRESETS[preset].config
    link = {"preset": preset}
    for name in (*WHOLE, *TEXT, "learning_rate"):
        value = getattr(config, name)
        if value != getattr(base, name):
            link[name] = ALL if value is None else f"{value}"
    if config.augmentation != base.augmentation:
        link["augmentation"] = ",".join(config.augmentation)
    if config.data != base.data:
        link["data"] = ",".join(config.data)
    if config.shares != base.shares:
        link["shares"] = ",".join(f"{share:g}" for share in config.shares)
    if config.start_from != base.start_from:
        link["start_from"] = config.start_from
    network, usual = config.network, base.network
    if network.blocks != usual.blocks:
        link["blocks"] = ",".join(map(_block_text, network.blocks))
    if network.dense != usual.dense:
        link["dense"] = ",".join(map(str, network.dense))
    if network.dropout != usual.dropout:
        link["dropout"] = f"{network.dropout:g}"
    if network.activation != usual.activation:
        link["activation"] = network.activation
    for name in SWITCHES:
        if getattr(network, name) != getattr(usual, name):
            link[name] = f"{getattr(network, name):d}"
    return link


def from_link(link: Mapping[str, str]) -> tuple[str, TrainingConfig]:
    """The inverse: the preset's name, and its settings with those in the link.

    Raises:
        ConfigError: naming what in the link is no good.
    """
    preset = link.get("preset", "")
    if preset not in PRESETS:
        raise ConfigError("The link names a preset that this lab does not have.")
    if any(len(value) > MAX_LENGTH for value in link.values()):
        raise ConfigError("The settings in this link are too long to be any.")
    base = PRESETS[preset].config
    changed: dict[str, object] = {name: link[name] for name in TEXT if name in link}
    for name in WHOLE:
        if name in link:
            is_all = name == "examples" and link[name] == ALL
            changed[name] = None if is_all else _number(name, link[name])
    if "learning_rate" in link:
        changed["learning_rate"] = _decimal("learning_rate", link["learning_rate"])
    if "augmentation" in link:
        changed["augmentation"] = _parts(link["augmentation"])
    if "data" in link:
        changed["data"] = _parts(link["data"])
    if "shares" in link:
        parts = _parts(link["shares"])
        changed["shares"] = tuple(_decimal("shares", part) for part in parts)
    if "start_from" in link:
        changed["start_from"] = link["start_from"]
    try:
        changed["network"] = _network(base.network, link)
    except ArchitectureError as error:
        raise ConfigError(error.message) from error
    return preset, replace(base, **changed)


def link_of(preset: str, config: TrainingConfig) -> dict[str, str] | None:
    """The link to a run's experiment; None if no link can say it.

    Args:
        preset: as in ``Run.preset``: a name, maybe with ", changed", or any other.
        config: the run's. That it left out the offline digits is not in the link.
    """
    if not isinstance(config.network, Architecture):
        return None
    name = preset.partition(",")[0]
    if name not in PRESETS:
        name = DEFAULT_PRESET
    base = PRESETS[name].config
    wanted = replace(config, leave_out_offline_digits=base.leave_out_offline_digits)
    link = to_link(name, wanted)
    try:
        return link if from_link(link) == (name, wanted) else None
    except ConfigError:
        return None


def dense_units(text: str) -> tuple[int, ...]:
    """Units of hidden dense layers as somebody typed them: "1000", "128, 64", "".

    Raises:
        ConfigError: for anything but whole numbers with commas between.
    """
    return tuple(
        _number("dense", part.strip()) for part in text.split(",") if part.strip()
    )


def _network(base: Architecture, link: Mapping[str, str]) -> Architecture:
    changed: dict[str, object] = {}
    if "blocks" in link:
        changed["blocks"] = tuple(map(_block, _parts(link["blocks"])))
    if "dense" in link:
        changed["dense"] = dense_units(link["dense"])
    if "dropout" in link:
        changed["dropout"] = _decimal("dropout", link["dropout"])
    if "activation" in link:
        changed["activation"] = link["activation"]
    changed |= {name: link[name] == "1" for name in SWITCHES if name in link}
    return replace(base, **changed)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(",")))


def _block_text(block: ConvBlock) -> str:
    stride = f"s{block.stride}" if block.stride > 1 else ""
    average = "a" if block.pooling == "average" else ""
    valid = "v" if block.padding == "valid" else ""
    return f"{block.filters}k{block.kernel}{stride}p{block.pool}{average}{valid}"


def _block(text: str) -> ConvBlock:
    match = _BLOCK.fullmatch(text)
    if match is None:
        raise ConfigError(
            "{text!r} is no convolution block, such as 32k5p2.", text=text
        )
    filters, kernel, stride, pool, average, valid = match.groups()
    return ConvBlock(
        int(filters),
        int(kernel),
        "valid" if valid else "same",
        int(pool),
        int(stride or 1),
        "average" if average else "max",
    )


def _number(name: str, text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ConfigError(
            "{title} must be a whole number, not {text!r}.",
            title=_title(name),
            text=text,
        )
    return int(text)


def _decimal(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise ConfigError(
            "{title} must be a number, not {text!r}.", title=_title(name), text=text
        ) from error


def _title(name: str) -> Message:
    return Message((TITLES | {"dense": "Dense units"}).get(name, name.capitalize()))
