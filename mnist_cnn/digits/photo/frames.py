"""What goes around a digit: a box or a circle, a cell of a table, boxes of a form."""

from __future__ import annotations

import numpy as np

from mnist_cnn.digits.photo.pieces import Piece, holes

# Of its box. A cell does, held askew by 5 degrees, too; the inside of a zero covers
# 0.81 of its box at most (3,000 pen digits).
RECTANGLE = 0.84
INSIDE = 0.25  # of the outer one's height: what is smaller may be a dot in a zero
FILLED = 0.45  # of the outer one's height: a digit fills its circle more than a slash
ALIKE = 0.25  # by which the boxes of one form differ in width and in height


def boxes(labels: np.ndarray, pieces: list[Piece], digits: list[Piece]) -> list[Piece]:
    """Pieces that hold a digit in a rectangular hole, and empty ones like them.

    `labels` has the number of each pixel's piece, as `pieces.find` gives it. A piece of
    a digit is inside, too: one of `digits`, or as large against its box.
    """
    filled = [
        outer
        for outer in pieces
        if any(
            _holds(hole, inner)
            for inner in pieces
            if outer.encloses(inner)
            and (inner in digits or inner.height > INSIDE * outer.height)
            for hole in _rectangles(labels, outer)
        )
    ]
    return [
        piece
        for piece in pieces
        if piece in filled
        or (
            any(_are_alike(piece, outer) for outer in filled)
            and _rectangles(labels, piece)
        )
    ]


def around(labels: np.ndarray, digits: list[Piece]) -> list[Piece]:
    """Those of `digits` that hold another one inside, which is not a zero's slash."""
    from scipy import ndimage

    found = []
    for outer in digits:
        inside = [
            inner
            for inner in digits
            if inner is not outer
            and inner.height > INSIDE * outer.height
            and outer.encloses(inner)
            and not _is_slash(labels[inner.place] == inner.label)
        ]
        # A table has many cells; one digit fills its frame more than a slash its zero.
        if not inside or (len(inside) < 2 and inside[0].height < FILLED * outer.height):
            continue
        own = labels[outer.place] == outer.label
        reach = max(1, min(own.shape) // 40)
        closed = ndimage.binary_fill_holes(
            ndimage.binary_dilation(own, iterations=reach)
        )
        if any(
            (closed & (labels[outer.place] == inner.label)).any() for inner in inside
        ):
            found.append(outer)
    return found


def _rectangles(labels: np.ndarray, piece: Piece) -> list[tuple[slice, slice]]:
    """The places of the piece's rectangular holes in the picture."""
    return [
        place
        for pixels, place in holes(labels, piece)
        if pixels > RECTANGLE * np.prod([each.stop - each.start for each in place])
    ]


def _holds(hole: tuple[slice, slice], piece: Piece) -> bool:
    return all(
        outer.start <= inner.start and inner.stop <= outer.stop
        for outer, inner in zip(hole, piece.place, strict=True)
    )


def _are_alike(one: Piece, other: Piece) -> bool:
    return (
        abs(one.height - other.height) < ALIKE * other.height
        and abs(one.width - other.width) < ALIKE * other.width
    )


def _is_slash(own: np.ndarray) -> bool:
    """A straight line that leans far: a 1 in a frame is steeper.

    Eight of 7,494 pen digits, mostly zeros, have a line inside: five with a correlation
    of rows and columns over 0.9, three that are short against their digit.
    """
    height, width = own.shape
    slope = np.corrcoef(np.nonzero(own))[0, 1]
    return width > 0.6 * height and abs(slope) > 0.9
