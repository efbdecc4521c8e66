"""Download MNIST to where Keras keeps it, so that Keras and the lab share one file."""

from __future__ import annotations

import hashlib
import http.client
import logging
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from mnist_cnn.storage.files import replacing

URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
SIZE = 11_490_434  # bytes

# A school's network may swallow packets instead of refusing them.
SILENCE_SECONDS = 5.0
# However long it takes in all, this much has to come in each interval.
INTERVAL_SECONDS = 15.0
INTERVAL_BYTES = 50_000

_log = logging.getLogger(__name__)


class DownloadError(Exception):
    """MNIST could not be downloaded; nothing was written."""


def download(path: Path, url: str = URL, sha256: str = SHA256) -> None:
    """Download MNIST into ``path``, replacing what is there once all is checked.

    A slow line is waited for as long as it makes progress.

    Raises:
        DownloadError: without a network, if the line falls silent or nearly so, or if
            what came is not MNIST.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with (
            urllib.request.urlopen(url, timeout=SILENCE_SECONDS) as response,
            replacing(path) as file,
        ):
            digest = hashlib.sha256()
            for chunk in _chunks(response):
                digest.update(chunk)
                file.write(chunk)
            if digest.hexdigest() != sha256:
                raise DownloadError("What came is not MNIST.")
    except (OSError, http.client.HTTPException) as error:
        raise DownloadError(str(error)) from error


def _chunks(response: http.client.HTTPResponse) -> Iterator[bytes]:
    received = received_before = 0
    began = time.monotonic()
    while chunk := response.read1(65_536):
        yield chunk
        received += len(chunk)
        if received > SIZE:
            raise DownloadError("What comes is longer than MNIST.")
        if time.monotonic() - began >= INTERVAL_SECONDS:
            if received - received_before < INTERVAL_BYTES:
                raise DownloadError("The line is too slow.")
            _log.info("MNIST: %d of %d bytes have come.", received, SIZE)
            began, received_before = time.monotonic(), received
