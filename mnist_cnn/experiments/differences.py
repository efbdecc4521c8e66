"""A run's settings in plain words, and where several differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from mnist_cnn.digits import datasets
from mnist_cnn.digits.augmentation import AUGMENTATIONS
from mnist_cnn.experiments.config import TITLES, TrainingConfig
from mnist_cnn.experiments.presets import DEFAULT_PRESET, PRESETS
from mnist_cnn.locale.message import Message
from mnist_cnn.nn.architecture import Architecture, ConvBlock
from mnist_cnn.nn.layers import Layer, LayeredArchitecture

_POOLINGS = {"max": "pool {pool}", "average": "average pool {pool}", None: "no pooling"}
_SCHEDULES = {"constant": "constant", "cosine": "warm-up, then cosine"}


def describe(config: TrainingConfig) -> dict[str, str]:
    """Every setting: its title, and its value as one would say it."""
    return _network(config.network) | {
        TITLES["epochs"]: f"{config.epochs}",
        TITLES["batch_size"]: f"{config.batch_size:,}",
        "Optimizer": config.optimizer,
        TITLES["learning_rate"]: f"{config.learning_rate:g}",
        "Schedule": _SCHEDULES[config.schedule],
        "Data": _data(config),
        "Starts from": (
            Message("run {run}", run=config.start_from[:10])
            if config.start_from
            else "new"
        ),
        TITLES["examples"]: f"{config.examples:,}" if config.examples else "all",
        TITLES["validation_examples"]: (
            Message("{count:,} kept aside", count=config.validation_examples)
            if config.validation_examples
            else "the test set"
        ),
        "Augmentation": Message.listed(
            [Message(AUGMENTATIONS[name].title) for name in config.augmentation]
        )
        or "none",
        "Training labels": "shuffled" if config.shuffle_labels else "right",
        "Offline digits": (
            "kept out of training" if config.leave_out_offline_digits else "used"
        ),
        TITLES["seed"]: f"{config.seed}",
    }


def _network(network: LayeredArchitecture) -> dict[str, str]:
    if not isinstance(network, Architecture):
        layers = [f"{each.name} {_shape(each)}" for each in network.layers()]
        return {"Network": ", ".join(layers)}
    blocks = [_block(block) for block in network.blocks]
    return {
        "Convolutions": Message.listed(blocks, "; ") or "none",
        "Batch normalization": "yes" if network.batch_norm else "no",
        "Activation": network.activation,
        "Global average pooling": "yes" if network.global_average else "no",
        "Dropout": f"{network.dropout:g}",
        "Dense units": ", ".join(f"{units:,}" for units in network.dense) or "none",
    }


def _block(block: ConvBlock) -> Message:
    kind = block.pooling if block.pool > 1 else None
    told = [
        "{filters} of {kernel}×{kernel}",
        "stride {stride}" if block.stride > 1 else None,
        "without a border" if block.padding == "valid" else None,
        _POOLINGS[kind],
    ]
    return Message.listed([Message(text, **asdict(block)) for text in told if text])


def _shape(layer: Layer) -> str:
    return "×".join(map(str, layer.output_shape))


def _data(config: TrainingConfig) -> Message:
    titles = []
    for index, name in enumerate(config.data):
        title = datasets.about(name).title
        if name.removesuffix(datasets.ALL) in datasets.NAMES:
            title = Message(title)  # a file's own is a stranger's
        if name.endswith(datasets.ALL):
            title = Message("{title} (all writers)", title=title)
        if config.shares:
            part = config.shares[index]
            title = Message("{part:g} × {title}", part=part, title=title)
        titles.append(title)
    return Message.listed(titles)


def differences(configs: Sequence[TrainingConfig]) -> dict[str, list[str]]:
    """The settings in which these differ: by title, each one's value in their order."""
    told = [describe(config) for config in configs]
    if not told:
        return {}
    titles = dict.fromkeys(title for each in told for title in each)
    values = {title: [each.get(title, "–") for each in told] for title in titles}
    return {title: each for title, each in values.items() if len(set(each)) > 1}


def changes(preset: str, config: TrainingConfig) -> str:
    """What differs from the preset a run came from, in one line; empty if nothing.

    Args:
        preset: as in a run folder: a preset's name, with ", changed" if it was. Any
            other text stands for the preset that one gets without choosing.
        config: the run's own settings.
    """
    name = preset.partition(",")[0]
    base = PRESETS[name if name in PRESETS else DEFAULT_PRESET].config
    found = differences([base, config])
    told = [
        Message("{title}: {value}", title=Message(title), value=own)
        for title, (_base, own) in found.items()
    ]
    return Message.listed(told, " · ")
