"""Curves of any length, smoothed and thinned to what a screen can show."""

import numpy as np

SMOOTHING = 0.9
BLOCK = 128


def smooth(values: np.ndarray, weight: float = SMOOTHING) -> np.ndarray:
    """Exponential moving average of (N,) values, without the bias towards zero.

    s_t = w s_(t-1) + (1 - w) x_t, divided by the same average of ones, as in Adam
    (Kingma and Ba 2015, section 3). Values that are not finite are left out.
    """
    measured = np.isfinite(values)
    total = _moving_average(np.where(measured, values, 0.0), weight)
    if measured.all():
        share = 1 - weight ** np.arange(1, len(values) + 1)
    else:
        share = _moving_average(measured.astype(np.float64), weight)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(share > 0, total / share, np.nan)


def _moving_average(values: np.ndarray, weight: float) -> np.ndarray:
    count = len(values)
    blocks = -(-count // BLOCK)
    padded = np.zeros(blocks * BLOCK)
    padded[:count] = values
    lag = np.subtract.outer(np.arange(BLOCK), np.arange(BLOCK))
    kernel = np.where(lag >= 0, (1 - weight) * weight ** np.maximum(lag, 0), 0.0)
    inside = padded.reshape(blocks, BLOCK) @ kernel.T
    decay = weight ** np.arange(1, BLOCK + 1)
    before = 0.0
    for row in range(blocks):
        inside[row] += before * decay
        before = inside[row, -1]
    return inside.ravel()[:count]


def _bucket_size(count: int, buckets: int) -> int:
    """Batches in a bucket: a power of two, so that drawn buckets stay as they are."""
    size = 1
    while count > size * buckets:
        size *= 2
    return size


def thin(values: np.ndarray, buckets: int) -> np.ndarray:
    """Indices of the lowest and the highest value in each bucket, first and last."""
    count = len(values)
    size = _bucket_size(count, buckets)
    if size <= 2:
        return np.arange(count)
    whole = count // size
    finite = np.isfinite(values)
    low = np.where(finite, values, np.inf)
    high = np.where(finite, values, -np.inf)
    starts = np.arange(whole) * size
    kept = [
        [0, count - 1],
        starts + low[: whole * size].reshape(whole, size).argmin(axis=1),
        starts + high[: whole * size].reshape(whole, size).argmax(axis=1),
    ]
    if whole * size < count:
        rest = slice(whole * size, count)
        kept.append(whole * size + np.array([low[rest].argmin(), high[rest].argmax()]))
    return np.unique(np.concatenate(kept).astype(np.intp))


def every(count: int, buckets: int) -> np.ndarray:
    """The last index of each bucket, the first index and the last."""
    if not count:
        return np.arange(0)
    ends = np.arange(
        _bucket_size(count, buckets) - 1, count, _bucket_size(count, buckets)
    )
    return np.unique(np.concatenate([[0], ends, [count - 1]]).astype(np.intp))
