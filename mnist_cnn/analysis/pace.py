"""How far a training is, how fast it goes, and how long a waiting one will wait."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.runs import Status
from mnist_cnn.runs.metrics import Metrics

# Used until this machine has trained something, digits a second; 2 cores, measured.
TYPICAL_DIGITS_PER_SECOND = 2_000.0
# Reading a digit costs about a third of learning from it: no backward pass.
READING_SHARE = 1 / 3
START_SECONDS = 5.0
RECENT = 50
RECENT_EPOCHS = 5
TEST_DIGITS = 10_000
TRAINING_DIGITS = 60_000


@dataclass(frozen=True)
class Pace:
    """Where a training stands.

    Attributes:
        epoch, epochs: the epoch it is in, from 1, of how many.
        batch, batches: batches done in this epoch, of how many.
        share: of the whole training, 0 to 1.
        digits_per_second: over the last 50 batches, without what comes between epochs;
            None before two batches.
        seconds_left: until the end, without pauses; None before two batches.
    """

    epoch: int
    epochs: int
    batch: int
    batches: int
    share: float
    digits_per_second: float | None = None
    seconds_left: float | None = None


def pace(metrics: Metrics, status: Status, config: TrainingConfig) -> Pace:
    """Where this training stands now."""
    batches = status.steps_per_epoch
    total = batches * config.epochs
    step = int(metrics.step[-1]) if len(metrics) else 0
    done = len(metrics.epochs)
    epoch = min(max(done + 1, 1), config.epochs)
    batch = step - (epoch - 1) * batches if batches else 0
    share = min(step / total, 1.0) if total else 0.0
    now = Pace(epoch, config.epochs, batch, batches, share)
    if not total:
        return now
    # Before an epoch's first batch comes the end of the epoch before: validation and
    # saving, which take many times as long as a batch.
    gaps = np.diff(metrics.time)
    is_across = (metrics.step[1:] - 1) % batches == 0
    within = gaps[~is_across][-RECENT:]
    seconds = float(within.mean()) if len(within) else 0.0
    if seconds <= 0:
        return now
    if is_across.any():
        end = max(float(np.median(gaps[is_across][-RECENT_EPOCHS:])) - seconds, 0.0)
    else:
        end = seconds / config.batch_size * status.test_examples * READING_SHARE
    return replace(
        now,
        digits_per_second=config.batch_size / seconds,
        seconds_left=max(total - step, 0) * seconds + (config.epochs - done) * end,
    )


def expected_seconds(config: TrainingConfig, digits_per_second: float) -> float:
    """What a training will take from its turn to its end, by that measured speed."""
    examples = min(config.examples or TRAINING_DIGITS, TRAINING_DIGITS)
    work = config.epochs * (examples + TEST_DIGITS * READING_SHARE)
    return START_SECONDS + work / digits_per_second


def expected_wait(
    training: Iterable[Pace],
    before: Iterable[TrainingConfig],
    digits_per_second: float | None,
    slots: int = 1,
) -> float:
    """Seconds until a run's turn.

    Args:
        training: of the runs being trained.
        before: settings of the runs that wait in front of it.
        digits_per_second: as measured last on this machine; None if never.
        slots: how many are trained at once.
    """
    speed = digits_per_second or TYPICAL_DIGITS_PER_SECOND
    free_in = [each.seconds_left or START_SECONDS for each in training]
    free_in += [0.0] * (slots - len(free_in))
    heapq.heapify(free_in)
    while len(free_in) > slots:
        heapq.heappop(free_in)
    for config in before:
        heapq.heapreplace(free_in, free_in[0] + expected_seconds(config, speed))
    return free_in[0]


def duration_text(seconds: float) -> str:
    """A duration as one says it: "12 s", "3 min 20 s", "1 h 5 min"."""
    seconds = max(0, round(seconds))
    if seconds < 60:
        return f"{seconds} s"
    minutes, rest = divmod(seconds, 60)
    if minutes >= 10:
        minutes, rest = round(seconds / 60), 0
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
