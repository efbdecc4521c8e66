"""What test predictions say: accuracy, loss, confusion matrix, mistakes."""

from __future__ import annotations

import numpy as np

# Keras' own bound: the loss of a probability of 0 stays finite.
EPSILON = 1e-7


def accuracy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Share of digits whose likeliest class is the true one.

    Args:
        probabilities: (N, 10).
        labels: (N,), 0 to 9.
    """
    return float(np.mean(probabilities.argmax(axis=1) == labels))


def cross_entropy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Mean of -ln(probability of the true digit), as Keras' loss.

    Args:
        probabilities: (N, 10).
        labels: (N,), 0 to 9.
    """
    right = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    return float(-np.log(np.clip(right, EPSILON, 1 - EPSILON)).mean())
