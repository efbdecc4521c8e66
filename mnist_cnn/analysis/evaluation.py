"""What test predictions say: accuracy, loss, confusion matrix, mistakes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mnist_cnn.digits import CLASSES

# Keras' own bound: the loss of a probability of 0 stays finite.
EPSILON = 1e-7


@dataclass(frozen=True)
class DigitScore:
    """How well one digit is read; each fraction is from 0 to 1.

    Attributes:
        digit: 0 to 9.
        precision: of the images called this digit, the fraction that are it.
        recall: of the images that are this digit, the fraction called it.
        f1: harmonic mean of the two.
        count: images that are this digit.
    """

    digit: int
    precision: float
    recall: float
    f1: float
    count: int


def accuracy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Fraction of digits whose likeliest class is the true one.

    Args:
        probabilities: (N, 10).
        labels: (N,), 0 to 9.
    """
    return float(np.mean(probabilities.argmax(axis=1) == labels))


def accuracy_by_group(
    probabilities: np.ndarray, labels: np.ndarray, groups: np.ndarray
) -> dict[str, float]:
    """Share that is read right of each group's digits, such as each writer's.

    Args:
        probabilities: (N, 10).
        labels: (N,), 0 to 9.
        groups: text (N,).

    Returns:
        By group: numbers in their order, else as they first come.
    """
    right = probabilities.argmax(axis=1) == labels
    names = list(dict.fromkeys(groups.tolist()))
    if all(name.isdecimal() for name in names):
        names.sort(key=int)
    return {name: float(right[groups == name].mean()) for name in names}


def cross_entropy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Mean of -ln(probability of the true digit), as Keras' loss.

    Args:
        probabilities: (N, 10).
        labels: (N,), 0 to 9.
    """
    right = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    return float(-np.log(np.clip(right, EPSILON, 1 - EPSILON)).mean())


def confusion_matrix(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """How often each digit (row) is read as each (column): int64 (10, 10).

    Args:
        probabilities: (N, 10).
        labels: (N,), 0 to 9.
    """
    matrix = np.zeros((CLASSES, CLASSES), np.int64)
    np.add.at(matrix, (labels, probabilities.argmax(axis=1)), 1)
    return matrix


def fractions_of_true(matrix: np.ndarray) -> np.ndarray:
    """A confusion matrix as fractions of the true digit: rows add up to 1, or are 0.

    Returns:
        float64 (10, 10).
    """
    return matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)


def digit_scores(matrix: np.ndarray) -> tuple[DigitScore, ...]:
    """Precision, recall and F1 of each digit; a fraction of nothing is 0.

    Args:
        matrix: confusion matrix, rows the truth.
    """
    scores = []
    for digit in range(CLASSES):
        right = int(matrix[digit, digit])
        count, predicted = int(matrix[digit].sum()), int(matrix[:, digit].sum())
        scores.append(
            DigitScore(
                digit,
                precision=right / max(predicted, 1),
                recall=right / max(count, 1),
                f1=2 * right / max(count + predicted, 1),
                count=count,
            )
        )
    return tuple(scores)


def confusions(matrix: np.ndarray) -> list[tuple[int, int, int]]:
    """True digit, predicted digit and count of each mistake, most frequent first.

    Args:
        matrix: confusion matrix, rows the truth.
    """
    mistakes = matrix - np.diag(np.diag(matrix))
    found = zip(*np.nonzero(mistakes), mistakes[mistakes > 0], strict=True)
    return sorted((tuple(map(int, each)) for each in found), key=lambda each: -each[2])


def in_cell(
    probabilities: np.ndarray, labels: np.ndarray, true: int, predicted: int
) -> np.ndarray:
    """Indices of the images of one digit read as another, most confident first."""
    chosen = (labels == true) & (probabilities.argmax(axis=1) == predicted)
    return _by_confidence(probabilities, np.flatnonzero(chosen))


def confident_mistakes(
    probabilities: np.ndarray, labels: np.ndarray, count: int
) -> np.ndarray:
    """Indices of the mistakes made with the highest probability, highest first."""
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return _by_confidence(probabilities, wrong)[:count]


def least_confident_correct(
    probabilities: np.ndarray, labels: np.ndarray, count: int
) -> np.ndarray:
    """Indices of the correct predictions of lowest probability, lowest first."""
    right = np.flatnonzero(probabilities.argmax(axis=1) == labels)
    return _by_confidence(probabilities, right)[::-1][:count]


def _by_confidence(probabilities: np.ndarray, indices: np.ndarray) -> np.ndarray:
    confidence = probabilities[indices].max(axis=1)
    return indices[np.argsort(-confidence, kind="stable")]
