"""The experiment that is being set up: one in a session, and what its fields say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import streamlit as st

from mnist_cnn.analysis.expected_time import expected_seconds
from mnist_cnn.analysis.pace import duration_text
from mnist_cnn.digits import mnist
from mnist_cnn.experiments.config import RANGES, ConfigError, TrainingConfig
from mnist_cnn.experiments.link import dense_units, from_link
from mnist_cnn.experiments.presets import CLASS_PRESET, PRESETS
from mnist_cnn.nn.architecture import Architecture, ArchitectureError, ConvBlock
from mnist_cnn.nn.layers import LayeredArchitecture
from mnist_cnn.ui.links import has_arrived
from mnist_cnn.ui.runs.queue import overview
from mnist_cnn.ui.runs.train_link import EXPERIMENT_LINK
from mnist_cnn.ui.text import ngettext

EXPERIMENT = "experiment"
# What is wrong with a link: said until something else is set up or another page seen.
BAD_LINK = "bad_experiment_link"
ALL_DIGITS = int(RANGES["examples"][1])
BLOCK_PARTS = tuple(each.name for each in fields(ConvBlock))
_NEW_BLOCK = ConvBlock(32, 3)
_AS_TYPED = (
    "epochs",
    "batch_size",
    "validation_examples",
    "seed",
    "optimizer",
    "schedule",
)


@dataclass(frozen=True)
class Experiment:
    """What the form's fields begin with; what was typed since is in the session.

    Attributes:
        preset: the name of the preset it came from.
        config: what no field shows, such as shuffled labels, is trained as it is here.
        version: another one makes new fields, which begin anew.
        times: what each preset takes on this machine, in words; as long as the fields
            are the same, since what a browser sends back has them in it.
    """

    preset: str
    config: TrainingConfig
    version: int = 0
    times: Mapping[str, str] = field(default_factory=dict)

    def key(self, name: str) -> str:
        """Of the widget for that setting."""
        return f"{name}_{self.version}"

    def typed(self, name: str, value: Any) -> Any:
        """What is in the widget for that setting; ``value`` if it was never shown."""
        return st.session_state.get(self.key(name), value)

    def block(self, number: int) -> ConvBlock:
        """What the fields of a convolution block begin with."""
        blocks = self.config.network.blocks
        return blocks[number] if number < len(blocks) else _NEW_BLOCK

    def network(self) -> LayeredArchitecture:
        """The network in the fields; one of somebody's own, which has none, as it is.

        Raises:
            ConfigError: saying why it cannot be built.
        """
        network = self.config.network
        if not isinstance(network, Architecture):
            return network
        blocks = (
            (self.block(number), number)
            for number in range(self.typed("blocks", len(network.blocks)))
        )
        try:
            return Architecture(
                tuple(
                    ConvBlock(
                        *(
                            self.typed(f"{part}_{number}", getattr(block, part))
                            for part in BLOCK_PARTS
                        )
                    )
                    for block, number in blocks
                ),
                round(self.typed("dropout", network.dropout), 4),
                dense_units(self.typed("dense", units_text(network))),
                *(
                    self.typed(name, getattr(network, name))
                    for name in ("batch_norm", "activation", "global_average")
                ),
            )
        except ArchitectureError as error:
            raise ConfigError(error.message) from error

    def origin(self, config: TrainingConfig) -> str:
        """Where such settings come from: the preset, or "preset, changed"."""
        changed = config != PRESETS[self.preset].config
        return f"{self.preset}, changed" if changed else self.preset

    def chosen(self) -> TrainingConfig:
        """The settings in the fields.

        Raises:
            ConfigError: naming the setting that is no good.
        """
        config = self.config
        data = tuple(self.typed("data", config.data))
        examples = self.typed("examples", config.examples or ALL_DIGITS)
        return replace(
            config,
            network=self.network(),
            examples=None if examples == ALL_DIGITS else examples,
            learning_rate=as_rate(self.typed("learning_rate", config.learning_rate)),
            augmentation=tuple(self.typed("augmentation", config.augmentation)),
            data=data,
            shares=as_shares(self.typed("shares", config.shares), len(data)),
            **{name: self.typed(name, getattr(config, name)) for name in _AS_TYPED},
        )


def current_experiment() -> Experiment:
    """The session's; a new link brings its own, a new session the first preset."""
    state, link = st.session_state, st.query_params.to_dict()
    problem = None if has_arrived() else state.get(BAD_LINK)
    if "preset" in link and link != state.get(EXPERIMENT_LINK):
        state[EXPERIMENT_LINK] = link
        try:
            begin(*from_link(link))
        except ConfigError as error:
            problem = error.message
            st.query_params.clear()
    if EXPERIMENT not in state:
        begin(CLASS_PRESET)
    state[BAD_LINK] = problem
    return state[EXPERIMENT]


def begin(preset: str, config: TrainingConfig | None = None) -> None:
    """Sets up another experiment: a preset's, or these settings, in new fields."""
    state = st.session_state
    version = state[EXPERIMENT].version + 1 if EXPERIMENT in state else 0
    config = config or PRESETS[preset].config
    state[BAD_LINK] = None
    state[EXPERIMENT] = Experiment(preset, config, version, _times())


def choose_preset(experiment: Experiment) -> None:
    """Begins with the preset in the box of these fields."""
    if is_set_up(experiment):
        begin(st.session_state[experiment.key("preset")])


def is_set_up(experiment: Experiment) -> bool:
    """Whether these fields are the session's still.

    Presses in quick succession send what stood in earlier fields once more, which
    Streamlit, where those are gone, takes for a choice.
    """
    return st.session_state[EXPERIMENT].version == experiment.version


def _times() -> dict[str, str]:
    speeds = overview().speeds
    # Without MNIST there are the 5,000 digits that came along.
    digits = {} if mnist.find() else {"training_digits": 4_000, "test_digits": 1_000}
    return {
        name: duration_text(expected_seconds(preset.config, speeds, **digits))
        for name, preset in PRESETS.items()
    }


def epochs_text(epochs: int) -> str:
    """So many epochs, in words."""
    return ngettext("{count} epoch", "{count} epochs", epochs).format(count=epochs)


def units_text(network: Architecture) -> str:
    """The units of its hidden dense layers, as one types them."""
    return ", ".join(map(str, network.dense))


def as_shares(text: object, count: int) -> tuple[float, ...]:
    """Shares as somebody typed them: "2, 1"; none for one data set.

    Raises:
        ConfigError: for anything but numbers with commas between.
    """
    if count < 2:
        return ()
    parts = text if isinstance(text, tuple) else str(text).split(",")
    try:
        return tuple(float(part) for part in parts if str(part).strip())
    except ValueError as error:
        raise ConfigError("Shares must be numbers, such as 2, 1.") from error


def as_rate(text: object) -> float:
    """A learning rate as somebody typed it; ConfigError says what is wrong with it."""
    try:
        rate = float(str(text).strip().replace(",", "."))
    except ValueError:
        rate = text
    return TrainingConfig(learning_rate=rate).learning_rate
