"""What goes around a digit: a box or a circle, a cell of a table, boxes of a form."""

from __future__ import annotations

import numpy as np

from mnist_cnn.digits.photo.pieces import Piece, holes, holes_of

Place = tuple[slice, slice]

# Of its box. A cell does, held askew by 5 degrees, too; the inside of a zero covers
# 0.81 of its box at most (3,000 pen digits).
RECTANGLE = 0.84
INSIDE = 0.25  # of the outer one's height: what is smaller may be a dot in a zero
FILLED = 0.45  # of the outer one's height: a digit fills its circle more than a slash
AROUND = 0.8  # of all directions: who circles a digit in haste does not meet the start
WIDE = 0.75  # of its height: an empty box is at least that wide, a square zero is not
HOLLOW = 0.5  # of its box that is the hole, in an empty one
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


def around(labels: np.ndarray, pieces: list[Piece], digits: list[Piece]) -> list[Piece]:
    """Those of `pieces` that go around one of `digits` that is not a zero's slash."""
    found = []
    for outer in pieces:
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
        if any(_directions(labels, outer, inner) > AROUND for inner in inside):
            found.append(outer)
    return found


def _directions(labels: np.ndarray, outer: Piece, inner: Piece) -> float:
    """The fraction of all directions in which `inner`'s middle sees `outer`."""
    y, x = np.nonzero(labels[outer.place] == outer.label)
    top, left = (
        (its.start + its.stop) / 2 - mine.start
        for mine, its in zip(outer.place, inner.place, strict=True)
    )
    seen, _ = np.histogram(np.arctan2(y - top, x - left), 60, (-np.pi, np.pi))
    return float((seen > 0).mean())


def empty(labels: np.ndarray, digits: list[Piece]) -> list[Piece]:
    """Those of `digits` that are the outline of a wide rectangle: a frame, a note."""
    from scipy import ndimage

    found = []
    for piece in digits:
        own = labels[piece.place] == piece.label
        reach = max(1, min(own.shape) // 40)
        closed = ndimage.binary_dilation(np.pad(own, reach), iterations=reach)
        if any(
            height * width > HOLLOW * closed.size and width > WIDE * height
            for height, width in map(_size, _rectangular(holes_of(closed)))
        ):
            found.append(piece)
    return found


def _rectangles(labels: np.ndarray, piece: Piece) -> list[Place]:
    """The places of the piece's rectangular holes in the picture."""
    return _rectangular(holes(labels, piece))


def _rectangular(found: list[tuple[int, Place]]) -> list[Place]:
    return [
        place for pixels, place in found if pixels > RECTANGLE * np.prod(_size(place))
    ]


def _size(place: Place) -> tuple[int, int]:
    rows, columns = place
    return rows.stop - rows.start, columns.stop - columns.start


def _holds(hole: Place, piece: Piece) -> bool:
    return all(
        outer.start <= inner.start and inner.stop <= outer.stop
        for outer, inner in zip(hole, piece.place, strict=True)
    )


def are_as_high(one: Piece, other: Piece) -> bool:
    """Whether they differ in height by less than the boxes of one form do."""
    return abs(one.height - other.height) < ALIKE * other.height


def _are_alike(one: Piece, other: Piece) -> bool:
    alike_wide = abs(one.width - other.width) < ALIKE * other.width
    return alike_wide and are_as_high(one, other)


def _is_slash(own: np.ndarray) -> bool:
    """A straight line that leans far: a 1 in a frame is steeper.

    Eight of 7,494 pen digits, mostly zeros, have a line inside: five with a correlation
    of rows and columns over 0.9, three that are short against their digit.
    """
    height, width = own.shape
    slope = np.corrcoef(np.nonzero(own))[0, 1]
    return width > 0.6 * height and abs(slope) > 0.9
