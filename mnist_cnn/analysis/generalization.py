"""What a run's epochs say: does it learn what digits have in common, or by heart?"""

import math

from mnist_cnn.analysis.finding import RECENT, Finding, recent
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.runs.metrics import EpochPoint, Metrics

# Batch normalization tests with averages that keep so much of themselves each step
# (Keras' default): after 500, less than a hundredth is left of what they began with.
AVERAGES_KEEP = 0.99
AVERAGES_SETTLED = 500


def meaningful_epochs(metrics: Metrics, config: TrainingConfig) -> list[EpochPoint]:
    """The epochs whose validation says something about the network."""
    settled = AVERAGES_SETTLED if _has_averages(config) else 0
    return [
        point
        for point in metrics.epochs
        if math.isfinite(point.loss)
        and math.isfinite(point.val_loss)
        and point.step >= settled
    ]


def _has_averages(config: TrainingConfig) -> bool:
    return "batch_norm" in {layer.kind for layer in config.network.layers()}


def settling(metrics: Metrics, config: TrainingConfig) -> Finding | None:
    """Batch normalization validates with averages that are not yet those of digits."""
    if not (_has_averages(config) and metrics.epochs):
        return None
    now = metrics.epochs[-1]
    # An epoch's accuracy is of digits read while it learned: lower than validation.
    if now.step >= AVERAGES_SETTLED or now.val_accuracy > now.accuracy - 0.1:
        return None
    return Finding(
        "settling",
        "The validation accuracy of {val_accuracy:.3f} says little yet: in training, "
        "where the accuracy is {accuracy:.3f}, batch normalization takes mean and "
        "variance from the batch; in validation from averages over all batches so far. "
        "After {batches} batches {left:.0%} of these averages are still the values "
        "they began with. More batches are likely to help.",
        {
            "val_accuracy": now.val_accuracy,
            "accuracy": now.accuracy,
            "batches": now.step,
            "left": AVERAGES_KEEP**now.step,
        },
    )


def random_labels(metrics: Metrics) -> Finding | None:
    """How far a run with shuffled labels has learned them by heart."""
    if len(metrics) < 2 * RECENT or not metrics.epochs:
        return None
    _earlier, loss, accuracy = recent(metrics)
    values = {
        "batches": RECENT,
        "loss": loss,
        "accuracy": accuracy,
        "val_accuracy": metrics.epochs[-1].val_accuracy,
    }
    if accuracy <= 0.2:
        return Finding(
            "random_labels",
            "Its labels are shuffled, so each digit can only be learned by heart, "
            "which takes many epochs: over the last {batches} batches the loss was "
            "{loss:.3f} and the accuracy {accuracy:.3f}, still near guessing.",
            values,
        )
    return Finding(
        "random_labels",
        "Learning by heart: over the last {batches} batches the training loss was "
        "{loss:.3g} and the training accuracy {accuracy:.3f}, though the labels are "
        "shuffled and the validation accuracy is {val_accuracy:.3f}. Digits whose "
        "labels are random have nothing in common that could be learned.",
        values,
    )


def overfitting(epochs: list[EpochPoint], config: TrainingConfig) -> Finding | None:
    """The validation loss rises while the training loss falls."""
    if len(epochs) < 3:
        return None
    best = min(range(len(epochs)), key=lambda index: epochs[index].val_loss)
    if len(epochs) - 1 - best < 2:
        return None
    low, now, before = epochs[best], epochs[-1], epochs[-2]
    rises = now.val_loss > 1.1 * low.val_loss and before.val_loss > 1.04 * low.val_loss
    if not (rises and now.loss < 0.9 * low.loss):
        return None
    return Finding(
        "overfitting",
        "Overfitting since epoch {epoch}: the training loss fell from {low_loss:.3g} "
        "to {loss:.3g}, while the validation loss rose from {low_val_loss:.3g} to "
        "{val_loss:.3g}. The network learns its own digits by heart rather than what "
        "digits have in common. Try more training digits or more dropout; or stop at "
        "epoch {epoch}."
        if config.augmentation
        else "Overfitting since epoch {epoch}: the training loss fell from "
        "{low_loss:.3g} to {loss:.3g}, while the validation loss rose from "
        "{low_val_loss:.3g} to {val_loss:.3g}. The network learns its own digits by "
        "heart rather than what digits have in common. Try more training digits, more "
        "dropout, or digits that are varied (augmentation); or stop at epoch {epoch}.",
        {
            "epoch": low.epoch,
            "low_loss": low.loss,
            "loss": now.loss,
            "low_val_loss": low.val_loss,
            "val_loss": now.val_loss,
        },
    )


def improving(metrics: Metrics, epochs: list[EpochPoint]) -> Finding | None:
    """The loss still falls by a tenth or more."""
    if len(epochs) >= 2:
        before, now = epochs[-2], epochs[-1]
        if now.val_loss > 0.9 * before.val_loss or not before.val_loss:
            return None
        return Finding(
            "improving",
            "Still improving: from epoch {before} to {now} the validation loss fell "
            "from {before_val_loss:.3g} to {val_loss:.3g} ({less:.0%} less) and the "
            "validation accuracy went from {before_val_accuracy:.4f} to "
            "{val_accuracy:.4f}. More epochs are likely to help.",
            {
                "before": before.epoch,
                "now": now.epoch,
                "before_val_loss": before.val_loss,
                "val_loss": now.val_loss,
                "less": 1 - now.val_loss / before.val_loss,
                "before_val_accuracy": before.val_accuracy,
                "val_accuracy": now.val_accuracy,
            },
        )
    if len(metrics) < 2 * RECENT:
        return None
    earlier, loss, _accuracy = recent(metrics)
    if loss > 0.9 * earlier:
        return None
    return Finding(
        "improving",
        "Still improving: over the last {batches} batches the mean loss was "
        "{loss:.3g}, over the {batches} before them {earlier:.3g}.",
        {"batches": RECENT, "loss": loss, "earlier": earlier},
    )


def by_heart_or_plateau(epochs: list[EpochPoint]) -> Finding | None:
    """The validation loss of the last four epochs is one and the same."""
    epochs = epochs[-4:]
    if len(epochs) < 4:
        return None
    losses = [point.val_loss for point in epochs]
    first, last = epochs[0], epochs[-1]
    values = {
        "epochs": len(epochs),
        "low": min(losses),
        "high": max(losses),
        "val_accuracy": last.val_accuracy,
        "first_loss": first.loss,
        "loss": last.loss,
    }
    if values["high"] > 1.04 * values["low"]:
        return None
    if last.loss < 0.9 * first.loss and last.loss < 0.5 * last.val_loss:
        return Finding(
            "by_heart",
            "It learns by heart: in the last {epochs} epochs the training loss fell "
            "from {first_loss:.3g} to {loss:.3g}, while the validation loss stayed "
            "between {low:.4f} and {high:.4f}, with a validation accuracy of "
            "{val_accuracy:.4f}. More epochs like these are unlikely to help with "
            "digits that it has not seen.",
            values,
        )
    return Finding(
        "plateau",
        "Reached its plateau: in the last {epochs} epochs the validation loss stayed "
        "between {low:.4f} and {high:.4f}, and the validation accuracy is "
        "{val_accuracy:.4f}. More epochs like these are unlikely to change much.",
        values,
    )
