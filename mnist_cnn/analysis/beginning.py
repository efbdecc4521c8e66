"""When a network began to read a digit as it does now, from its readings on the way."""

from __future__ import annotations

import numpy as np


def began_to_read(probabilities: np.ndarray) -> int:
    """The first moment from which on a digit was read as it is at the last one.

    Args:
        probabilities: (moments, 10), in order.
    """
    read = probabilities.argmax(axis=1)
    others = np.flatnonzero(read != read[-1])
    return int(others[-1]) + 1 if len(others) else 0
