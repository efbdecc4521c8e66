"""A drawing becomes a 28x28 digit like those of MNIST, step by step.

The recipe is that of MNIST itself (LeCun, Bottou, Bengio, Haffner 1998, section III.A):
scale the digit into a 20x20 box keeping its proportions, with gray levels from
antialiasing, and move its center of mass to the middle of a 28x28 image. One step is
added: strokes are made as wide as MNIST's, whatever brush drew them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PIL import Image

from mnist_cnn.digits import SIDE
from mnist_cnn.digits.drawing import Ink, Step
from mnist_cnn.digits.ink import ink_of
from mnist_cnn.locale.message import Message

BOX = 20
# Where ink is half as bright as it gets: antialiasing adds a fringe of half a pixel on
# each side, which brings it to BOX. With 20 here, pen digits lose 0.4 % (measured).
OUTLINE = 19
# The column and row (counted from 0) where MNIST has its centers of mass: measured
# over 10,000 training digits, 14.00 ± 0.29, the spread of a shift by whole pixels.
CENTER = 14
# Pixels of the 28x28 image. MNIST: mean 2.5, deviation 0.6. A little thinner keeps
# small loops open and reads pen digits a little better (0.968 against 0.967).
STROKE_WIDTH = 2.0
WORKING_BOX = 80  # the ink is measured and reshaped at this size, four times the box
MARGIN = 16  # room around it for strokes that become wider
WIDER = (
    "Scaled as it is, the stroke would be about {before:.1f} pixels wide. MNIST's are "
    "mostly 2 to 3 wide, so it is made wider: {after:.1f}, which keeps small loops "
    "open."
)
THINNER = (
    "Scaled as it is, the stroke would be about {before:.1f} pixels wide. MNIST's are "
    "mostly 2 to 3 wide, so it is made thinner: {after:.1f}, which keeps small loops "
    "open."
)


@dataclass(frozen=True)
class Preparation:
    """What `prepare` found.

    `pixels` is float32 (28, 28) in [0, 1]: all 0 when `is_empty`. `message` is a
    sentence when there is something to say about the drawing, else "".
    """

    pixels: np.ndarray
    is_empty: bool
    message: str
    _show: Callable[[], tuple[Step, ...]]

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The pictures of every step, made when first asked for."""
        return self._show()


def prepare(image: np.ndarray | Image.Image) -> Preparation:
    """Turn a drawing, a scan or a photo of one digit into an MNIST-like image.

    `image` is a Pillow image or an array: (height, width) gray, (height, width, 3) RGB
    or (height, width, 4) RGBA; uint8 in 0..255, float in 0..1, bool or uint16. White on
    black and dark on light are told apart by the background. Raises ValueError when
    the array is none of these.
    """
    return prepare_ink(ink_of(image))


def prepare_ink(found: Ink) -> Preparation:
    """`prepare` for ink that is found already; a drawing's is `drawn_ink`."""
    ink = found.ink
    top, bottom, left, right = _bounds(ink)
    if bottom <= top:
        return _nothing(found)
    cropped = ink[top:bottom, left:right]
    distance = _signed_distance(cropped)
    width = stroke_width(distance)
    grow = _growth(width)
    strokes = np.clip(distance + grow + 0.5, 0, 1)
    pixels, scaled = _into_box(strokes)

    def steps() -> tuple[Step, ...]:
        widths = {"before": width * OUTLINE / WORKING_BOX, "after": STROKE_WIDTH}
        return (
            *found.before(),
            Step("Ink found", found.sentence, _small(ink)),
            Step(
                "Cropped",
                Message(
                    "Only the smallest rectangle that holds all the ink is kept: "
                    "{width} × {height} pixels.",
                    width=right - left,
                    height=bottom - top,
                ),
                _small(cropped),
            ),
            Step(
                "Stroke width",
                Message(WIDER if grow > 0 else THINNER, **widths),
                _trim(strokes),
            ),
            Step(
                "Scaled",
                "The longer side becomes 20 pixels, the proportions stay, and edges "
                "turn gray (antialiasing).",
                scaled,
            ),
            Step(
                "Centered",
                "The center of mass of the ink moves to the middle of 28 × 28 pixels.",
                pixels,
            ),
        )

    return Preparation(pixels, False, found.message, steps)


def resize_only(image: np.ndarray | Image.Image) -> Preparation:
    """What most demos do: the whole picture is resized to 28x28, nothing else."""
    return resize_ink(ink_of(image))


def resize_ink(found: Ink) -> Preparation:
    """The same, where the ink is known."""
    top, bottom, _, _ = _bounds(found.ink)
    if bottom <= top:
        return _nothing(found)
    pixels = _resize(found.ink, (SIDE, SIDE))

    def steps() -> tuple[Step, ...]:
        return (
            *found.before(),
            Step("Ink found", found.sentence, _small(found.ink)),
            Step("Resized", "The whole picture is squeezed into 28 × 28.", pixels),
        )

    return Preparation(pixels, False, found.message, steps)


NOTHING_DRAWN = "Nothing is drawn yet."


def _nothing(found: Ink) -> Preparation:
    pixels = np.zeros((SIDE, SIDE), np.float32)
    return Preparation(pixels, True, found.message or NOTHING_DRAWN, tuple)


def stroke_width(distance: np.ndarray) -> float:
    """The mean width of the strokes in pixels of `distance`, the distance to the edge.

    Inside a stroke of width w the distance to its edge takes every value from 0 to
    w / 2 equally often, so its mean is w / 4.
    """
    return 4 * float(distance[distance > 0].mean())


def _bounds(ink: np.ndarray) -> tuple[int, int, int, int]:
    """Top, bottom, left and right of what is at least half as bright as full ink."""
    mask = ink >= 0.5
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return 0, 0, 0, 0
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def _signed_distance(cropped: np.ndarray) -> np.ndarray:
    """The ink at working size: how far inside (above 0) or outside each pixel lies."""
    from scipy.ndimage import distance_transform_edt

    height, width = cropped.shape
    scale = WORKING_BOX / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    mask = np.pad(_resize(cropped, size) >= 0.5, MARGIN)
    if not mask.any():
        mask = np.pad(np.ones(size[::-1], bool), MARGIN)
    inside = distance_transform_edt(mask)
    return np.where(mask, inside - 0.5, 0.5 - distance_transform_edt(~mask))


def _growth(width: float) -> float:
    """How far each edge moves outwards so that strokes end up STROKE_WIDTH wide.

    Edges that move by d make the box WORKING_BOX + 2d, which is then scaled to OUTLINE;
    this solves (width + 2d) · OUTLINE / (WORKING_BOX + 2d) = STROKE_WIDTH.
    """
    wanted = STROKE_WIDTH * WORKING_BOX / OUTLINE
    twice = (wanted - width) / (1 - STROKE_WIDTH / OUTLINE)
    return float(np.clip(twice / 2, -0.35 * width, MARGIN - 2))


def _into_box(strokes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(28, 28) centered by mass, and the same before the move, at most (20, 20)."""
    from scipy.ndimage import center_of_mass

    top, bottom, left, right = _bounds(strokes)
    side = max(bottom - top, right - left)
    pixel = side / OUTLINE
    row, column = center_of_mass(strokes)
    # No ink leaves the image, however far its mass lies from the middle of its box.
    y = (CENTER + 0.5) * pixel - (row + 0.5)
    x = (CENTER + 0.5) * pixel - (column + 0.5)
    y = float(np.clip(y, -top, SIDE * pixel - bottom))
    x = float(np.clip(x, -left, SIDE * pixel - right))
    pad = int(np.ceil(max(y, x, 0))) + 1
    whole = int(np.ceil(SIDE * pixel)) + 2 * pad + max(strokes.shape)
    canvas = np.zeros((whole, whole), np.float32)
    canvas[pad : pad + strokes.shape[0], pad : pad + strokes.shape[1]] = strokes
    box = (pad - x, pad - y, pad - x + SIDE * pixel, pad - y + SIDE * pixel)
    pixels = _resize(canvas, (SIDE, SIDE), box)
    seen = pixels > 0.02
    rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
    scaled = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return pixels, scaled


def _resize(
    picture: np.ndarray,
    size: tuple[int, int],
    box: tuple[float, float, float, float] | None = None,
) -> np.ndarray:
    """`picture` (or `box` of it) at `size` (width, height), antialiased, in [0, 1]."""
    image = Image.fromarray(np.ascontiguousarray(picture, np.float32))
    small = np.asarray(image.resize(size, Image.Resampling.BILINEAR, box))
    return np.clip(small, 0, 1)


def _small(picture: np.ndarray, longest: int = 280) -> np.ndarray:
    """For showing: no side longer than `longest`."""
    height, width = picture.shape
    scale = longest / max(height, width)
    if scale >= 1:
        return np.asarray(picture, np.float32)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return _resize(picture, size)


def _trim(strokes: np.ndarray) -> np.ndarray:
    top, bottom, left, right = _bounds(strokes)
    return strokes[top:bottom, left:right].astype(np.float32)
