"""What goes to a component in one piece: a heading in JSON, then arrays and files.

Bytes reach the browser as they are; a dictionary with arrays would be encoded thrice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np


def packed(
    heading: Mapping[str, Any], parts: Mapping[str, np.ndarray | bytes]
) -> bytes:
    """4 bytes for the heading's length, the heading, and all parts behind it.

    Args:
        heading: JSON values; "parts" is added: where each part starts and its length.
        parts: arrays, sent as little-endian float32, or bytes, sent as they are.
    """
    parts_at: dict[str, tuple[int, int]] = {}
    content = []
    start = 0
    for name, part in parts.items():
        raw = part if isinstance(part, bytes) else part.astype("<f4").tobytes()
        parts_at[name] = (start, len(raw))
        content.append(raw)
        start += len(raw)
    text = json.dumps(
        {**heading, "parts": parts_at}, separators=(",", ":"), allow_nan=False
    )
    encoded = text.encode()
    return b"".join([len(encoded).to_bytes(4, "little"), encoded, *content])
