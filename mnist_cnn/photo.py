"""Find the ink in a drawing, a scan or a photo: light or dark, evenly lit or not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

FLAT = 12  # grey levels (of 255) by which a drawn background may vary
FAINTEST = 24  # grey levels between background and ink below which nothing is seen


@dataclass(frozen=True)
class Found:
    """`ink` is float32 (height, width) in [0, 1]: 1 is ink, 0 is background."""

    ink: np.ndarray
    sentence: str
    message: str = ""


def ink_of(image: np.ndarray | Image.Image) -> Found:
    """Where `image` has ink. Arrays as `sketch.prepare` takes them, or Pillow images."""
    grey = grey_of(image)
    low, high = float(grey.min()), float(grey.max())
    if high - low < FAINTEST:
        return Found(np.zeros(grey.shape, np.float32), "One colour everywhere.")
    background = _background(grey)
    light_ink = high - background >= background - low
    contrast = (high - background) if light_ink else (background - low)
    ink = (grey - background) if light_ink else (background - grey)
    ink = np.clip(ink / np.float32(contrast), 0, 1)
    ground = "dark" if light_ink else "light"
    other = "brighter" if light_ink else "darker"
    return Found(
        ink, f"The background is {ground}, so what is {other} than it counts as ink."
    )


def grey_of(image: np.ndarray | Image.Image) -> np.ndarray:
    """`image` as float32 (height, width) in 0..255; transparent pixels are background.

    Raises ValueError for an array of another shape or without pixels.
    """
    if not isinstance(image, Image.Image):
        image = _image_of(np.asarray(image))
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
    grey = np.asarray(image.convert("RGB").convert("L"), np.float32)
    visible = float(alpha.sum())
    mean = float((grey * alpha).sum()) / visible if visible else 0.0
    ground = 0.0 if mean >= 128 else 255.0
    return grey * alpha + ground * (1 - alpha)


def _stretched(values: np.ndarray) -> np.ndarray:
    """Deep grey images, whatever their range, as 0..255."""
    values = np.nan_to_num(values, posinf=0, neginf=0)
    low, high = float(values.min()), float(values.max())
    if high <= low:
        return np.zeros(values.shape, np.float32)
    if low >= 0 and high <= 255:
        return values
    top = 65535.0 if low >= 0 and high <= 65535 else high
    bottom = 0.0 if low >= 0 else low
    return (values - bottom) * np.float32(255 / (top - bottom))


def _background(grey: np.ndarray) -> float:
    """The commonest level along the picture's border, else of the whole picture."""
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    return float(np.median(border))
