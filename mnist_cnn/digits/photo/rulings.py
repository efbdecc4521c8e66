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
    found = np.zeros(mask.shape, bool)
    y, x, runs = _runs(mask)
    thin = runs <= 2 * max(2, round(min(mask.shape) * LINE))
    y, x, runs = y[thin], x[thin], runs[thin]
    reach = max(1, round(0.004 * width))  # a page is not quite flat
    near = max(2, round(0.03 * width))
    slopes = SLOPES
    while len(x) >= ALONG * width:
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
            break
        slope, start = where
        on = np.abs(y - slope * x - start) <= reach + 0.5
        thickness = np.median(runs[on])
        ends = np.flatnonzero(on)[[x[on].argmin(), x[on].argmax()]]
        slopes = slopes[np.abs(slopes - slope) < 0.03]  # lines of one page are parallel
        if len(np.unique(x[on])) >= ALONG * width and all(
            rim[_around(y[end], near), _around(x[end], near)].any() for end in ends
        ):
            for run in np.flatnonzero(on & (runs <= 2 * thickness + 1)):
                found[y[run] : y[run] + runs[run], x[run]] = True
        y, x, runs = y[~on], x[~on], runs[~on]
    return found


def _around(place: int, reach: int) -> slice:
    return slice(max(0, place - reach), place + reach + 1)


def _runs(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each vertical run of ink: its uppermost row, its column, and its length."""
    steps = np.diff(np.pad(mask.T, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    x, y = np.nonzero(steps > 0)
    return y, x, np.nonzero(steps < 0)[1] - y
