"""Download a data set to where Keras keeps them: checked, or nothing at all.

MNIST is the very file of Keras, so that Keras and the lab share one.
"""

from __future__ import annotations

import hashlib
import http.client
import io
import logging
import time
import urllib.request
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from mnist_cnn.locale.message import MessageError
from mnist_cnn.storage.files import replacing

URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
MAX_BYTES = 12_000_000  # of MNIST 11.5 million, of others fewer

# A school's network may swallow packets instead of refusing them.
SILENCE_SECONDS = 5.0
# However long it takes in all, this much has to come in each interval.
INTERVAL_SECONDS = 15.0
INTERVAL_BYTES = 50_000

_log = logging.getLogger(__name__)


class DownloadError(MessageError):
    """The digits could not be downloaded; nothing was written."""


def download(
    path: Path, url: str = URL, sha256: str = SHA256, member: str = ""
) -> None:
    """Download a file into ``path``, replacing what is there once all is checked.

    A slow line is waited for as long as it makes progress.

    Args:
        path: where the file will be.
        url: where it is, or a zip with it.
        sha256: of the file.
        member: its name in the zip; empty if it comes as it is.

    Raises:
        DownloadError: without a network, if the line falls silent or nearly so, or if
            what came is something else.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with urllib.request.urlopen(url, timeout=SILENCE_SECONDS) as response:
            content = b"".join(_chunks(response))
        if member:
            content = _member(content, member)
        if hashlib.sha256(content).hexdigest() != sha256:
            raise DownloadError("What came is something else.")
        with replacing(path) as file:
            file.write(content)
    except (OSError, http.client.HTTPException) as error:
        raise DownloadError(_reason(error)) from error


def _reason(error: Exception) -> str:
    """In words, of what urllib may have wrapped."""
    within = getattr(error, "reason", None)
    error = within if isinstance(within, Exception) else error
    return str(getattr(error, "strerror", None) or error)


def _member(content: bytes, name: str) -> bytes:
    try:
        with (
            zipfile.ZipFile(io.BytesIO(content)) as archive,
            archive.open(name) as file,
        ):
            return file.read(MAX_BYTES)
    # Encrypted or packed in an unknown way is a RuntimeError, cut short an EOFError.
    except (zipfile.BadZipFile, KeyError, zlib.error, RuntimeError, EOFError) as error:
        raise DownloadError("What came is something else.") from error


def _chunks(response: http.client.HTTPResponse) -> Iterator[bytes]:
    received = received_before = 0
    began = time.monotonic()
    while chunk := response.read1(65_536):
        yield chunk
        received += len(chunk)
        if received > MAX_BYTES:
            raise DownloadError("What comes is longer than it should be.")
        if time.monotonic() - began >= INTERVAL_SECONDS:
            if received - received_before < INTERVAL_BYTES:
                raise DownloadError("The line is too slow.")
            _log.info("%d bytes have come.", received)
            began, received_before = time.monotonic(), received
