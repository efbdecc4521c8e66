"""Does a network that says 80 % turn out right in 80 of 100 cases?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

BINS = 10
# Most predictions of a good network lie above this, and would hide the others.
NEAR_CERTAIN = 0.9


@dataclass(frozen=True)
class Subset:
    """Some of the predictions: how confident they are, and how often right.

    Attributes:
        count: of the predictions.
        confidence: mean probability given to them; nan without any.
        accuracy: fraction of them that are right; nan without any.
    """

    count: int
    confidence: float
    accuracy: float

    @property
    def gap(self) -> float:
        """Confidence less accuracy (above 0: overconfident); 0 where it may be chance.

        Chance is what lies within two standard errors of so many predictions, were each
        right with the mean confidence.
        """
        if not self.count:
            return 0.0
        gap = self.confidence - self.accuracy
        error = math.sqrt(self.confidence * (1 - self.confidence) / self.count)
        return gap if abs(gap) > 2 * error else 0.0


@dataclass(frozen=True)
class Calibration:
    """Answers sorted by the probability that the network gave them.

    A bin holds the predictions with a probability above its lower and up to its upper
    bound. Empty bins have a confidence and an accuracy of nan.

    Attributes:
        bounds: (bins + 1,), from 0 to 1.
        counts: int64 (bins,), predictions in each bin.
        confidence: (bins,), mean probability given to the predictions.
        accuracy: (bins,), fraction of them that are right.
        error: expected calibration error, from 0 to 1: the distance between
            confidence and accuracy, averaged over all predictions (Naeini et al. 2015,
            Guo et al. 2017).
        uncertain: the predictions given at most ``NEAR_CERTAIN``.
    """

    bounds: np.ndarray
    counts: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray
    error: float
    uncertain: Subset

    @property
    def clearest_bin(self) -> int:
        """Index of the bin, none above ``NEAR_CERTAIN``, that adds most to the gap."""
        gaps = np.nan_to_num(self.counts * (self.confidence - self.accuracy))
        below = self.bounds[1:] <= NEAR_CERTAIN + 1e-9
        return int(np.argmax(np.where(below, gaps * np.sign(self.uncertain.gap), -1)))


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
    index = np.clip(np.searchsorted(bounds, stated, side="left") - 1, 0, bins - 1)
    counts = np.bincount(index, minlength=bins)
    some = np.where(counts > 0, counts, np.nan)
    confidence = np.bincount(index, weights=stated, minlength=bins) / some
    accuracy = np.bincount(index, weights=right, minlength=bins) / some
    gaps = np.nan_to_num(np.abs(confidence - accuracy))
    error = float((gaps * counts).sum() / counts.sum())
    is_uncertain = stated <= NEAR_CERTAIN
    uncertain = Subset(0, math.nan, math.nan)
    if is_uncertain.any():
        uncertain = Subset(
            int(is_uncertain.sum()),
            float(stated[is_uncertain].mean()),
            float(right[is_uncertain].mean()),
        )
    return Calibration(bounds, counts, confidence, accuracy, error, uncertain)
