"""The ink of any picture: a drawing, or a photo, light or dark, evenly lit or not."""

from __future__ import annotations

import numpy as np
from PIL import Image

from mnist_cnn.digits.drawing import Ink, background_of, drawn_ink
from mnist_cnn.digits.grayscale import to_grayscale

FLAT = 12  # gray levels (of 255) by which a drawn background may vary
SMALLEST_PHOTO = 64  # pixels of the shorter side
FAINTEST_ON_PAPER = 0.12  # of the paper's brightness: a hard pencil, barely pressed
INK_LEVEL = 0.5  # of the strongest ink: where a stroke's edge is
NO_INK = "No ink stands out from the paper. Write darker, or come closer."


def ink_of(image: np.ndarray | Image.Image) -> Ink:
    """Where `image`, as `preprocessing.prepare` takes it, has ink."""
    gray = to_grayscale(image)
    if _is_photo(gray, background_of(gray)):
        return _ink_on_paper(gray)
    return drawn_ink(gray)


def _is_photo(gray: np.ndarray, background: float) -> bool:
    """Drawings have two levels and their mixtures at edges; photos have all between."""
    if min(gray.shape) < SMALLEST_PHOTO:
        return False
    # Every second or third pixel tells as much, in a fraction of the time.
    step = min(gray.shape) // 90
    gray = gray[::step, ::step] if step > 1 else gray
    low, high = float(gray.min()), float(gray.max())
    ink = high if high - background >= background - low else low
    between = (np.abs(gray - background) > FLAT) & (np.abs(gray - ink) > 3 * FLAT)
    return float(between.mean()) > 0.25 or _is_noisy(gray, background)


def _is_noisy(gray: np.ndarray, background: float) -> bool:
    """A drawn background is one level; paper under a camera has grain and shade."""
    near = np.abs(gray - background) <= FLAT
    return bool(near.any()) and float(gray[near].std()) > 1.5


def _ink_on_paper(gray: np.ndarray) -> Ink:
    """Ink against the light of its surroundings, so that shadows do not count."""
    from scipy import ndimage

    light = _light(gray)
    ratio = ndimage.gaussian_filter(gray / light, max(gray.shape) / 500)
    dark = 1 - float(np.percentile(ratio, 0.5))
    bright = float(np.percentile(ratio, 99.5)) - 1
    difference = 1 - ratio if dark >= bright else ratio - 1
    strongest = max(dark, bright)
    grain = 1.5 * float(np.median(np.abs(difference))) / 0.6745
    if strongest < max(FAINTEST_ON_PAPER, 5 * grain):
        return Ink(np.zeros(gray.shape, np.float32), NO_INK, NO_INK)
    ink = np.clip(difference / strongest, 0, 1).astype(np.float32)
    ink = _without_specks(ink)
    which = "darker" if dark >= bright else "brighter"
    return Ink(
        ink,
        "This looks like a photo: the light of the paper is measured all over, and "
        f"what is {which} than the paper around it counts as ink.",
    )


def _light(gray: np.ndarray) -> np.ndarray:
    """How bright the bare paper is at each pixel: a wide median, smoothed."""
    from scipy import ndimage

    height, width = gray.shape
    scale = 64 / max(height, width)
    size = max(2, round(width * scale)), max(2, round(height * scale))
    small = Image.fromarray(gray).resize(size, Image.Resampling.BOX)
    median = ndimage.median_filter(np.asarray(small), 25, mode="nearest")
    smooth = Image.fromarray(ndimage.gaussian_filter(median, 3, mode="nearest"))
    light = smooth.resize((width, height), Image.Resampling.BILINEAR)
    return np.clip(np.asarray(light), 1, None)


def _without_specks(ink: np.ndarray) -> np.ndarray:
    """Without dust: what has less than a fiftieth of the largest piece's pixels."""
    from scipy import ndimage

    pieces, count = ndimage.label(ink >= INK_LEVEL, np.ones((3, 3)))
    if count < 2:
        return ink
    sizes = np.bincount(pieces.ravel())
    sizes[0] = 0
    small = sizes < sizes.max() / 50
    small[0] = False
    return np.where(ndimage.grey_dilation(small[pieces], (3, 3)), 0, ink)
