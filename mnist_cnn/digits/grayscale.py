"""A picture of any mode, depth and transparency becomes gray levels from 0 to 255."""

from __future__ import annotations

import numpy as np
from PIL import Image


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
