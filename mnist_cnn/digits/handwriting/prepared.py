"""Digits of many people, drawn and prepared once, and split by who wrote them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mnist_cnn.digits import CLASSES
from mnist_cnn.digits.dataset import About, DataError, Dataset, fingerprint
from mnist_cnn.digits.handwriting import canvas
from mnist_cnn.digits.handwriting.pen_file import DigitFile
from mnist_cnn.storage.arrays import ROWS, ArraySpec, read_arrays
from mnist_cnn.storage.files import replacing

DRAWINGS = 2  # of each digit, at different sizes and with different brushes
MAX_BYTES = 200_000_000
NOBODY = -1
# Every third writer tests, the others train; every fifth digit where nobody is named.
WRITERS_FOR_A_SPLIT = 3
DIGITS_FOR_A_SPLIT = 5
_SPEC: ArraySpec = {
    "images": ("u", (ROWS, None, 28, 28)),
    "labels": ("u", (ROWS,)),
    "writers": ("i", (ROWS,)),
}


@dataclass(frozen=True)
class Prepared:
    """Digits as the network reads them.

    Attributes:
        images: uint8 (N, drawings, 28, 28).
        labels: uint8 (N,).
        writers: int64 (N,); None if nobody is named.
    """

    images: np.ndarray
    labels: np.ndarray
    writers: np.ndarray | None


def write(
    digits: DigitFile,
    path: Path,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Draws each digit, 4 ms a drawing, and writes the file that ``read`` reads."""
    if digits.strokes:
        count = len(digits.strokes)
        drawn = [
            canvas.images(
                digits.strokes,
                seed,
                lambda done, _all, seed=seed: report(
                    done + seed * count, DRAWINGS * count
                ),
            )
            for seed in range(DRAWINGS)
        ]
        images = np.stack(drawn, axis=1)
    else:
        images = digits.images[:, None]
    writers = digits.writers
    if writers is None:
        writers = np.full(len(images), NOBODY, np.int64)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        np.savez(file, images=images, labels=digits.labels, writers=writers)


def read(path: Path) -> Prepared:
    """What ``write`` wrote.

    Raises:
        DataError: if it is missing or holds anything else.
    """
    try:
        found = read_arrays(path, _SPEC, MAX_BYTES)
        if found["labels"].max() >= CLASSES:
            raise ValueError("labels outside 0 to 9")
    except (OSError, ValueError) as error:
        raise DataError(
            "The prepared digits in {file} cannot be read ({reason}). Delete that "
            "file: the lab makes it again.",
            file=path.name,
            reason=error,
        ) from error
    writers = found["writers"]
    return Prepared(
        found["images"], found["labels"], None if NOBODY in writers else writers
    )


def split(prepared: Prepared, about: About, source: str, *, whole: bool) -> Dataset:
    """A part to train and a part to test on, by other people if they are known.

    Args:
        prepared: the digits.
        about: title, people and license.
        source: where they came from, in words.
        whole: whether all of them are in both parts.

    Returns:
        With both parts whole, too, where there are too few digits for two.
    """
    is_test = _kept_for_testing(prepared)
    is_train = ~is_test
    if whole or is_train.all() or is_test.all():
        is_test = is_train = np.ones(len(prepared.labels), bool)
    writers = prepared.writers
    trained = prepared.images[is_train]
    x_test, y_test = prepared.images[is_test, 0], prepared.labels[is_test]
    return Dataset(
        # Drawing by drawing: the first N of them are N different digits.
        np.ascontiguousarray(trained.swapaxes(0, 1)).reshape(-1, *trained.shape[2:]),
        np.tile(prepared.labels[is_train], trained.shape[1]),
        x_test,
        y_test,
        source=source,
        fingerprint=fingerprint(x_test, y_test),
        about=about,
        groups=None if writers is None else writers[is_test].astype(str),
    )


def _kept_for_testing(prepared: Prepared) -> np.ndarray:
    if prepared.writers is not None:
        writers = np.unique(prepared.writers)
        if len(writers) >= WRITERS_FOR_A_SPLIT:
            kept = writers[WRITERS_FOR_A_SPLIT - 1 :: WRITERS_FOR_A_SPLIT]
            return np.isin(prepared.writers, kept)
    indices = np.arange(len(prepared.labels))
    return indices % DIGITS_FOR_A_SPLIT == DIGITS_FOR_A_SPLIT // 2
