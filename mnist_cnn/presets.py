"""Named trainings, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mnist_cnn.config import TrainingConfig


@dataclass(frozen=True)
class Preset:
    """A named set of settings, why one would take it, and what to look for."""

    title: str
    reason: str
    config: TrainingConfig


_DEFAULT = TrainingConfig()
PRESETS: dict[str, Preset] = {
    "seed": Preset(
        "The seed network",
        "The lecture's network with batches of 128 and a learning rate that warms up "
        "and then falls: the same accuracy in about half the time.",
        _DEFAULT,
    ),
    "lecture": Preset(
        "As in the lecture",
        "Keras' defaults, as the lecture leaves them: batches of 32, Adam at a "
        "constant learning rate of 0.001, 5 epochs.",
        replace(_DEFAULT, batch_size=32, learning_rate=1e-3, schedule="constant"),
    ),
    "quick": Preset(
        "Quick",
        "One epoch, and above 0.99 on the test set: small batches make more steps, "
        "and the falling learning rate lets them settle.",
        replace(_DEFAULT, epochs=1, batch_size=64),
    ),
    "classroom": Preset(
        "Classroom",
        "4,000 digits and a few seconds, so that a whole class can train one after "
        "the other. See how much is lost with a fifteenth of the digits.",
        replace(_DEFAULT, epochs=3, batch_size=64, examples=4_000),
    ),
}
DEFAULT_PRESET = "seed"
