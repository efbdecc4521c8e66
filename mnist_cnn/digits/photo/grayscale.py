"""A picture of any mode, depth and transparency becomes gray levels from 0 to 255."""

from __future__ import annotations

import numpy as np
from PIL import Image

# A sheet fills its box, with round corners or as a disc (0.79); a written 1 hardly.
SHEET = 0.7
SEEN = 24  # gray levels by which writing on a sheet differs from it at least


def to_grayscale(image: np.ndarray | Image.Image) -> np.ndarray:
    """`image` as float32 (height, width) in 0..255; transparent pixels are background.

    Raises ValueError for an array of another shape or without pixels.
    """
    return _gray(opaque(image))


def planes_of(image: np.ndarray | Image.Image) -> list[np.ndarray]:
    """`to_grayscale`, and then red, green and blue if the picture has colors."""
    image = opaque(image)
    planes = [_gray(image)]
    if image.mode == "RGB":
        planes += [np.asarray(plane, np.float32) for plane in image.split()]
    return planes


def _gray(image: Image.Image) -> np.ndarray:
    if image.mode in ("I;16", "I;16B", "I;16L", "I", "F"):
        return _stretched(np.asarray(image, np.float32))
    return np.asarray(image.convert("L"), np.float32)


def opaque(image: np.ndarray | Image.Image) -> Image.Image:
    """Without transparency: modes L, RGB and the deep gray ones, mostly."""
    if not isinstance(image, Image.Image):
        image = _image_of(np.asarray(image))
    if image.mode in ("LA", "PA", "RGBa", "La") or "transparency" in image.info:
        image = image.convert("RGBA")
    if image.mode != "RGBA":
        return image
    if image.getchannel("A").getextrema()[0] == 255:
        return image.convert("RGB")
    return _over_background(image)


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
    elif array.dtype == np.uint16 and array.ndim == 2:
        return Image.fromarray(array)
    elif array.dtype == np.uint16:
        array = (array >> 8).astype(np.uint8)
    elif array.dtype != np.uint8:
        values = np.nan_to_num(np.asarray(array, np.float32), posinf=0, neginf=0)
        if np.issubdtype(array.dtype, np.floating) and values.max() <= 1:
            values = values * 255
        array = np.clip(values, 0, 255).astype(np.uint8)
    return Image.fromarray(np.ascontiguousarray(array))


def _over_background(image: Image.Image) -> Image.Image:
    """A transparent picture on its own ground if it is a sheet, else on black or white.

    Of the latter the one on which its ink stands out.
    """
    colors = np.asarray(image.convert("RGB"))
    gray = np.asarray(image.convert("RGB").convert("L"), np.float32)
    alpha = np.asarray(image.getchannel("A"), np.float32) / 255
    ground = np.full(3, 0 if np.sum(gray * alpha) >= 128 * alpha.sum() else 255)
    visible = alpha > 0.5
    box = Image.fromarray(visible).getbbox()
    if box is not None:
        filled = visible.sum() / ((box[2] - box[0]) * (box[3] - box[1]))
        differs = np.abs(gray[visible] - np.median(gray[visible])) > SEEN
        if filled > SHEET and differs.mean() > 0.0005:
            ground = np.median(colors[visible], axis=0)
    opacity = alpha[..., None]
    flat = colors * opacity + ground.astype(np.float32) * (1 - opacity)
    return Image.fromarray(np.round(flat).astype(np.uint8))


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
