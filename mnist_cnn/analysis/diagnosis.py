"""What a run's own numbers say about it, in sentences for a student.

Every sentence carries the numbers it follows from; where the numbers say nothing,
nothing is said.
"""

import math
from dataclasses import dataclass

import numpy as np

from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.runs.metrics import EpochPoint, Metrics

# Cross-entropy of giving each of ten digits the probability 1/10.
CHANCE_LOSS = math.log(10)
RECENT = 50
# Twice the loss of guessing is a network that is sure, and wrong.
JUMP = 2 * CHANCE_LOSS


@dataclass(frozen=True)
class Finding:
    """One thing that can be said: what kind of thing, and the sentence."""

    kind: str
    sentence: str


def explain(metrics: Metrics, config: TrainingConfig | None = None) -> list[Finding]:
    """What can be said about this run now; an empty list when nothing can.

    Kinds: "diverged", "learning_rate_too_high", "stuck", "overfitting", "improving",
    "plateau". `config` adds what to try where that depends on the run's settings.
    """
    diverged = _diverged(metrics)
    if diverged:
        return [diverged]
    findings = [_jumped(metrics)]
    stuck = _stuck(metrics)
    findings.append(
        stuck or _overfitting(metrics, config) or _improving(metrics) or _flat(metrics)
    )
    return [finding for finding in findings if finding]


def _diverged(metrics: Metrics) -> Finding | None:
    broken = np.flatnonzero(~np.isfinite(metrics.loss))
    if not len(broken):
        return None
    at = int(broken[0])
    rate = float(metrics.learning_rate[at])
    before = ""
    if at:
        before = f", after {metrics.loss[at - 1]:.3g} one batch earlier"
    return Finding(
        "diverged",
        f"Learning rate too high: at batch {int(metrics.step[at]):,} the loss was no "
        f"longer a number (NaN){before}. With a learning rate of {rate:g} each step "
        "overshot further, until the weights were too large for the computer's "
        f"numbers. Try a tenth of it: {rate / 10:g}.",
    )


def _jumped(metrics: Metrics) -> Finding | None:
    # The very first batch meets random weights, whose loss says nothing about steps.
    loss = metrics.loss[1:]
    if not len(loss) or loss.max() <= JUMP:
        return None
    at = int(loss.argmax()) + 1
    first = int(np.flatnonzero(loss > JUMP)[0]) + 1
    before = float(np.median(metrics.loss[max(0, first - 10) : first]))
    rate = float(metrics.learning_rate[first])
    return Finding(
        "learning_rate_too_high",
        f"Learning rate too high: the loss jumped from about {before:.3g} to "
        f"{metrics.loss[at]:.3g} at batch {int(metrics.step[at]):,}, far above "
        f"{CHANCE_LOSS:.3f}, the loss of pure guessing, so the network was sure and "
        f"wrong. At a learning rate of {rate:g} a step leaps over the valley that it "
        f"should walk into. Try {rate / 10:g}.",
    )


def _stuck(metrics: Metrics) -> Finding | None:
    if len(metrics) < 2 * RECENT:
        return None
    loss = float(metrics.loss[-RECENT:].mean())
    accuracy = float(metrics.accuracy[-RECENT:].mean())
    earlier = float(metrics.loss[-2 * RECENT : -RECENT].mean())
    moving = earlier - loss > 0.02
    if abs(loss - CHANCE_LOSS) > 0.06 or accuracy > 0.2 or moving:
        return None
    rate = float(metrics.learning_rate[-1])
    why = (
        "so small that the weights hardly move: try 0.001."
        if rate < 1e-4
        else "so large that it threw the weights to a place where every digit gets "
        "the same answer: start again with a tenth of it."
    )
    return Finding(
        "stuck",
        f"Stuck at chance level: over the last {RECENT} batches the loss was "
        f"{loss:.3f} and the accuracy {accuracy:.3f}. Giving every digit the "
        f"probability 1/10 has a loss of ln 10 = {CHANCE_LOSS:.3f} and an accuracy of "
        f"about 0.1. The learning rate, {rate:g}, may be {why}",
    )


def _overfitting(metrics: Metrics, config: TrainingConfig | None) -> Finding | None:
    epochs = _measured(metrics)
    if len(epochs) < 3:
        return None
    best = min(range(len(epochs)), key=lambda index: epochs[index].val_loss)
    if len(epochs) - 1 - best < 2:
        return None
    low, now, before = epochs[best], epochs[-1], epochs[-2]
    rises = now.val_loss > 1.1 * low.val_loss and before.val_loss > 1.04 * low.val_loss
    if not (rises and now.loss < 0.9 * low.loss):
        return None
    remedy = "Try more training digits or more dropout"
    if config is not None and not config.augmentation:
        remedy += ", or vary the digits (augmentation)"
    return Finding(
        "overfitting",
        f"Overfitting since epoch {low.epoch}: the training loss fell from "
        f"{low.loss:.3g} to {now.loss:.3g}, while the validation loss rose from "
        f"{low.val_loss:.3g} to {now.val_loss:.3g}. The network learns its own digits "
        f"by heart rather than what digits have in common. {remedy}; or stop at "
        f"epoch {low.epoch}.",
    )


def _improving(metrics: Metrics) -> Finding | None:
    epochs = _measured(metrics)
    if len(epochs) >= 2:
        before, now = epochs[-2], epochs[-1]
        if now.val_loss > 0.9 * before.val_loss:
            return None
        share = 1 - now.val_loss / before.val_loss
        return Finding(
            "improving",
            f"Still improving: from epoch {before.epoch} to {now.epoch} the validation "
            f"loss fell from {before.val_loss:.3g} to {now.val_loss:.3g} "
            f"({share:.0%} less) and the validation accuracy went from "
            f"{before.val_accuracy:.4f} to {now.val_accuracy:.4f}. "
            "More epochs are likely to help.",
        )
    if len(metrics) < 2 * RECENT:
        return None
    earlier = float(metrics.loss[-2 * RECENT : -RECENT].mean())
    recent = float(metrics.loss[-RECENT:].mean())
    if recent > 0.9 * earlier:
        return None
    return Finding(
        "improving",
        f"Still improving: over the last {RECENT} batches the mean loss was "
        f"{recent:.3g}, over the {RECENT} before them {earlier:.3g}.",
    )


def _flat(metrics: Metrics) -> Finding | None:
    epochs = _measured(metrics)[-4:]
    if len(epochs) < 4:
        return None
    losses = [point.val_loss for point in epochs]
    low, high = min(losses), max(losses)
    if high > 1.04 * low:
        return None
    return Finding(
        "plateau",
        f"Reached its plateau: in the last {len(epochs)} epochs the validation loss "
        f"stayed between {low:.4f} and {high:.4f}, and the validation accuracy is "
        f"{epochs[-1].val_accuracy:.4f}. More epochs like these are unlikely to change "
        "much.",
    )


def _measured(metrics: Metrics) -> list[EpochPoint]:
    return [
        point
        for point in metrics.epochs
        if math.isfinite(point.loss) and math.isfinite(point.val_loss)
    ]
