"""Two test sets that differ from MNIST's on purpose: how far does a network carry?

*8×8 digits*: UCI's "Optical Recognition of Handwritten Digits" as scikit-learn ships
it, 1,797 scans of 13 people, made larger. *MNIST, corrupted*: MNIST's first 1,000 test
digits in six ways (after Mu, Gilmer 2019, "MNIST-C").
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image

from mnist_cnn.digits import SIDE
from mnist_cnn.digits.dataset import (
    NO_IMAGES,
    NO_LABELS,
    About,
    Dataset,
    fingerprint,
)
from mnist_cnn.digits.drawing import drawn_ink
from mnist_cnn.digits.handwriting.pen_file import DigitFile
from mnist_cnn.digits.preprocessing import prepare_ink
from mnist_cnn.digits.transforms import Change, changed
from mnist_cnn.locale.message import Message

DIGITS_8X8 = About(
    "8×8 digits",
    "13 people, scanned",
    "CC BY 4.0; UCI Optical Recognition of Handwritten Digits (Alpaydin, Kaynak)",
)
CORRUPTED = About(
    "MNIST, corrupted",
    "MNIST's first 1,000 test digits in six ways: shifted by 4 pixels, turned by 30°, "
    "noisy, thick, thin, inverted",
    "CC BY-SA 3.0; LeCun, Cortes, Burges",
)
CORRUPTED_DIGITS = 1000
# Below what counts as a photo, and many times 8.
ENLARGED = 56


def digits_8x8(
    report: Callable[[int, int], None] = lambda done, total: None,
) -> DigitFile:
    """scikit-learn's 8x8 digits as 28x28: enlarged, then prepared as a drawing is."""
    from sklearn.datasets import load_digits  # takes seconds and 100 MB

    small = load_digits()
    images = np.zeros((len(small.images), SIDE, SIDE), np.uint8)
    for index, picture in enumerate(small.images):
        image = Image.fromarray(np.uint8(np.round(picture * (255 / 16))))
        large = image.resize((ENLARGED, ENLARGED), Image.Resampling.BICUBIC)
        ink = drawn_ink(np.asarray(large, np.float32))
        images[index] = np.round(255 * prepare_ink(ink).pixels)
        report(index + 1, len(images))
    return DigitFile(small.target.astype(np.uint8), None, [], images)


def corrupted(mnist: Dataset) -> Dataset:
    """The first 1,000 test digits of that MNIST, six times."""
    rng = np.random.default_rng(0)
    digits = mnist.x_test[:CORRUPTED_DIGITS].astype(np.float32) / np.float32(255)
    ways: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "shifted": lambda x: changed(x, _shift(rng)),
        "turned": lambda x: changed(x, Change(angle=float(rng.choice([-30, 30])))),
        "noisy": lambda x: x + rng.normal(0, 0.25, x.shape).astype(np.float32),
        "thick": lambda x: changed(x, Change(thicken=1.5)),
        "thin": lambda x: changed(x, Change(thicken=-1)),
        "inverted": lambda x: 1 - x,
    }
    images = [way(digit) for way in ways.values() for digit in digits]
    x_test = np.round(255 * np.clip(np.stack(images), 0, 1)).astype(np.uint8)
    y_test = np.tile(mnist.y_test[:CORRUPTED_DIGITS], len(ways)).astype(np.uint8)
    return Dataset(
        NO_IMAGES,
        NO_LABELS,
        x_test,
        y_test,
        source=Message(
            "{source}, corrupted in {count} ways", source=mnist.source, count=len(ways)
        ),
        fingerprint=fingerprint(x_test, y_test),
        about=CORRUPTED,
        groups=np.repeat(list(ways), len(digits)),
        grouped_by="corruption",
    )


def _shift(rng: np.random.Generator) -> Change:
    right, down = rng.choice([-4.0, 4.0], 2)
    return Change(right=float(right), down=float(down))
