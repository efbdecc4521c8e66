"""What a run's losses say about its learning rate."""

import numpy as np

from mnist_cnn.analysis.finding import CHANCE_LOSS, RECENT, Finding, recent
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.runs.metrics import Metrics

# Twice the loss of guessing is a network that is sure, and wrong.
JUMP = 2 * CHANCE_LOSS
# Learning rates that suit networks of this size (SGD has a momentum of 0.9).
USUAL_RATES = {"adam": 0.001, "rmsprop": 0.001, "sgd": 0.01}


def diverged(metrics: Metrics) -> Finding | None:
    """The loss is no number any more."""
    broken = np.flatnonzero(~np.isfinite(metrics.loss))
    if not len(broken):
        return None
    index = int(broken[0])
    rate = float(metrics.learning_rate[index])
    return Finding(
        "diverged",
        "Learning rate too high: at batch {step:,} the loss was no longer a number "
        "(NaN); one batch earlier it was {earlier:.3g}. With a learning rate of "
        "{rate:.3g} each step overshot further, until the weights were too large for "
        "the computer's numbers. Try a learning rate of {suggested:g}."
        if index
        else "The loss was no number (NaN) from the first batch, {step:,}, on, with a "
        "learning rate of {rate:.3g}. Try a learning rate of {suggested:g}.",
        {
            "step": int(metrics.step[index]),
            "earlier": float(metrics.loss[max(index - 1, 0)]),
            "rate": rate,
            "suggested": _tenth(rate),
        },
    )


def jumped(metrics: Metrics) -> Finding | None:
    """The loss rose far above guessing: for good, or for a while."""
    # The very first batch meets random weights, whose loss says nothing about steps.
    loss = metrics.loss[1:]
    if not len(loss) or loss.max() <= JUMP:
        return None
    highest = int(loss.argmax()) + 1
    first = int(np.flatnonzero(loss > JUMP)[0]) + 1
    rate = float(metrics.learning_rate[first])
    values = {
        "before": float(np.median(metrics.loss[max(0, first - 10) : first])),
        "highest": float(f"{metrics.loss[highest]:.3g}"),
        "step": int(metrics.step[highest]),
        "chance": CHANCE_LOSS,
        "now": float(np.median(metrics.loss[-10:])),
        "rate": rate,
        "suggested": _tenth(rate),
    }
    if values["now"] < 0.9 * CHANCE_LOSS:
        return Finding(
            "jumped",
            "The loss jumped from about {before:.3g} to {highest:,.10g} at batch "
            "{step:,}, where the learning rate, {rate:.3g}, was too high for a while; "
            "it has come back to {now:.3g} since. The next training may go without the "
            "detour at a learning rate of {suggested:g}.",
            values,
        )
    return Finding(
        "learning_rate_too_high",
        "Learning rate too high: the loss jumped from about {before:.3g} to "
        "{highest:,.10g} at batch {step:,}, far above {chance:.3f}, the loss of pure "
        "guessing, so the network was sure and wrong. At a learning rate of {rate:.3g} "
        "a step leaps over the valley that it should walk into. Try a learning rate of "
        "{suggested:g}.",
        values,
    )


def stuck(
    metrics: Metrics, config: TrainingConfig, jump: Finding | None
) -> Finding | None:
    """The loss stays that of guessing; ``jump`` is what was said of a jump."""
    if len(metrics) < 2 * RECENT:
        return None
    earlier, loss, accuracy = recent(metrics)
    is_moving = earlier - loss > 0.02
    if abs(loss - CHANCE_LOSS) > 0.06 or accuracy > 0.2 or is_moving:
        return None
    values = {
        "batches": RECENT,
        "loss": loss,
        "accuracy": accuracy,
        "chance": CHANCE_LOSS,
    }
    if jump:
        return Finding(
            "stuck",
            "Stuck at chance level since the jump: over the last {batches} batches the "
            "loss was {loss:.3f} and the accuracy {accuracy:.3f}. Giving every digit "
            "the probability 1/10 has a loss of ln 10 = {chance:.3f} and an accuracy "
            "of about 0.1. The weights were thrown to a place where every digit gets "
            "the same answer, and more epochs will not bring them back: start again.",
            values,
        )
    peak = float(metrics.learning_rate.max())
    if config.schedule != "constant":
        if metrics.learning_rate[-1] > metrics.learning_rate[-2]:
            # Still warming up: the rate that was chosen has yet to come.
            return None
        peak = max(peak, config.learning_rate)
    usual = USUAL_RATES[config.optimizer]
    values["rate"] = peak
    if peak <= usual / 10:
        values["suggested"] = usual
        message = (
            "Stuck at chance level: over the last {batches} batches the loss was "
            "{loss:.3f} and the accuracy {accuracy:.3f}. Giving every digit the "
            "probability 1/10 has a loss of ln 10 = {chance:.3f} and an accuracy of "
            "about 0.1. The learning rate, {rate:.3g}, may be so small that the "
            "weights hardly move: try {suggested:g}."
        )
    elif peak >= 3 * usual:
        values["suggested"] = _tenth(peak)
        message = (
            "Stuck at chance level: over the last {batches} batches the loss was "
            "{loss:.3f} and the accuracy {accuracy:.3f}. Giving every digit the "
            "probability 1/10 has a loss of ln 10 = {chance:.3f} and an accuracy of "
            "about 0.1. The learning rate, {rate:.3g}, may be so large that it threw "
            "the weights to a place where every digit gets the same answer: start "
            "again with {suggested:g}."
        )
    else:
        message = (
            "Still at chance level: over the last {batches} batches the loss was "
            "{loss:.3f} and the accuracy {accuracy:.3f}. Giving every digit the "
            "probability 1/10 has a loss of ln 10 = {chance:.3f} and an accuracy of "
            "about 0.1. The learning rate, {rate:.3g}, is a usual one: wait a little, "
            "or start again with another seed."
        )
    return Finding("stuck", message, values)


def _tenth(rate: float) -> float:
    """A tenth of a learning rate, as a person would write it: one digit."""
    return float(f"{rate / 10:.1g}")
