"""How long training will take on this machine, and how long a run waits for it."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from mnist_cnn.analysis.pace import EVALUATION_COST
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.runs import Status

# From a run's turn to its first batch.
START_SECONDS = 5.0
# Of this many of the newest runs like it, the median counts.
RECENT_RUNS = 5


@dataclass(frozen=True)
class Speed:
    """What a run has told about this machine.

    Attributes:
        config: the run's.
        seconds: that a digit took to be trained on.
    """

    config: TrainingConfig
    seconds: float


def speed(config: TrainingConfig, status: Status) -> Speed | None:
    """How fast a run was trained; None if it has no complete epoch."""
    if not status.epochs_done or status.seconds <= 0:
        return None
    epochs = status.epochs_done
    if status.kept_step:
        epochs = status.kept_step / max(status.steps_per_epoch, 1)
    validated = status.validation_examples or status.test_examples
    digits = epochs * status.examples + status.epochs_done * validated * EVALUATION_COST
    return Speed(config, status.seconds / digits) if digits else None


def expected_seconds(
    config: TrainingConfig,
    measured: Sequence[Speed] = (),
    *,
    training_digits: int = 60_000,
    test_digits: int = 10_000,
) -> float:
    """What a training run takes from its turn to its end on this machine.

    Runs of the same network and batch size tell it best; else all of them together say
    how fast the machine is; and if there are none, it is taken for a usual one.

    Args:
        config: what would be trained.
        measured: by runs on this machine, newest first.
        training_digits, test_digits: that there are.
    """
    aside = min(config.validation_examples, training_digits // 2)
    examples = min(config.examples or math.inf, training_digits - aside)
    work = config.epochs * (examples + (aside or test_digits) * EVALUATION_COST)
    work += test_digits * EVALUATION_COST
    alike = [each for each in measured if _kind(each.config) == _kind(config)]
    factors = [
        each.seconds / usual_seconds(each.config)
        for each in (alike or measured)[:RECENT_RUNS]
    ]
    slowness = median(factors) if factors else 1.0
    return START_SECONDS + work * usual_seconds(config) * slowness


def usual_seconds(config: TrainingConfig) -> float:
    """Seconds to train on a digit with two cores of a server's processor of 2024.

    Fitted to the lab's presets, within a third of each (measured): so much for a
    batch, for a multiplication with its addition, and for a value between two layers.
    """
    layers = config.network.layers()
    multiply_adds = sum(layer.multiply_adds for layer in layers)
    values = sum(math.prod(layer.output_shape) for layer in layers)
    return 4e-4 / config.batch_size + 4.4e-11 * multiply_adds + 9.4e-10 * values


def _kind(config: TrainingConfig) -> tuple:
    return config.network, config.batch_size, config.augmentation


def expected_wait(
    training: Iterable[float | None],
    before: Iterable[TrainingConfig],
    measured: Sequence[Speed] = (),
    slots: int = 1,
) -> float:
    """Seconds until a run's turn.

    Args:
        training: seconds until each run that is trained now makes room; None if that is
            not known yet.
        before: settings of the runs that wait in front of it.
        measured: as in ``expected_seconds``.
        slots: how many are trained at once.
    """
    free_in = [START_SECONDS if each is None else each for each in training]
    free_in += [0.0] * (slots - len(free_in))
    heapq.heapify(free_in)
    while len(free_in) > slots:
        heapq.heappop(free_in)
    for config in before:
        heapq.heapreplace(free_in, free_in[0] + expected_seconds(config, measured))
    return free_in[0]
