"""Why a training run failed, in words."""

from __future__ import annotations

import errno

import tensorflow as tf

from mnist_cnn.locale.message import Message, MessageError
from mnist_cnn.training.callbacks.divergence import DivergedError


def explain_failure(error: Exception) -> tuple[str, bool]:
    """Why a run failed, for the person who started it; and whether that is known.

    What is not known goes into the worker's log with its traceback as well.
    """
    if isinstance(error, MessageError):
        return error.message, True
    if isinstance(error, DivergedError):
        return (
            "The loss is no longer a number: the learning rate is too high, so that "
            "each step overshoots and the weights grow without end. Try a tenth of it.",
            True,
        )
    if isinstance(error, MemoryError | tf.errors.ResourceExhaustedError):
        return (
            "The machine ran out of memory. Take a smaller batch size or a smaller "
            "network.",
            True,
        )
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return (
            "The disk is full. Delete runs that nobody needs, then start again.",
            True,
        )
    return (
        Message(
            "Something went wrong that should not ({kind}: {reason}).",
            kind=type(error).__name__,
            reason=error,
        ),
        False,
    )
