"""How far a training run is, and how fast it goes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.locale.message import Message
from mnist_cnn.runs import Status
from mnist_cnn.runs.metrics import Metrics

# Reading a digit costs about a third of learning from it: no backward pass.
EVALUATION_COST = 1 / 3
RECENT = 50
RECENT_EPOCHS = 5


@dataclass(frozen=True)
class Pace:
    """Where a training run stands.

    Attributes:
        epoch, epochs: the epoch it is in, from 1, of how many.
        batch, batches: batches done in this epoch, of how many.
        fraction: of the whole training, 0 to 1.
        digits_per_second: over the last 50 batches, without what comes between epochs;
            None before two batches.
        seconds_left: until the end, without pauses, with what has yet to be validated
            and tested; None before two batches.
    """

    epoch: int
    epochs: int
    batch: int
    batches: int
    fraction: float
    digits_per_second: float | None = None
    seconds_left: float | None = None


def pace(metrics: Metrics, status: Status, config: TrainingConfig) -> Pace:
    """Where this training stands now."""
    batches = status.steps_per_epoch
    total = batches * config.epochs
    step = int(metrics.step[-1]) if len(metrics) else 0
    done = len(metrics.epochs)
    epoch = min(done + 1, config.epochs)
    batch = step - (epoch - 1) * batches if batches else 0
    fraction = min(step / total, 1.0) if total else 0.0
    now = Pace(epoch, config.epochs, batch, batches, fraction)
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
    validated = status.validation_examples or status.test_examples
    if is_across.any() and validated:
        end = max(float(np.median(gaps[is_across][-RECENT_EPOCHS:])) - seconds, 0.0)
        checking = end / validated
    else:
        checking = seconds / config.batch_size * EVALUATION_COST
    # A run that was stopped has only the test set before it.
    is_stopped = bool(metrics.marks) and metrics.marks[-1].what == "stop"
    epochs_left = 0 if is_stopped else config.epochs - done
    steps_left = 0 if is_stopped else max(total - step, 0)
    digits_left = epochs_left * validated + status.test_examples - status.checked
    return replace(
        now,
        digits_per_second=config.batch_size / seconds,
        seconds_left=steps_left * seconds + max(digits_left, 0) * checking,
    )


def duration_text(seconds: float) -> Message:
    """A duration as one says it: "12 s", "3 min 20 s", "1 h 5 min"."""
    seconds = max(0, round(seconds))
    if seconds < 60:
        return Message("{seconds} s", seconds=seconds)
    minutes, rest = divmod(seconds, 60)
    if minutes >= 10:
        minutes, rest = round(seconds / 60), 0
    if minutes < 60:
        text = "{minutes} min {seconds} s" if rest else "{minutes} min"
        return Message(text, minutes=minutes, seconds=rest)
    hours, minutes = divmod(minutes, 60)
    text = "{hours} h {minutes} min" if minutes else "{hours} h"
    return Message(text, hours=hours, minutes=minutes)
