"""The ink of a drawing: two levels, and their mixtures at the edges of strokes.

All that the lab's own canvas needs to find its ink stands here (and is mirrored in
JavaScript); photos and scans have `ink.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

FAINTEST = 24  # gray levels between background and ink below which nothing is seen

BRIGHTER = "The background is dark, so what is brighter than it counts as ink."
DARKER = "The background is light, so what is darker than it counts as ink."


@dataclass(frozen=True)
class Step:
    """One step from a picture to the network, to be shown.

    `picture` is float32 in [0, 1]: (height, width), white ink on black, or with colors
    (height, width, 3).
    """

    name: str
    sentence: str
    picture: np.ndarray


@dataclass(frozen=True)
class Ink:
    """Where a picture has ink.

    Attributes:
        ink: float32 (height, width) in [0, 1]: 1 is ink, 0 is background.
        sentence: how it was found.
        message: what there is to say about the picture, or "".
        is_doubtful: whether something like a digit was left out, or digits that differ
            much in size were found.
        before: makes the steps that led to the ink; a drawing has none.
    """

    ink: np.ndarray
    sentence: str
    message: str = ""
    is_doubtful: bool = False
    before: Callable[[], tuple[Step, ...]] = tuple


def drawn_ink(gray: np.ndarray, background: float | None = None) -> Ink:
    """How far each pixel is from the background's level towards the ink's.

    `gray` is float32 (height, width) in 0..255, as of `to_grayscale`; the background
    is the border's level if none is given.
    """
    low, high = float(gray.min()), float(gray.max())
    if high - low < FAINTEST:
        return Ink(np.zeros(gray.shape, np.float32), "One color everywhere.")
    background = background_of(gray) if background is None else background
    light_ink = high - background >= background - low
    contrast = (high - background) if light_ink else (background - low)
    ink = (gray - background) if light_ink else (background - gray)
    ink = np.clip(ink / np.float32(contrast), 0, 1)
    return Ink(ink, BRIGHTER if light_ink else DARKER)


def background_of(gray: np.ndarray) -> float:
    """The median level along the picture's border."""
    border = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    return float(np.median(border))
