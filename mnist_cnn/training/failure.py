"""Why a training failed, in words."""

from __future__ import annotations

import errno

import tensorflow as tf

from mnist_cnn.digits.dataset import DataError
from mnist_cnn.nn.network import NetworkError
from mnist_cnn.runs import RunError
from mnist_cnn.training.callbacks.divergence import DivergedError
from mnist_cnn.training.callbacks.network_checkpoint import CheckpointError


def explain_failure(error: Exception) -> tuple[str, bool]:
    """Why a training failed, for the person who started it; and whether that is known.

    What is not known goes into the worker's log with its traceback as well.
    """
    if isinstance(error, DataError | CheckpointError | RunError | NetworkError):
        return str(error).rstrip("."), True
    if isinstance(error, DivergedError):
        return (
            "The loss is no longer a number: the learning rate is too high, so that "
            "each step overshoots and the weights grow without end. Try a tenth of it",
            True,
        )
    if isinstance(error, MemoryError | tf.errors.ResourceExhaustedError):
        return (
            "The machine ran out of memory. Take a smaller batch size or a smaller "
            "network",
            True,
        )
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "The disk is full. Delete runs that nobody needs, then start again", True
    return (
        f"Something went wrong that should not ({type(error).__name__}: {error})",
        False,
    )
