"""Several digits in one picture: which ink belongs to which digit, row by row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MAX_DIGITS = 20

Box = tuple[int, int, int, int]  # left, top, right, bottom
Piece = tuple[list[int], Box]  # the labels of what belongs together, and its box


@dataclass(frozen=True)
class Group:
    """One digit's ink.

    `box` is left, top, right, bottom in pixels of the whole picture, `row` counts from
    0 at the top. `ink` is float32 in [0, 1], white on black with a margin, with this
    digit's ink alone: ready for `preprocessing.prepare_ink`.
    """

    box: Box
    row: int
    ink: np.ndarray


def split(ink: np.ndarray) -> tuple[Group, ...]:
    """The digits of `ink`, float32 (height, width) in [0, 1], in reading order.

    Rows come from top to bottom, in each the digits from left to right; () when there
    is no ink. A small piece close to a large one belongs to it: a five and its bar.
    Digits that touch count as one. At most 20, the largest.
    """
    from scipy import ndimage

    pieces, count = ndimage.label(ink >= 0.5, np.ones((3, 3)))
    if not count:
        return ()
    sizes = np.bincount(pieces.ravel(), minlength=count + 1)[1:]
    kept = [k for k in np.argsort(-sizes)[:60] if sizes[k] > max(3, sizes.max() / 100)]
    places = ndimage.find_objects(pieces)
    groups = _merged([([int(k) + 1], _box(places[k])) for k in kept])
    groups.sort(key=lambda group: -_area(group[1]))
    return tuple(
        Group(box, number, _alone(ink, pieces, labels, box))
        for number, row in enumerate(_rows(groups[:MAX_DIGITS]))
        for labels, box in row
    )


def _merged(pieces: list[Piece]) -> list[Piece]:
    tallest = max((box[3] - box[1] for _, box in pieces), default=0)
    merging = True
    while merging:
        merging = False
        for i, (labels, box) in enumerate(pieces):
            for j in range(i + 1, len(pieces)):
                if _belong(box, pieces[j][1], tallest):
                    other = pieces.pop(j)
                    pieces[i] = labels + other[0], _union(box, other[1])
                    merging = True
                    break
            if merging:
                break
    return pieces


def _belong(one: Box, other: Box, tallest: int) -> bool:
    """Whether two boxes are one digit; gaps are parts of the tallest piece's height.

    Of 3,000 pen digits 39 have several pieces; the gaps between them are up to 0.15
    of the height, one is 0.21. The next row is further away, or a digit of its own.
    """
    overlap = min(one[2], other[2]) - max(one[0], other[0])
    narrower = min(one[2] - one[0], other[2] - other[0])
    side_by_side = min(one[3], other[3]) - max(one[1], other[1])
    small = min(one[3] - one[1], other[3] - other[1]) < 0.4 * tallest
    if overlap > 0.35 * narrower:
        return -side_by_side < (0.25 if small else 0.05) * tallest
    # A bar's end lies beside its digit, closer than the next digit would be.
    near = -overlap < 0.12 * tallest and side_by_side > -0.15 * tallest
    return near and small


def _rows(groups: list[Piece]) -> list[list[Piece]]:
    """From top to bottom; a digit is in the row of the digit at its left, if any is."""
    rows: list[list[Piece]] = []
    for group in sorted(groups, key=lambda group: group[1][0]):
        overlaps = [_beside(row[-1][1], group[1]) for row in rows]
        if overlaps and max(overlaps) > 0.3:
            rows[int(np.argmax(overlaps))].append(group)
        else:
            rows.append([group])
    return sorted(rows, key=lambda row: np.mean([box[1] + box[3] for _, box in row]))


def _beside(one: Box, other: Box) -> float:
    """The height that two boxes share, as a part of the lower one's."""
    shared = min(one[3], other[3]) - max(one[1], other[1])
    return shared / min(one[3] - one[1], other[3] - other[1])


def _alone(
    ink: np.ndarray, pieces: np.ndarray, labels: list[int], box: Box
) -> np.ndarray:
    left, top, right, bottom = box
    rows = slice(max(0, top - 2), bottom + 2)
    columns = slice(max(0, left - 2), right + 2)
    own = pieces[rows, columns]
    # Gray edges stay; only the strong ink of other digits goes.
    mine = np.isin(own, labels) | (own == 0)
    return np.pad(np.where(mine, ink[rows, columns], 0), 12).astype(np.float32)


def _box(place: tuple[slice, slice]) -> Box:
    return place[1].start, place[0].start, place[1].stop, place[0].stop


def _union(one: Box, other: Box) -> Box:
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])
