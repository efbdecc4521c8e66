"""Does a network that says 80 % turn out right in 80 of 100 cases?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BINS = 10


@dataclass(frozen=True)
class Calibration:
    """Answers sorted by the probability that the network gave them.

    A bin holds the answers with a probability above its lower and up to its upper
    bound. Empty bins have a confidence and an accuracy of nan.

    Attributes:
        bounds: (bins + 1,), from 0 to 1.
        counts: int64 (bins,), answers in each bin.
        confidence: (bins,), mean probability given to the answers.
        accuracy: (bins,), share of them that are right.
        error: expected calibration error, from 0 to 1: the distance between
            confidence and accuracy, averaged over all answers (Naeini et al. 2015,
            Guo et al. 2017).
    """

    bounds: np.ndarray
    counts: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray
    error: float

    @property
    def mean_gap(self) -> float:
        """Mean confidence less accuracy; above 0 the network is too sure."""
        filled = self.counts > 0
        gaps = (self.confidence - self.accuracy)[filled]
        return float((gaps * self.counts[filled]).sum() / self.counts.sum())


def calibration(
    probabilities: np.ndarray, labels: np.ndarray, bins: int = BINS
) -> Calibration:
    """How far the stated probabilities are from what comes true.

    Args:
        probabilities: (N, 10), N at least 1.
        labels: (N,), 0 to 9.
        bins: of equal width.
    """
    stated = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == labels
    bounds = np.linspace(0, 1, bins + 1)
    place = np.clip(np.searchsorted(bounds, stated, side="left") - 1, 0, bins - 1)
    counts = np.bincount(place, minlength=bins)
    some = np.where(counts > 0, counts, np.nan)
    confidence = np.bincount(place, weights=stated, minlength=bins) / some
    accuracy = np.bincount(place, weights=right, minlength=bins) / some
    gaps = np.nan_to_num(np.abs(confidence - accuracy))
    error = float((gaps * counts).sum() / counts.sum())
    return Calibration(bounds, counts, confidence, accuracy, error)
