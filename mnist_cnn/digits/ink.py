"""Find the ink in a drawing, a scan or a photo: light or dark, evenly lit or not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

FLAT = 12  # gray levels (of 255) by which a drawn background may vary
FAINTEST = 24  # gray levels between background and ink below which nothing is seen
SMALLEST_PHOTO = 64  # pixels of the shorter side
FAINTEST_ON_PAPER = 0.12  # of the paper's brightness: a hard pencil, barely pressed
INK_LEVEL = 0.5  # of the strongest ink: where a stroke's edge is
NO_INK = "No ink stands out from the paper. Write darker, or come closer."


@dataclass(frozen=True)
class Ink:
    """`ink` is float32 (height, width) in [0, 1]: 1 is ink, 0 is background."""

    ink: np.ndarray
    sentence: str
    message: str = ""


def ink_of(image: np.ndarray | Image.Image) -> Ink:
    """Where `image`, as `preprocessing.prepare` takes it, has ink."""
    gray = to_grayscale(image)
    low, high = float(gray.min()), float(gray.max())
    if high - low < FAINTEST:
        return Ink(np.zeros(gray.shape, np.float32), "One color everywhere.")
    background = _background(gray)
    if _is_photo(gray, background):
        return _ink_on_paper(gray)
    light_ink = high - background >= background - low
    contrast = (high - background) if light_ink else (background - low)
    ink = (gray - background) if light_ink else (background - gray)
    ink = np.clip(ink / np.float32(contrast), 0, 1)
    ground = "dark" if light_ink else "light"
    other = "brighter" if light_ink else "darker"
    return Ink(
        ink, f"The background is {ground}, so what is {other} than it counts as ink."
    )


def to_grayscale(image: np.ndarray | Image.Image) -> np.ndarray:
    """`image` as float32 (height, width) in 0..255; transparent pixels are background.

    Raises ValueError for an array of another shape or without pixels.
    """
    if not isinstance(image, Image.Image):
        array = np.asarray(image)
        if array.dtype == np.uint16 and array.ndim == 2 and array.size:
            return _stretched(array.astype(np.float32))
        image = _image_of(array)
    if image.mode in ("LA", "PA", "RGBa", "La") or (
        image.mode != "RGBA" and "transparency" in image.info
    ):
        image = image.convert("RGBA")
    if image.mode == "RGBA":
        alpha = image.getchannel("A")
        if alpha.getextrema()[0] < 255:
            return _over_background(image, np.asarray(alpha, np.float32) / 255)
    if image.mode in ("I;16", "I;16B", "I;16L", "I", "F"):
        return _stretched(np.asarray(image, np.float32))
    return np.asarray(image.convert("L"), np.float32)


def _image_of(array: np.ndarray) -> Image.Image:
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if array.size == 0 or not (
        array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4))
    ):
        raise ValueError(
            "An image is an array (height, width), (height, width, 3) or "
            f"(height, width, 4) with at least one pixel, not {array.shape}."
        )
    if array.dtype == bool:
        array = array * np.uint8(255)
    elif array.dtype == np.uint16:
        array = (array >> 8).astype(np.uint8)
    elif array.dtype != np.uint8:
        values = np.nan_to_num(np.asarray(array, np.float32), posinf=0, neginf=0)
        if np.issubdtype(array.dtype, np.floating) and values.max() <= 1:
            values = values * 255
        array = np.clip(values, 0, 255).astype(np.uint8)
    return Image.fromarray(np.ascontiguousarray(array))


def _over_background(image: Image.Image, alpha: np.ndarray) -> np.ndarray:
    """A transparent picture laid on black or white, whichever its ink stands out on."""
    gray = np.asarray(image.convert("RGB").convert("L"), np.float32)
    visible = float(alpha.sum())
    mean = float((gray * alpha).sum()) / visible if visible else 0.0
    ground = 0.0 if mean >= 128 else 255.0
    return gray * alpha + ground * (1 - alpha)


def _stretched(values: np.ndarray) -> np.ndarray:
    """Deep gray images, whatever their range, as 0..255."""
    values = np.nan_to_num(values, posinf=0, neginf=0)
    low, high = float(values.min()), float(values.max())
    if high <= low:
        return np.zeros(values.shape, np.float32)
    if low >= 0 and high <= 255:
        return values
    # A camera's 10, 12 or 14 bits come in files of 16.
    depths = [2.0**bits - 1 for bits in (10, 12, 14, 16)]
    top = next((top for top in depths if low >= 0 and high <= top), high)
    bottom = min(low, 0.0)
    return (values - bottom) * np.float32(255 / (top - bottom))


def _background(gray: np.ndarray) -> float:
    """The commonest level along the picture's border, else of the whole picture."""
    border = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    return float(np.median(border))


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
