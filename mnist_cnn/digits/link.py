"""A digit in a link: its 28x28 pixels, packed into text that a URL carries."""

from __future__ import annotations

import base64
import binascii
import zlib

import numpy as np

from mnist_cnn.digits import SIDE
from mnist_cnn.locale.message import MessageError

# 784 bytes of noise grow by a few when deflated, and by a third as text.
MAX_LENGTH = 1200


class LinkError(MessageError):
    """Text that is no packed digit; a sentence for the person."""


def pack(pixels: np.ndarray) -> str:
    """Url-safe text for (28, 28) pixels in [0, 1], kept to 1/255; some 200 letters."""
    gray = np.round(np.clip(pixels, 0, 1) * 255).astype(np.uint8)
    packed = zlib.compress(gray.tobytes(), 9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def unpack(text: str) -> np.ndarray:
    """The inverse: float32 (28, 28) in [0, 1].

    Raises:
        LinkError: for anything that ``pack`` did not make.
    """
    wrong = LinkError(
        "The digit in this link cannot be read: the link is cut off or was changed."
    )
    if len(text) > MAX_LENGTH or not text.isascii():
        raise wrong
    try:
        packed = base64.b64decode(
            text + "=" * (-len(text) % 4), altchars=b"-_", validate=True
        )
        # Stops one byte past the end, however much the text would unfold to.
        gray = zlib.decompressobj().decompress(packed, SIDE * SIDE + 1)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise wrong from error
    if len(gray) != SIDE * SIDE:
        raise wrong
    pixels = np.frombuffer(gray, np.uint8).reshape(SIDE, SIDE)
    return pixels.astype(np.float32) / np.float32(255)
