"""What of a picture's ink is writing, and what is rulings, frames, edges and specks.

Nothing is left out unless something like a digit remains.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mnist_cnn.digits.rulings import rulings

TOP, RIGHT, BOTTOM, LEFT = range(4)  # as np.rot90 turns them up
SMALLEST = 1 / 16  # of the shorter side: a digit's height when a page has ten rows
ALONG_EDGE = 0.35  # of a piece's length; a bar of a seven that touches has less
STRIP = 0.8  # of a piece's length: a desk's strip lies along the edge with all of it
SPECK = 1 / 50  # of the largest piece's pixels: dust; the bar of a five has more
SMALL = 0.35  # of the tallest digit: what is smaller is part of a digit, or none
NEAR = 0.25  # of the tallest digit: gaps within pen digits are up to 0.21
UNLIKE = 2  # times as tall: digits of one number differ less

EDGE, FRAME, LINES, SPECKS = "Edge", "Frame", "Lines", "Specks"
REASONS = {
    LINES: "Left out: straight lines from side to side are rulings, not writing.",
    EDGE: "Left out: what runs along the edge, or off it, is no whole digit.",
    FRAME: "Left out: what goes around a digit is a frame.",
    SPECKS: "Left out: specks far smaller than the digit.",
}


@dataclass(frozen=True)
class Sorted:
    """What `sort_out` finds; arrays are bool (height, width).

    Attributes:
        writing: without a pixel if there is nothing like a digit.
        left_out: the rest, by the reason, a key of `REASONS`.
        is_doubtful: whether something like a digit was left out, or digits differ much
            in height.
    """

    writing: np.ndarray
    left_out: dict[str, np.ndarray]
    is_doubtful: bool


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
        return self.pixels > 0.8 * self.height * self.width


def sort_out(mask: np.ndarray, outside: np.ndarray | None = None) -> Sorted:
    """The writing in `mask`, bool (height, width), and what is none, with the reason.

    `outside` is bool, of the same shape: where there is no paper.
    """
    side = min(mask.shape)
    rim = _rim(mask.shape, outside)
    across, upright = rulings(mask, rim), rulings(mask.T, rim.T).T
    digits = _digits(_pieces(mask & ~across & ~upright, rim)[1], side)
    # A digit as high as the picture: it is cut out to its box, and a line may be a 1.
    met = frozenset().union(*(piece.sides for piece in digits if piece.edge < 0.5))
    if not digits or {TOP, BOTTOM} <= met:
        upright[:] = False
    if not digits or {LEFT, RIGHT} <= met:
        across[:] = False
    lines = across | upright
    labels, pieces = _pieces(mask & ~lines, rim)
    digits = _digits(pieces, side)
    some_are_whole = not all(_runs_off(piece) for piece in digits)
    # A number cut out to its box touches the edge with several of its digits.
    met = [piece.sides for piece in digits]
    is_cut_out = len(frozenset().union(*met)) > 2 or any(
        {TOP, BOTTOM} <= sides or {LEFT, RIGHT} <= sides for sides in met
    )
    reasons = {}
    for piece in pieces:
        off = piece.edge > STRIP if is_cut_out else _runs_off(piece)
        if some_are_whole and off:
            reasons[piece.label] = EDGE
    cut_off = [each for each in digits if each.label in reasons and not each.is_solid]
    digits = [piece for piece in digits if piece.label not in reasons]
    frames = _frames(labels, digits)
    reasons |= {piece.label: FRAME for piece in frames}
    digits = [piece for piece in digits if piece not in frames]
    if not digits:
        return Sorted(np.zeros(mask.shape, bool), {}, False)
    kept = {
        piece.label
        for piece in pieces
        if piece.label not in reasons and _belongs(piece, digits)
    }
    codes = np.full(labels.max() + 1, list(REASONS).index(SPECKS), int)
    for label, reason in reasons.items():
        codes[label] = list(REASONS).index(reason)
    codes[[0, *kept]] = -1
    where = codes[labels]
    left_out = {reason: where == code for code, reason in enumerate(REASONS)}
    left_out[LINES] |= lines
    heights = [piece.height for piece in digits]
    return Sorted(
        (labels > 0) & (where < 0),
        {reason: each for reason, each in left_out.items() if each.any()},
        bool(cut_off) or max(heights) > UNLIKE * min(heights),
    )


def _digits(pieces: list[Piece], side: int) -> list[Piece]:
    """What could be one by its size and its shape."""
    return [
        piece
        for piece in pieces
        if piece.height >= max(8, side * SMALLEST)
        and piece.width <= 2 * piece.height
        and piece.height <= 15 * piece.width
        and not (piece.is_solid and piece.height < 3 * piece.width)
        and not (piece.is_solid and piece.edge > STRIP)
    ]


def _rim(shape: tuple[int, int], outside: np.ndarray | None) -> np.ndarray:
    """Where the paper ends: the picture's outermost pixels, and those by the desk."""
    from scipy import ndimage

    side = min(shape)
    rim = np.zeros(shape, bool)
    if outside is not None:
        rim = ndimage.maximum_filter(outside, 2 * max(2, side // 60) + 1)
    rim[0] = rim[-1] = rim[:, 0] = rim[:, -1] = True
    return rim


def _pieces(mask: np.ndarray, rim: np.ndarray) -> tuple[np.ndarray, list[Piece]]:
    """The largest 300."""
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
    for number in np.argsort(-sizes[1:])[:300]:
        label, place = int(number) + 1, places[number]
        outer = [np.count_nonzero(side[0] == label) for side in turned]
        inner = [np.count_nonzero(side[depth] == label) for side in turned]
        pieces.append(
            Piece(
                label,
                place,
                int(sizes[label]),
                on_rim[label] / max(each.stop - each.start for each in place),
                _runs(border == label),
                frozenset(side for side, count in enumerate(outer) if count),
                any(0.8 * b < a < 1.25 * b for a, b in zip(outer, inner, strict=True)),
            )
        )
    return labels, pieces


def _runs(circle: np.ndarray) -> int:
    """How many runs of True there are along a closed line."""
    return int((circle & ~np.roll(circle, 1)).sum())


def _runs_off(piece: Piece) -> bool:
    """Along the edge, or over it: more than once, or as wide as further inside.

    A digit that only touches the edge does so with the round end of a stroke.
    """
    return piece.edge > ALONG_EDGE or piece.cuts > 1 or piece.is_cut


def _frames(labels: np.ndarray, digits: list[Piece]) -> list[Piece]:
    """Pieces that hold another one inside, which is not the slash of a zero."""
    from scipy import ndimage

    frames = []
    for outer in digits:
        inside = [
            inner
            for inner in digits
            if inner is not outer
            and inner.height > 0.25 * outer.height
            and all(
                o.start < i.start and i.stop < o.stop
                for o, i in zip(outer.place, inner.place, strict=True)
            )
            and not _is_slash(labels[inner.place] == inner.label)
        ]
        # A table has many cells; one digit fills its frame more than a slash its zero.
        if not inside or (len(inside) < 2 and inside[0].height < 0.45 * outer.height):
            continue
        own = labels[outer.place] == outer.label
        reach = max(1, min(own.shape) // 40)
        closed = ndimage.binary_fill_holes(
            ndimage.binary_dilation(own, iterations=reach)
        )
        if any(
            (closed & (labels[outer.place] == inner.label)).any() for inner in inside
        ):
            frames.append(outer)
    return frames


def _is_slash(own: np.ndarray) -> bool:
    """A straight line that leans far: a 1 in a frame is steeper.

    Eight of 7,494 pen digits, mostly zeros, have a line inside: five with a correlation
    of rows and columns over 0.9, three that are short against their digit.
    """
    height, width = own.shape
    slope = np.corrcoef(np.nonzero(own))[0, 1]
    return width > 0.6 * height and abs(slope) > 0.9


def _belongs(piece: Piece, digits: list[Piece]) -> bool:
    """Whether it is a digit or near one, as the bar of a five is, and no speck."""
    largest = max(digit.pixels for digit in digits)
    tallest = max(max(digit.height, digit.width) for digit in digits)
    if piece.pixels < SPECK * largest:
        return False
    if max(piece.height, piece.width) > SMALL * tallest:
        return True
    return any(
        max(
            max(one.start - other.stop, other.start - one.stop)
            for one, other in zip(piece.place, digit.place, strict=True)
        )
        < NEAR * tallest
        for digit in digits
        if digit is not piece and max(digit.height, digit.width) > SMALL * tallest
    )
