"""What can be set for a training run, with its ranges."""

from __future__ import annotations

import math
import re
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from mnist_cnn.digits import datasets
from mnist_cnn.digits.augmentation import AUGMENTATIONS
from mnist_cnn.locale.message import Message, MessageError
from mnist_cnn.nn.architecture import LECTURE_NETWORK, Architecture
from mnist_cnn.nn.layers import ArchitectureError, LayeredArchitecture
from mnist_cnn.nn.sequential import Sequential

OPTIMIZERS = ("adam", "sgd", "rmsprop")
SCHEDULES = ("constant", "cosine")
RANGES: dict[str, tuple[float, float]] = {
    "epochs": (1, 50),
    "batch_size": (16, 1024),
    "learning_rate": (1e-6, 1.0),
    "examples": (500, 60_000),
    "validation_examples": (0, 10_000),
    "seed": (0, 2**31 - 1),
}
MAX_DATA = 4
SHARES = (0.01, 100.0)
TITLES = {
    "epochs": "Epochs",
    "batch_size": "Batch size",
    "learning_rate": "Learning rate",
    "examples": "Training digits",
    "validation_examples": "Validation digits",
    "seed": "Seed",
}
_RUN_ID = re.compile(r"[a-z0-9-]{8,32}")


class ConfigError(MessageError):
    """A setting out of its range; the text names the field and the range."""


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that decides a training run; the same values give the same curve.

    Attributes:
        network: the network as data.
        epochs: passes over the training digits, 1 to 50.
        batch_size: digits for each step of the optimizer, 16 to 1024.
        optimizer: "adam", "sgd" (with momentum 0.9) or "rmsprop".
        learning_rate: step size; the peak, if the schedule changes it. 1e-6 to 1.
        schedule: "constant", or "cosine": warm-up, then down to 0 along a cosine.
        examples: training digits used, 500 to 60,000; None for all there are.
        validation_examples: training digits, the last ones, that are kept aside to
            validate on, 0 to 10,000 (and at most half of them all); the test set is
            used at the end only then. With 0 the test set validates, as in the lecture.
        seed: of the first weights, the order of the digits, dropout, augmentation.
        augmentation: names out of ``augmentation.AUGMENTATIONS``; may be empty.
        leave_out_offline_digits: train without the 5,000 digits that serve as data
            where there is no network, so that they can test the result fairly.
        shuffle_labels: deal the training labels out anew, at random by the seed: an
            experiment (Zhang et al. 2017). The test labels stay right.
        data: names of ``digits.datasets``; the first one's test set validates.
        shares: how much of an epoch each of ``data`` makes up, such as (1, 1); empty
            for as much each.
        start_from: id of the run whose network it starts from (fine-tuning); empty
            for random weights.

    Raises:
        ConfigError: naming the field and its range.
    """

    network: LayeredArchitecture = field(default=LECTURE_NETWORK)
    epochs: int = 5
    batch_size: int = 128
    optimizer: str = "adam"
    learning_rate: float = 2e-3
    schedule: str = "cosine"
    examples: int | None = None
    validation_examples: int = 0
    seed: int = 1
    augmentation: tuple[str, ...] = ()
    leave_out_offline_digits: bool = False
    shuffle_labels: bool = False
    data: tuple[str, ...] = ("mnist",)
    shares: tuple[float, ...] = ()
    start_from: str = ""

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "validation_examples", "seed"):
            _check_whole(name, getattr(self, name))
        if self.examples is not None:
            _check_whole("examples", self.examples)
        _check_range("learning_rate", self.learning_rate)
        _check_choice(Message("Optimizer"), self.optimizer, OPTIMIZERS)
        _check_choice(Message("Schedule"), self.schedule, SCHEDULES)
        for name in self.augmentation:
            _check_choice(Message("Augmentation"), name, tuple(AUGMENTATIONS))
        if not isinstance(self.network, LayeredArchitecture):
            raise ConfigError(
                "Network must be an Architecture, not {value!r}.", value=self.network
            )
        if not isinstance(self.leave_out_offline_digits, bool):
            raise ConfigError("Leave out offline digits must be true or false.")
        if not isinstance(self.shuffle_labels, bool):
            raise ConfigError("Shuffle labels must be true or false.")
        _check_data(self.data, self.shares)
        start = self.start_from
        if start and not (isinstance(start, str) and _RUN_ID.fullmatch(start)):
            raise ConfigError("What it starts from must be the id of a run.")

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return asdict(self) | {"network": self.network.to_dict()}

    @classmethod
    def from_dict(cls, values: Any) -> TrainingConfig:
        """The inverse of ``to_dict``; missing fields take their defaults.

        Raises:
            ConfigError: for unknown fields, wrong types or values out of range.
        """
        if not isinstance(values, dict):
            raise ConfigError("These are not the settings of a training run.")
        unknown = set(values) - {each.name for each in fields(cls)}
        if unknown:
            raise ConfigError(
                "Unknown setting: {names}.", names=", ".join(sorted(map(str, unknown)))
            )
        values = dict(values)
        try:
            if "network" in values:
                values["network"] = _network(values["network"])
            for name in {"augmentation", "data", "shares"} & set(values):
                values[name] = tuple(values[name])
            return cls(**values)
        except ArchitectureError as error:
            raise ConfigError(error.message) from error
        except TypeError as error:
            raise ConfigError(
                "A setting has the wrong type ({reason}).", reason=error
            ) from error

    def steps_per_epoch(self, examples: int) -> int:
        """Batches in an epoch of that many digits; the last may be smaller."""
        return math.ceil(examples / self.batch_size)


def _network(values: Any) -> LayeredArchitecture:
    is_sequential = isinstance(values, dict) and "layers" in values
    return (Sequential if is_sequential else Architecture).from_dict(values)


def _check_data(data: tuple[str, ...], shares: tuple[float, ...]) -> None:
    if not 0 < len(data) <= MAX_DATA:
        raise ConfigError("Data must be 1 to {limit} data sets.", limit=MAX_DATA)
    for name in data:
        if not datasets.is_name(name, datasets.TRAINING_NAMES):
            known = ", ".join(datasets.TRAINING_NAMES)
            raise ConfigError(
                "Data must be one of {known} or a file, not {name!r}.",
                known=known,
                name=name,
            )
    if len({name.removesuffix(datasets.ALL) for name in data}) < len(data):
        raise ConfigError("Data must name each data set once.")
    if shares and len(shares) != len(data):
        raise ConfigError("There must be as many shares as data sets, or none.")
    low, high = SHARES
    for share in shares:
        is_number = isinstance(share, int | float) and not isinstance(share, bool)
        if not (is_number and low <= share <= high):
            raise ConfigError(
                "A share must be from {low:g} to {high:g}.", low=low, high=high
            )


def _check_whole(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ConfigError(
            "{title} must be a whole number from {low} to {high}, not {value!r}.",
            value=value,
            **_range(name),
        )
    _check_range(name, value)


def _check_range(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigError(
            "{title} must be a number from {low} to {high}, not {value!r}.",
            value=value,
            **_range(name),
        )
    low, high = RANGES[name]
    if not low <= value <= high:
        raise ConfigError(
            "{title} must be from {low} to {high}, not {value}.",
            value=_short(value),
            **_range(name),
        )


def _short(value: float) -> str:
    try:
        return f"{value:g}"
    except OverflowError:
        return Message("a number with hundreds of digits")


def _range(name: str) -> dict[str, str]:
    low, high = (
        f"{bound:,}" if isinstance(bound, int) else f"{bound:f}".rstrip("0").rstrip(".")
        for bound in RANGES[name]
    )
    return {"title": Message(TITLES[name]), "low": low, "high": high}


def _check_choice(title: Message, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ConfigError(
            "{title} must be one of {known}, not {value!r}.",
            title=title,
            known=", ".join(choices),
            value=value,
        )
