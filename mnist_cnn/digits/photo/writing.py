"""What of a picture's ink is writing, and what is rulings, frames, edges and specks.

Nothing is left out unless something like a digit remains.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mnist_cnn.digits.photo import frames, parts
from mnist_cnn.digits.photo.pieces import (
    BOTTOM,
    LEFT,
    RIGHT,
    STRIP,
    TOP,
    Piece,
    find,
    like_digits,
    thickness,
    without_pinholes,
)
from mnist_cnn.digits.photo.rulings import rulings
from mnist_cnn.digits.segmentation import MAX_DIGITS

UNLIKE = 2  # times as tall: digits of one number differ less
FAINT = 0.65  # of the strongest digit's ink: one pen writes more evenly
SHADOW = 1.2  # times as high: digits that one hand writes side by side differ less
PATCH = 0.2  # of the tallest digit: no marker's stroke is wider
THICKER = 3  # times as the thinnest digit: a filled loop is less
THICKEST = 0.35  # of a piece's longer side: 1,200 pen digits have 0.27 at most
# Deviation of a stroke's width, as a share of it: what varies more is no writing
# (Epshtein, Ofek, Wexler 2010, "Detecting text in natural scenes with stroke width
# transform"); 1,200 pen digits have 0.37 at most.
UNEVEN = 0.5
# Strokes that a line through a digit meets: 5.3 at most in 3,000 pen digits, 6.2 at
# least in digits crossed out seven times.
CROSSED = 5.7

EDGE, FRAME, LINES = "Edge", "Frame", "Lines"
BLOTS, FAINTER, SPECKS = "Blots", "Fainter", "Specks"
REASONS = {
    LINES: "Left out: straight lines from side to side are rulings, not writing.",
    EDGE: "Left out: what runs along the edge, or off it, is no whole digit.",
    FRAME: "Left out: what goes around a digit is a frame.",
    BLOTS: "Left out: a patch or a tangle of lines is a blot, a stamp, or crossed out.",
    FAINTER: "Left out: what is much fainter than the digit is a shadow, or print.",
    SPECKS: "Left out: specks, dashes and print that are no part of a digit.",
}


@dataclass(frozen=True)
class Sorted:
    """What `sort_out` finds; arrays are bool (height, width).

    Attributes:
        writing: without a pixel if there is nothing like a digit; all is left out then.
        left_out: the rest, by the reason, a key of `REASONS`.
        is_doubtful: whether something like a digit was left out, or digits differ much
            in height, or are more than can be read.
    """

    writing: np.ndarray
    left_out: dict[str, np.ndarray]
    is_doubtful: bool


def sort_out(
    mask: np.ndarray,
    outside: np.ndarray | None = None,
    strength: np.ndarray | None = None,
) -> Sorted:
    """The writing in `mask`, bool (height, width), and what is none, with the reason.

    `outside` is bool, of the same shape: where there is no paper. `strength` is float:
    how far each pixel stands out.
    """
    rim = _rim(mask.shape, outside)
    labels, pieces = find(mask, rim)
    framing = frames.boxes(labels, pieces, like_digits(pieces, mask.shape))
    framed = np.isin(labels, [piece.label for piece in framing])
    lines = _lines(mask & ~framed, rim)
    if framing or lines.any():
        labels, pieces = find(mask & ~framed & ~lines, rim)
    # A form's boxes go on beyond the edge.
    reasons = {
        piece.label: FRAME
        for piece in pieces
        if piece.runs_off and any(frames.are_as_high(piece, box) for box in framing)
    }
    digits = [
        piece for piece in like_digits(pieces, mask.shape) if piece.label not in reasons
    ]
    for reason, rule in RULES:
        unlike = rule(labels, pieces, digits, strength)
        reasons = {piece.label: reason for piece in unlike} | reasons
        digits = [piece for piece in digits if piece.label not in reasons]
    rest = [piece for piece in pieces if piece.label not in reasons]
    if parts.is_pattern(rest, digits):
        digits = []
    number = {reason: code for code, reason in enumerate(REASONS)}
    codes = np.full(labels.max() + 1, number[SPECKS])
    codes[0] = -1
    for piece in pieces:
        if piece.label in reasons:
            codes[piece.label] = number[reasons[piece.label]]
    for piece in parts.of_digits(labels, rest, digits):
        codes[piece.label] = -1
    where = codes[labels]
    left_out = {reason: where == code for reason, code in number.items()}
    left_out[LINES] |= lines
    left_out[FRAME] |= framed
    # The shadow of a note is larger than what is written on it.
    shadow = SHADOW * max((digit.height for digit in digits), default=0)
    doubted = [
        piece
        for piece in like_digits(pieces, mask.shape)
        if reasons.get(piece.label, FRAME) != FRAME
        and not piece.is_solid
        and not (reasons[piece.label] == FAINTER and piece.height > shadow)
    ]
    heights = [piece.height for piece in digits] or [0]
    return Sorted(
        (labels > 0) & (where < 0),
        {reason: each for reason, each in left_out.items() if each.any()},
        bool(doubted)
        or max(heights) > UNLIKE * min(heights)
        or len(digits) > MAX_DIGITS,
    )


def _rim(shape: tuple[int, int], outside: np.ndarray | None) -> np.ndarray:
    """Where the paper ends: the picture's outermost pixels, and those by the desk."""
    from scipy import ndimage

    side = min(shape)
    rim = np.zeros(shape, bool)
    if outside is not None and outside.any():
        rim = ndimage.maximum_filter(outside, 2 * max(2, side // 60) + 1)
    rim[0] = rim[-1] = rim[:, 0] = rim[:, -1] = True
    return rim


def _lines(mask: np.ndarray, rim: np.ndarray) -> np.ndarray:
    """Rulings across and upright, unless one may be all that a digit has."""
    across, upright = rulings(mask, rim), rulings(mask.T, rim.T).T
    if not (across.any() or upright.any()):
        return across
    digits = like_digits(find(mask & ~across & ~upright, rim)[1], mask.shape)
    # Digits as high as the picture: it is cut out to their box, and a line may be a 1.
    tall = [piece for piece in digits if piece.height > mask.shape[0] / 2]
    met = frozenset().union(*(piece.sides for piece in tall if piece.edge < 0.5))
    if not digits or {TOP, BOTTOM} <= met:
        upright[:] = False
    if not digits or {LEFT, RIGHT} <= met:
        across[:] = False
    return across | upright


def _off(
    _labels: np.ndarray, pieces: list[Piece], digits: list[Piece], _strength: object
) -> list[Piece]:
    """What runs off the paper; if all digits do, only what lies along its edge."""
    if all(piece.runs_off for piece in digits):
        # A digit cut out to its box meets the edge with its top and its bottom.
        return [piece for piece in pieces if piece.edge > STRIP * _ends(piece)]
    # A number cut out to its box touches the edge with several of its digits.
    met = [piece.sides for piece in digits]
    is_cut_out = len(frozenset().union(*met)) > 2 or any(
        {TOP, BOTTOM} <= sides or {LEFT, RIGHT} <= sides for sides in met
    )
    return [
        piece
        for piece in pieces
        if (piece.edge > STRIP if is_cut_out else piece.runs_off)
    ]


def _ends(piece: Piece) -> int:
    """2 for strokes from one edge of the picture to the opposite one."""
    spans = any(sides <= piece.sides for sides in ({TOP, BOTTOM}, {LEFT, RIGHT}))
    return 2 if spans and not piece.is_solid else 1


def _around(
    labels: np.ndarray, pieces: list[Piece], digits: list[Piece], _strength: object
) -> list[Piece]:
    """Circles and boxes around a digit, closed or nearly so, and empty boxes."""
    return frames.around(labels, pieces, digits) + frames.empty(labels, digits)


def _blots(
    labels: np.ndarray, pieces: list[Piece], digits: list[Piece], _strength: object
) -> list[Piece]:
    """What no pen writes, tangles of lines, and what is far thicker than the digits.

    Of tangles none, if they are all that there is.
    """
    blots = [piece for piece in digits if not _is_stroke(labels, piece)]
    digits = [piece for piece in digits if piece not in blots]
    tangles = [piece for piece in digits if _crossings(labels, piece) > CROSSED]
    rest = [piece for piece in digits if piece not in tangles]
    if not rest:
        return blots
    pen = min(thickness(labels, piece) for piece in rest)
    patch = max(THICKER * pen, PATCH * max(piece.height for piece in rest))
    found = blots + tangles
    return found + [
        piece
        for piece in pieces
        if piece not in found
        and min(piece.height, piece.width) > patch
        and (piece.is_solid or thickness(labels, piece) > patch)
    ]


def _is_stroke(labels: np.ndarray, piece: Piece) -> bool:
    """Whether it is nowhere as thick as it is long, and about as thick everywhere."""
    from scipy import ndimage

    depth = ndimage.distance_transform_edt(without_pinholes(labels, piece))
    middle = depth[(depth > 0) & (depth == ndimage.maximum_filter(depth, 3))]
    # Thick parts count for more: print that a marker's stroke crosses is thin.
    mean = np.average(middle, weights=middle)
    deviation = np.sqrt(np.average((middle - mean) ** 2, weights=middle))
    thickest = 2 * depth.max() / max(piece.height, piece.width)
    return thickest < THICKEST and deviation < UNEVEN * mean


def _crossings(labels: np.ndarray, piece: Piece) -> float:
    """How many strokes a straight line through it meets: across, or upright if more."""
    own = without_pinholes(labels, piece).astype(np.int8)
    found = []
    for axis, length in enumerate(own.shape[::-1]):
        meets = (np.diff(own, axis=axis) > 0).sum(axis)
        found.append(meets[length // 4 : length - length // 4].mean())
    return max(found)


def _fainter(
    labels: np.ndarray,
    pieces: list[Piece],
    digits: list[Piece],
    strength: np.ndarray | None,
) -> list[Piece]:
    """What is as large as a digit and stands out much less than the digits do."""
    if strength is None or not digits:
        return []

    def level(piece: Piece) -> float:
        own = labels[piece.place] == piece.label
        return float(np.percentile(strength[piece.place][own], 75))

    tallest = max(piece.height for piece in digits)
    strongest = max(level(piece) for piece in digits if piece.height > tallest / 2)
    return [
        piece
        for piece in pieces
        if max(piece.height, piece.width) > parts.SMALL * tallest
        and level(piece) < FAINT * strongest
    ]


RULES = ((EDGE, _off), (FRAME, _around), (BLOTS, _blots), (FAINTER, _fainter))
