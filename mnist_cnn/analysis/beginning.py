"""When a network began to read a digit, from its readings on the way."""

from __future__ import annotations

import numpy as np


def began_to_read(probabilities: np.ndarray, digit: int) -> int | None:
    """The first moment from which on a digit was read as this one, to the end.

    Args:
        probabilities: (moments, 10), in order.
        digit: 0 to 9.

    Returns:
        None if it is not read so at the end.
    """
    others = np.flatnonzero(probabilities.argmax(axis=1) != digit)
    begin = int(others[-1]) + 1 if len(others) else 0
    return begin if begin < len(probabilities) else None
