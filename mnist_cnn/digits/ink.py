"""The ink of any picture: a drawing, or a photo, light or dark, evenly lit or not.

Ink is judged where it is: against the light of the paper around it (`paper.py`), by the
strength of the strongest thing that looks like a digit (`writing.py` sorts out the
rest), and at last each piece by its own strength.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from mnist_cnn.digits.drawing import FAINTEST, Ink, Step, background_of, drawn_ink
from mnist_cnn.digits.photo.grayscale import planes_of
from mnist_cnn.digits.photo.paper import Paper, even
from mnist_cnn.digits.photo.writing import (
    EDGE,
    FRAME,
    LINES,
    REASONS,
    Sorted,
    sort_out,
)

FLAT = 12  # gray levels (of 255) by which a drawn background may vary
SMALLEST_PHOTO = 64  # pixels of the shorter side
DOTS = 0.1  # of neighbors in a row are black and white: paper of 5 % gray has that
SMALLEST_HALFTONE = 200  # pixels: strokes of a small picture have as many edges
DOT = 2  # pixels: dots of one that make up a gray
FAINTEST_ON_PAPER = 0.12  # of the paper's brightness: a hard pencil, barely pressed
GRAINS = 7  # standard deviations of bare paper: of a million pixels none gets so far
INK_LEVEL = 0.5  # of the strongest ink: where a stroke's edge is
FRINGE = 6  # pixels around writing within which its gray edges lie, blurred ones too
SHOWN_SIDE = 280  # pixels of a step's picture
LEFT_OUT = (230, 110, 0)  # orange
NO_INK = (
    "Nothing like a digit stands out in this picture. Write darker, or come closer."
)
COLORS = (
    "",
    "Gray hardly tells ink from paper here, so red light alone is looked at.",
    "Gray hardly tells ink from paper here, so green light alone is looked at.",
    "Gray hardly tells ink from paper here, so blue light alone is looked at.",
)


def ink_of(image: np.ndarray | Image.Image) -> Ink:
    """Where `image`, as `preprocessing.prepare` takes it, has ink.

    Looked for in gray first, then in red, green and blue.
    """
    planes = planes_of(image)
    for plane, note in zip(planes, COLORS, strict=False):
        if _is_halftone(plane):
            found = _on_paper(_without_dots(plane), note)
        else:
            found = (_on_paper if _is_photo(plane) else _drawn)(plane, note)
        if found is not None:
            return found
    return Ink(np.zeros(planes[0].shape, np.float32), NO_INK, NO_INK)


def _is_photo(gray: np.ndarray) -> bool:
    """Drawings have two levels and their mixtures at edges; photos have all between."""
    if min(gray.shape) < SMALLEST_PHOTO:
        return False
    background = background_of(gray)
    # Every second or third pixel tells as much, in a fraction of the time.
    step = min(gray.shape) // 90
    gray = gray[::step, ::step] if step > 1 else gray
    low, high = float(gray.min()), float(gray.max())
    ink = high if high - background >= background - low else low
    between = (np.abs(gray - background) > FLAT) & (np.abs(gray - ink) > 3 * FLAT)
    return float(between.mean()) > 0.25 or _is_noisy(gray, background)


def _is_halftone(gray: np.ndarray) -> bool:
    """Faxes and print give gray as dots: there are more edges than lines have."""
    if min(gray.shape) < SMALLEST_HALFTONE:
        return False
    return float((np.abs(np.diff(gray)) > 128).mean()) > DOTS


def _without_dots(gray: np.ndarray) -> np.ndarray:
    from scipy import ndimage

    return ndimage.gaussian_filter(gray, DOT)


def _is_noisy(gray: np.ndarray, background: float) -> bool:
    """A drawn background is one level; paper under a camera has grain and shade."""
    near = np.abs(gray - background) <= FLAT
    return bool(near.any()) and float(gray[near].std()) > 1.5


def _drawn(gray: np.ndarray, note: str) -> Ink | None:
    """As on the canvas, but the ground is the median of all: there may be a frame."""
    if float(np.ptp(gray)) < FAINTEST:
        return None
    found = drawn_ink(gray, float(np.median(gray)))
    mask = found.ink >= INK_LEVEL
    sorted_out = sort_out(mask, strength=found.ink)
    if not sorted_out.writing.any():
        return None if set(sorted_out.left_out) <= {EDGE, FRAME, LINES} else found
    return _without_the_rest(found.ink, mask, sorted_out, found.sentence, note)


def _on_paper(gray: np.ndarray, note: str) -> Ink | None:
    """The strongest ink in which there is something like a digit; None if none has."""
    from scipy import ndimage

    paper = even(gray)
    faintest = max(FAINTEST_ON_PAPER, GRAINS * paper.grain)
    left = paper.contrast.copy()
    while (level := float(left.max())) >= faintest:
        mask = left >= INK_LEVEL * level
        sorted_out = sort_out(mask, paper.outside, paper.contrast)
        if sorted_out.writing.any():
            place = _around(sorted_out.writing)
            ink = np.zeros(mask.shape, np.float32)
            ink[place] = _each_by_its_own(
                paper.contrast[place], sorted_out.writing[place]
            )
            sentence = PAPER[paper.is_dark]
            return _without_the_rest(ink, mask, sorted_out, sentence, note, paper)
        left[ndimage.maximum_filter(mask, 5)] = 0
    return None


PAPER = {
    False: "What is darker than the paper around it counts as ink.",
    True: "What is brighter than the ground around it counts as ink.",
}


def _around(writing: np.ndarray) -> tuple[slice, slice]:
    """The rows and columns of writing and its edges: no other pixel is ink."""
    rows, columns = np.flatnonzero(writing.any(1)), np.flatnonzero(writing.any(0))
    margin = FRINGE + 1
    return tuple(
        slice(max(0, int(each[0]) - margin), int(each[-1]) + margin + 1)
        for each in (rows, columns)
    )


def _each_by_its_own(contrast: np.ndarray, writing: np.ndarray) -> np.ndarray:
    """`contrast` as a fraction of the ink's in the nearest piece of writing."""
    from scipy import ndimage

    labels, count = ndimage.label(writing, np.ones((3, 3)))
    levels = np.ones(count + 1, np.float32)
    for number, place in enumerate(ndimage.find_objects(labels), start=1):
        # Three of four pixels are weaker: those at the stroke's edges, mostly.
        levels[number] = np.percentile(contrast[place][labels[place] == number], 75)
    if count == 1:
        return np.clip(contrast / levels[1], 0, 1)
    nearest = ndimage.distance_transform_edt(
        ~writing, return_distances=False, return_indices=True
    )
    return np.clip(contrast / levels[labels[tuple(nearest)]], 0, 1)


def _without_the_rest(
    ink: np.ndarray,
    mask: np.ndarray,
    sorted_out: Sorted,
    sentence: str,
    note: str,
    paper: Paper | None = None,
) -> Ink:
    from scipy import ndimage

    place = _around(sorted_out.writing)
    writing = sorted_out.writing[place]
    rest = ndimage.maximum_filter(mask[place] & ~writing, 3) & ~writing
    near = ndimage.maximum_filter(writing, 2 * FRINGE + 1)
    only = np.zeros(mask.shape, np.float32)
    only[place] = np.where(rest | ~near, 0, ink[place])

    def before() -> tuple[Step, ...]:
        steps = []
        if paper is not None:
            told = "The light of the paper is measured all over, and divided by."
            steps.append(Step("Paper evened", told, _shown(paper.evened)))
        if note:
            steps.append(Step("A color", note, _shown(ink)))
        for reason, where in sorted_out.left_out.items():
            picture = np.where(mask[..., None], np.float32(1), np.float32(0))
            picture = np.where(where[..., None], np.float32(LEFT_OUT) / 255, picture)
            steps.append(Step(reason, REASONS[reason], _shown(picture)))
        return tuple(steps)

    return Ink(
        only,
        sentence,
        is_doubtful=sorted_out.is_doubtful,
        before=before,
    )


def _shown(picture: np.ndarray) -> np.ndarray:
    image = Image.fromarray(np.round(picture * 255).astype(np.uint8))
    image.thumbnail((SHOWN_SIDE, SHOWN_SIDE), Image.Resampling.BOX)
    return np.asarray(image, np.float32) / 255
