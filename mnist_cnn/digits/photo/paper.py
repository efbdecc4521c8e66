"""Paper under a camera: how bright it is at each place, and what stands out from it.

The light of the paper is a morphological closing, wider than any stroke: it fills dark
strokes and keeps edges, so that neither a shadow nor the desk beside the paper is ink
(the black top hat: Soille 2003, *Morphological Image Analysis*, chapter 4). For light
writing on dark ground it is an opening.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

SMALL = 200  # pixels of the longer side at which light is measured: strokes are coarse
# Of the longer side. A marker's stroke is up to a fifth of its digit's height, and that
# up to nine tenths of the picture's height, which is three quarters of its width.
WIDEST_STROKE = 1 / 7
# Of the paper's level: a shadow that takes three quarters of the light leaves that much
# after a camera's gamma of 1 / 2.2; wood and skin in the shade are darker.
SURROUNDINGS = 0.53
DARKEST = 8  # gray levels: what is darker is noise


@dataclass(frozen=True)
class Paper:
    """What `even` makes of a photo; arrays are (height, width).

    Attributes:
        contrast: float32, 0 or more: by which part of its ground's brightness each
            pixel is darker, or brighter where the writing is bright (Weber contrast).
        evened: float32 in [0, 1]: the picture as if lit evenly.
        outside: bool: no paper, by its level.
        grain: the standard deviation of `contrast` on bare paper.
        is_dark: whether the writing is brighter than its ground.
    """

    contrast: np.ndarray
    evened: np.ndarray
    outside: np.ndarray
    grain: float
    is_dark: bool


def even(gray: np.ndarray) -> Paper:
    """`gray`, float32 in 0..255, seen against the light of its surroundings."""
    from scipy import ndimage

    height, width = gray.shape
    scale = min(1.0, SMALL / max(height, width))
    small = _resized(gray, max(2, round(width * scale)), max(2, round(height * scale)))
    small = np.clip(small, 1, None)
    window = max(3, round(max(small.shape) * WIDEST_STROKE)) | 1
    # Without the lamp's slope, which would look like ink where the picture ends.
    lamp = _slope(np.log(small), window)
    small = small / lamp
    bright = ndimage.grey_closing(small, window, mode="nearest")
    dark = ndimage.grey_opening(small, window, mode="nearest")
    is_dark = _writing_is_bright(small, bright, dark, window)
    light = ndimage.gaussian_filter(dark if is_dark else bright, 1, mode="nearest")
    outside = _resized(_outside(light).astype(np.float32), width, height) > 0.5
    light = np.clip(_resized(light * lamp, width, height), DARKEST, None)
    smooth = ndimage.gaussian_filter(gray, max(gray.shape) / 1000)
    contrast = smooth / light - 1 if is_dark else 1 - smooth / light
    # The closing lies on the upper side of the grain: bare paper has no contrast.
    contrast -= np.median(contrast[~outside])
    grain = float(np.median(np.abs(contrast[~outside]))) / 0.6745
    evened = (0.15 if is_dark else 0.9) * gray / light
    return Paper(
        np.maximum(contrast, 0).astype(np.float32),
        np.clip(evened, 0, 1).astype(np.float32),
        outside,
        grain,
        is_dark,
    )


def _slope(levels: np.ndarray, window: int) -> np.ndarray:
    """How the light falls off from side to side and from top to bottom, about 1.

    The median of differences: neither ink nor a desk at some sides changes it.
    """
    light = np.zeros(levels.shape, np.float32)
    for axis, length in enumerate(levels.shape):
        step = min(window, length - 1)
        ahead = np.take(levels, range(step, length), axis)
        behind = np.take(levels, range(length - step), axis)
        slope = float(np.median(ahead - behind)) / step
        place = np.arange(length, dtype=np.float32) - length / 2
        light += slope * (place[:, None] if axis == 0 else place)
    return np.exp(light)


def _writing_is_bright(
    small: np.ndarray, bright: np.ndarray, dark: np.ndarray, window: int
) -> bool:
    """Whether the ground around what stands out is at the dark level or the bright one.

    Not which of both stands out more: the inside of a dark zero is a bright spot.
    """
    from scipy import ndimage

    # Ink does not cut the paper it is on into strips, nor do loops make strips of ink.
    stroke = window // 3 | 1
    filled = ndimage.grey_closing(small, stroke, mode="nearest")
    emptied = ndimage.grey_opening(small, stroke, mode="nearest")
    strength = np.maximum(
        1 - emptied / ndimage.grey_closing(emptied, window, mode="nearest"),
        1 - ndimage.grey_opening(filled, window, mode="nearest") / filled,
    )
    ground = strength <= 0.5 * strength.max()
    weight = ndimage.uniform_filter(ground.astype(np.float32), window, mode="constant")
    level = ndimage.uniform_filter(np.where(ground, small, 0), window, mode="constant")
    seen = ~ground & (weight > 1e-6)
    if not seen.any():
        return False
    level = level[seen] / weight[seen]
    return float(np.mean(level - dark[seen] < bright[seen] - level)) > 0.5


def _outside(light: np.ndarray) -> np.ndarray:
    """Regions at the picture's border that are far from the level of its middle."""
    from scipy import ndimage

    height, width = light.shape
    rows = slice(height // 4, height - height // 4)
    columns = slice(width // 4, width - width // 4)
    paper = np.median(light[rows, columns])
    other = (light < SURROUNDINGS * paper) | (light * SURROUNDINGS > paper)
    regions, _ = ndimage.label(other)
    border = np.concatenate([regions[0], regions[-1], regions[:, 0], regions[:, -1]])
    return other & np.isin(regions, border[border > 0])


def _resized(picture: np.ndarray, width: int, height: int) -> np.ndarray:
    shrinks = width < picture.shape[1]
    way = Image.Resampling.BOX if shrinks else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(picture).resize((width, height), way))
