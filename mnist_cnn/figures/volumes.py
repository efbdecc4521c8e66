"""The size of a layer's output as a picture: sheets one behind the other, or a bar."""

from __future__ import annotations

import math
from dataclasses import dataclass

DEPTH = 1.4  # pixels from the first sheet to the last, times log2 of the channels
RISE = 0.3  # how far a sheet stands above the one before it, of its way to the right
MAX_SHEETS = 6
BAR_WIDTH, BAR_HEIGHT = 3.4, 10.5  # pixels; the height times log10 of the length


@dataclass(frozen=True)
class Sheet:
    """A rectangle, in pixels of the image from the lower left corner of the picture."""

    left: float
    bottom: float
    width: float
    height: float


def sheets(shape: tuple[int, ...]) -> list[Sheet]:
    """What stands for an output of that shape, the hindmost first.

    Heights and widths are true to scale. The depth grows with the logarithm of the
    channels, and so does the length of a vector, since 1000 beside 28 would leave
    nothing to see.

    Args:
        shape: without the batch axis, (height, width, channels) or (length,).
    """
    if len(shape) == 1:
        return [Sheet(0, 0, BAR_WIDTH, BAR_HEIGHT * math.log10(1 + shape[0]))]
    height, width, channels = shape
    size = math.log2(1 + channels)
    count = max(1, min(MAX_SHEETS, round(size)))
    shifts = [DEPTH * size * place / max(1, count - 1) for place in range(count)]
    return [Sheet(shift, RISE * shift, width, height) for shift in reversed(shifts)]
