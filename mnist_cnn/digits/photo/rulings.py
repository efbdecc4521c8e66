"""Straight lines across a page: found, and taken away from under the writing.

Lines are found by a Hough transform of thin vertical runs of ink (Duda and Hart 1972)
and taken away as staff lines are from music: only where a run is not much longer than
the line is thick, since more is a stroke that crosses it (Dalitz et al. 2008, "A
comparative study of staff removal algorithms").
"""

from __future__ import annotations

import numpy as np

# Of the picture's shorter side: a ruling is thinner; a cell's line is 1 of 28 pixels.
LINE = 1 / 40
ALONG = 0.6  # of the picture's width that a line covers; strokes of digits cover less
SLOPES = np.tan(np.radians(np.arange(-10, 10.01, 0.25)))  # a page held by hand


def rulings(mask: np.ndarray, rim: np.ndarray) -> np.ndarray:
    """The pixels of near-horizontal lines from edge to edge, without what crosses them.

    Both arrays are bool (height, width); `rim` is where the paper ends.
    """
    from scipy import ndimage

    width = mask.shape[1]
    thickest = max(2, round(min(mask.shape) * LINE))
    thin = mask & ~_opened(mask, 2 * thickest + 1)
    top = thin.copy()
    top[1:] &= ~thin[:-1]
    y, x = np.nonzero(top)
    found = np.zeros(mask.shape, bool)
    if len(x) < ALONG * width:
        return found
    reach = max(1, round(0.004 * width))  # a page is not quite flat
    near_rim = ndimage.maximum_filter(rim, 2 * max(2, round(0.03 * width)) + 1)
    runs, slopes = _run_lengths(thin), SLOPES
    while True:
        best, where = 0, None
        for slope in slopes:
            offset = np.round(y - slope * x).astype(int) + width
            counts = ndimage.uniform_filter1d(
                np.bincount(offset, minlength=1).astype(float),
                2 * reach + 1,
                mode="constant",
            ) * (2 * reach + 1)
            if counts.max(initial=0) > best:
                best, where = counts.max(), (slope, int(counts.argmax()) - width)
        if where is None or best < ALONG * width:
            return found
        slope, start = where
        on = np.abs(y - slope * x - start) <= reach + 0.5
        ys, xs = y[on], x[on]
        thickness = np.median(runs[ys, xs])
        ends = [int(xs.argmin()), int(xs.argmax())]
        slopes = slopes[np.abs(slopes - slope) < 0.03]  # lines of one page are parallel
        if len(np.unique(xs)) >= ALONG * width and all(
            near_rim[ys[e], xs[e]] for e in ends
        ):
            for row, column in zip(ys, xs, strict=True):
                run = runs[row, column]
                if run <= 2 * thickness + 1:
                    found[row : row + run, column] = True
        y, x = y[~on], x[~on]
        if len(x) < ALONG * width:
            return found


def _opened(mask: np.ndarray, length: int) -> np.ndarray:
    """What lies in vertical runs of at least `length` (odd) pixels."""
    from scipy import ndimage

    kept = ndimage.minimum_filter1d(mask, length, axis=0, mode="constant")
    return ndimage.maximum_filter1d(kept, length, axis=0, mode="constant")


def _run_lengths(mask: np.ndarray) -> np.ndarray:
    """For the uppermost pixel of each vertical run, how many pixels it has."""
    lengths = np.zeros(mask.shape, int)
    below = np.zeros(mask.shape[1], int)
    for row in range(mask.shape[0] - 1, -1, -1):
        below = np.where(mask[row], below + 1, 0)
        lengths[row] = below
    return lengths
