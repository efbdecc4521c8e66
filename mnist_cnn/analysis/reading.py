"""What a network reads in a picture of one digit, or of rows of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mnist_cnn.digits.drawing import Ink
from mnist_cnn.digits.preprocessing import Preparation, prepare_ink
from mnist_cnn.digits.segmentation import Group, split
from mnist_cnn.nn.network import Network


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
