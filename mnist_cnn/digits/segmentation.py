"""Several digits in one drawing: which ink belongs to which digit, left to right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from mnist_cnn.digits.ink import ink_of

LONGEST_SIDE = 400  # pieces are looked for at this size at most
MAX_DIGITS = 20


@dataclass(frozen=True)
class Group:
    """One digit's ink.

    `box` is left, top, right, bottom in pixels of the whole picture. `picture` is
    float32 in [0, 1], white on black with a margin, with this digit's ink alone: ready
    for `preprocessing.prepare`.
    """

    box: tuple[int, int, int, int]
    picture: np.ndarray


def split(image: np.ndarray | Image.Image) -> tuple[Group, ...]:
    """The digits of a drawing or photo, left to right; () when nothing is drawn.

    Pieces of ink that stand above one another, or a small piece close to a large one,
    are one digit: a five and its bar. Digits that touch count as one. At most 20, the
    largest. `image` as `preprocessing.prepare` takes it.
    """
    from scipy import ndimage

    ink = _bounded(ink_of(image).ink)
    shrunk = _size_of(image)[0] / ink.shape[1]
    pieces, count = ndimage.label(ink >= 0.5, np.ones((3, 3)))
    if not count:
        return ()
    sizes = np.bincount(pieces.ravel(), minlength=count + 1)[1:]
    kept = [k for k in np.argsort(-sizes)[:60] if sizes[k] > max(3, sizes.max() / 100)]
    places = ndimage.find_objects(pieces)
    groups = _merged([([int(k) + 1], _box(places[k])) for k in kept])
    groups.sort(key=lambda group: -_area(group[1]))
    groups = sorted(groups[:MAX_DIGITS], key=lambda group: group[1][0])
    return tuple(_group(ink, pieces, *group, shrunk) for group in groups)


Box = tuple[int, int, int, int]
Piece = tuple[list[int], Box]


def _merged(pieces: list[Piece]) -> list[Piece]:
    tallest = max(box[3] - box[1] for _, box in pieces)
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
    overlap = min(one[2], other[2]) - max(one[0], other[0])
    narrower = min(one[2] - one[0], other[2] - other[0])
    if overlap > 0.35 * narrower:
        return True
    # A bar's end lies beside its digit, closer than the next digit would be.
    shorter = min(one[3] - one[1], other[3] - other[1])
    side_by_side = min(one[3], other[3]) - max(one[1], other[1])
    near = -overlap < 0.12 * tallest and side_by_side > -0.15 * tallest
    return near and shorter < 0.4 * tallest


def _group(
    ink: np.ndarray, pieces: np.ndarray, labels: list[int], box: Box, shrunk: float
) -> Group:
    left, top, right, bottom = box
    margin = 2
    rows = slice(max(0, top - margin), bottom + margin)
    columns = slice(max(0, left - margin), right + margin)
    own = pieces[rows, columns]
    # Gray edges stay; only the strong ink of other digits goes.
    mine = np.isin(own, labels) | (own == 0)
    picture = np.pad(np.where(mine, ink[rows, columns], 0), 12).astype(np.float32)
    whole = tuple(round(edge * shrunk) for edge in box)
    return Group(whole, picture)


def _bounded(ink: np.ndarray) -> np.ndarray:
    height, width = ink.shape
    if max(height, width) <= LONGEST_SIDE:
        return ink
    scale = LONGEST_SIDE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(Image.fromarray(ink).resize(size, Image.Resampling.BOX))


def _size_of(image: np.ndarray | Image.Image) -> tuple[int, int]:
    if isinstance(image, Image.Image):
        return image.size
    height, width = np.asarray(image).shape[:2]
    return width, height


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
