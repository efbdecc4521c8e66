"""Curves of any length, smoothed and thinned to what a screen can show."""

import numpy as np

SMOOTHING = 0.9
# What is further back weighs less than 1e-14 of the newest value.
REACH = 306


def smooth(values: np.ndarray, at: np.ndarray, weight: float = SMOOTHING) -> np.ndarray:
    """Exponential moving average of (N,) values at some indices, without the bias.

    s_t = w s_(t-1) + (1 - w) x_t, divided by the same average of ones, as in Adam
    (Kingma and Ba 2015, section 3): the sum of w^k x_(t-k) over that of w^k. Values
    that are not finite are left out; NaN where none is left.

    Args:
        values: float (N,).
        at: indices (M,) into it; only these are computed.
        weight: w, at most 0.9, so that ``REACH`` values are all that count.

    Returns:
        float64 (M,).
    """
    lag = np.arange(min(REACH, len(values)))
    indices = np.subtract.outer(at, lag)
    nearby = values[np.maximum(indices, 0)]
    measured = (indices >= 0) & np.isfinite(nearby)
    weights = weight**lag
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(measured, nearby, 0.0) @ weights / (measured @ weights)


def _bucket_size(count: int, buckets: int) -> int:
    """Batches in a bucket; grows by a fifth, so that drawn buckets stay for a while."""
    size = 1
    while count > size * buckets:
        size = -(-size * 6 // 5)
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
