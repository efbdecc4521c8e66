"""Keras' download of MNIST, given up in time where there is no network."""

from __future__ import annotations

import contextlib
import io
import os
import socket
import threading

from mnist_cnn.digits import mnist as data

# A school's network may swallow packets instead of refusing them.
SILENCE_SECONDS = 5.0
WHOLE_SECONDS = 90.0


def load() -> data.Dataset:
    """The digits to train on; downloads MNIST first if this machine has none.

    ``MNIST_CNN_OFFLINE=1`` does not even try.

    Raises:
        DataError: as ``data.load`` does.
    """
    if data.find() is None and os.environ.get("MNIST_CNN_OFFLINE") != "1":
        _download()
    return data.load()


def _download() -> None:
    # A thread, since a server that sends a byte now and then never times out.
    attempt = threading.Thread(target=_attempt, daemon=True)
    attempt.start()
    attempt.join(WHOLE_SECONDS)


def _attempt() -> None:
    from keras.datasets import mnist

    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(SILENCE_SECONDS)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception):
            mnist.load_data()
    finally:
        socket.setdefaulttimeout(before)
