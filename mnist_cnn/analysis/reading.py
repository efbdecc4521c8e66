"""What a network reads in a picture of one digit, or of rows of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mnist_cnn.digits.drawing import Ink
from mnist_cnn.digits.preprocessing import Preparation, prepare_ink
from mnist_cnn.digits.segmentation import Group, split
from mnist_cnn.nn.network import Network

# A best guess below this is told to be none too sure (Hendrycks and Gimpel 2017, "A
# baseline for detecting misclassified and out-of-distribution examples").
UNSURE = 0.6


@dataclass(frozen=True)
class Number:
    """The digits that were found, in reading order.

    Attributes:
        groups: where each is.
        preparations: how each became 28x28 pixels; the network gets those.
        probabilities: float32 (digits, 10).
    """

    groups: tuple[Group, ...]
    preparations: tuple[Preparation, ...]
    probabilities: np.ndarray

    @property
    def min_confidence(self) -> float:
        """The lowest of the digits' best probabilities; 1 if there is no digit."""
        return float(self.probabilities.max(axis=1).min(initial=1))

    @property
    def text(self) -> str:
        """The digits as a number, rows parted by ``_``: "42", "6046_9251"."""
        rows: dict[int, str] = {}
        for group, digit in zip(
            self.groups, self.probabilities.argmax(axis=1), strict=True
        ):
            rows[group.row] = rows.get(group.row, "") + str(digit)
        return "_".join(rows.values())


def read_number(network: Network, found: Ink) -> Number:
    """Reads every digit of `found`; if there is one only, with all the ink there is."""
    groups = split(found.ink)
    inks = [found] if len(groups) == 1 else [replace(found, ink=g.ink) for g in groups]
    ways = tuple(prepare_ink(ink) for ink in inks)
    if not ways:
        return Number((), (), np.zeros((0, 10), np.float32))
    pixels = np.stack([way.pixels for way in ways])
    return Number(groups, ways, network.probabilities(pixels))
