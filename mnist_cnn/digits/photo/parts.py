"""Which pieces are digits or parts of one, as the bar of a five, and which are none.

Of 3,749 pen digits of 15 writers 115 have two pieces and none has three. The smaller
one is never below the larger one, at most 1.4 times as thick, and at most 0.18 of its
height away from it.
"""

from __future__ import annotations

import numpy as np

from mnist_cnn.digits.photo.pieces import Piece, thickness

SPECK = 1 / 50  # of the largest piece's pixels: dust; the bar of a five has more
SMALL = 0.5  # of the tallest digit: what is smaller is part of a digit, or none
NEAR = 0.25  # of the tallest digit
CLOSE = 0.05  # of the tallest digit: a ruling that is taken away leaves such a gap
THICKER = 2  # times as its digit: punched holes and drops are
MANY = 20  # as large as digits: a few may be dashes, a frame's pieces, or scratches
FLAT = 2  # times as wide as high: a dash, a line under a digit, or a bar


def is_pattern(pieces: list[Piece], digits: list[Piece]) -> bool:
    """Whether most, and many, of what is as large as the digits is none: squares."""
    tallest = max((digit.height for digit in digits), default=0)
    large = [p for p in pieces if max(p.height, p.width) > SMALL * tallest]
    return len(large) - len(digits) > max(len(digits), MANY)


def of_digits(
    labels: np.ndarray, pieces: list[Piece], digits: list[Piece]
) -> list[Piece]:
    """Those of `pieces` that are `digits`, as large, or part of one of them.

    `labels` has the number of each pixel's piece.
    """
    if not digits:
        return []
    speck = SPECK * max(digit.pixels for digit in digits)
    tallest = max(max(digit.height, digit.width) for digit in digits)
    pieces = [piece for piece in pieces if piece.pixels >= speck]
    found = [
        piece
        for piece in pieces
        if max(piece.height, piece.width) > SMALL * tallest and not _is_flat(piece)
    ]
    small = [piece for piece in pieces if piece not in found]
    parts: list[Piece] = []
    for digit in found:
        pen = thickness(labels, digit)
        near = [
            piece
            for piece in small
            if _gap(piece, digit) < NEAR * tallest
            and not _underlines(piece, digit, CLOSE * tallest)
            and thickness(labels, piece) < THICKER * pen
        ]
        beside = [piece for piece in near if _gap(piece, digit) > CLOSE * tallest]
        # Several of them are print; closer ones are a stroke that something cuts.
        parts += near if len(beside) < 3 else [p for p in near if p not in beside]
    return found + parts


def _is_flat(piece: Piece) -> bool:
    return piece.width > FLAT * piece.height


def _underlines(piece: Piece, digit: Piece, gap: float) -> bool:
    return _is_flat(piece) and piece.place[0].start > digit.place[0].stop + gap


def _gap(one: Piece, other: Piece) -> int:
    """Pixels between the two boxes, below 0 if they overlap."""
    return max(
        max(mine.start - its.stop, its.start - mine.stop)
        for mine, its in zip(one.place, other.place, strict=True)
    )
