"""The connected pieces of a picture's ink, and how each lies in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

TOP, RIGHT, BOTTOM, LEFT = range(4)  # as np.rot90 turns them up
SMALLEST = 1 / 16  # of the shorter side: a digit's height when a page has ten rows
ALONG_EDGE = 0.35  # of a piece's length; a bar of a seven that touches has less
STRIP = 0.8  # of a piece's length: a desk's strip lies along the edge with all of it
SOLID = 0.8  # of its box; 3,000 pen digits with all brushes cover 0.76 at most
PINHOLE = 0.003  # of a piece's box: chalk has them
MAX_PIECES = 300  # pieces: of a page of print the largest


@dataclass(frozen=True)
class Piece:
    """One connected piece of ink.

    Attributes:
        label: its number among the pieces.
        place: its rows and columns.
        pixels: how many it has.
        edge: how much of its longer side lies along the edge of the paper.
        cuts: how often it meets the picture's border.
        sides: which of the picture's sides it meets.
        is_cut: whether it is as wide at the border as a little further inside.
    """

    label: int
    place: tuple[slice, slice]
    pixels: int
    edge: float
    cuts: int
    sides: frozenset[int]
    is_cut: bool

    @property
    def height(self) -> int:
        return self.place[0].stop - self.place[0].start

    @property
    def width(self) -> int:
        return self.place[1].stop - self.place[1].start

    @property
    def is_solid(self) -> bool:
        return self.pixels > SOLID * self.height * self.width

    @property
    def runs_off(self) -> bool:
        """Along the edge, or over it: more than once, or as wide as further inside.

        A digit that only touches the edge does so with the round end of a stroke.
        """
        return self.edge > ALONG_EDGE or self.cuts > 1 or self.is_cut

    def encloses(self, other: Piece) -> bool:
        """Whether the other one's box lies in this one's."""
        return all(
            mine.start < its.start and its.stop < mine.stop
            for mine, its in zip(self.place, other.place, strict=True)
        )


def find(mask: np.ndarray, rim: np.ndarray) -> tuple[np.ndarray, list[Piece]]:
    """The largest pieces of `mask`, bool (height, width), and the number of each pixel.

    `rim` is bool, of the same shape: where the paper ends.
    """
    from scipy import ndimage

    labels, count = ndimage.label(mask, np.ones((3, 3)))
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    on_rim = np.bincount(labels[rim], minlength=count + 1)
    places = ndimage.find_objects(labels)
    border = np.concatenate(
        [labels[0], labels[:, -1], labels[-1, ::-1], labels[::-1, 0]]
    )
    depth = min(max(2, min(mask.shape) // 100), min(mask.shape) - 1)
    turned = [np.rot90(labels, quarter) for quarter in range(4)]
    pieces = []
    for number in np.argsort(-sizes[1:])[:MAX_PIECES]:
        label, place = int(number) + 1, places[number]
        longest = max(each.stop - each.start for each in place)
        cuts, sides, is_cut = 0, [], False
        if _meets_border(place, mask.shape):
            cuts = _runs(border == label)
            outer = [np.count_nonzero(side[0] == label) for side in turned]
            inner = [np.count_nonzero(side[depth] == label) for side in turned]
            sides = [side for side, count in enumerate(outer) if count]
            is_cut = any(
                0.8 * b < a < 1.25 * b for a, b in zip(outer, inner, strict=True)
            )
        size, edge = int(sizes[label]), on_rim[label] / longest
        pieces.append(Piece(label, place, size, edge, cuts, frozenset(sides), is_cut))
    return labels, pieces


def like_digits(pieces: list[Piece], shape: tuple[int, int]) -> list[Piece]:
    """Those that could be a digit by size and shape, in a picture of that shape."""
    return [
        piece
        for piece in pieces
        if piece.height >= max(8, min(shape) * SMALLEST)
        and piece.width <= 2 * piece.height
        and piece.height <= 15 * piece.width
        and not (piece.is_solid and piece.height < 3 * piece.width)
        and not (piece.is_solid and piece.edge > STRIP)
    ]


def holes(labels: np.ndarray, piece: Piece) -> list[tuple[int, tuple[slice, slice]]]:
    """What the piece encloses: each hole's pixels, and its rows and columns."""
    top, left = (each.start for each in piece.place)
    return [
        (
            pixels,
            (
                slice(rows.start + top, rows.stop + top),
                slice(columns.start + left, columns.stop + left),
            ),
        )
        for pixels, (rows, columns) in holes_of(labels[piece.place] == piece.label)
    ]


def holes_of(own: np.ndarray) -> list[tuple[int, tuple[slice, slice]]]:
    """The same of one piece alone, bool (height, width)."""
    from scipy import ndimage

    regions, _ = ndimage.label(np.pad(~own, 1, constant_values=True))
    sizes = np.bincount(regions.ravel())
    return [
        (
            int(sizes[number]),
            (
                slice(rows.start - 1, rows.stop - 1),
                slice(columns.start - 1, columns.stop - 1),
            ),
        )
        for number, (rows, columns) in enumerate(ndimage.find_objects(regions), start=1)
        if number != regions[0, 0]
    ]


def without_pinholes(labels: np.ndarray, piece: Piece) -> np.ndarray:
    """The piece alone, bool, in a margin of one pixel, its smallest holes filled."""
    from scipy import ndimage

    own = np.pad(labels[piece.place] == piece.label, 1)
    regions, _ = ndimage.label(~own)
    is_small = np.bincount(regions.ravel()) < PINHOLE * own.size
    is_small[[0, regions[0, 0]]] = False
    return own | is_small[regions]


def thickness(labels: np.ndarray, piece: Piece) -> float:
    """Pixels across where it is thickest."""
    from scipy import ndimage

    own = without_pinholes(labels, piece)
    return 2 * float(ndimage.distance_transform_cdt(own).max())


def _meets_border(place: tuple[slice, slice], shape: tuple[int, int]) -> bool:
    return any(
        each.start == 0 or each.stop == length
        for each, length in zip(place, shape, strict=True)
    )


def _runs(circle: np.ndarray) -> int:
    """How many runs of True there are along a closed line."""
    return int((circle & ~np.roll(circle, 1)).sum())
