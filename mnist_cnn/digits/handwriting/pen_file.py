"""A file of digits from a stranger: strokes, or images; read within limits.

Three kinds are known, told apart by how they begin and not by their names:

- a JSON list of ``{"label": 0-9, "writer": 1, "strokes": [[[x, y], …], …]}``, y upward,
  ``writer`` may be missing; plain or packed with gzip;
- UNIPEN text as UCI's ``pendigits-orig.tra`` (Guyon et al. 1994); plain, or packed with
  gzip or compress;
- an ``.npz`` with ``x`` (N, 28, 28), ``y`` (N,) and, if known, ``writers`` (N,).
"""

from __future__ import annotations

import io
import re
import zlib
from dataclasses import dataclass
from typing import Annotated

import msgspec
import numpy as np
from msgspec import Meta, Struct

from mnist_cnn.digits import CLASSES, SIDE
from mnist_cnn.digits.dataset import DataError
from mnist_cnn.digits.handwriting.canvas import Strokes
from mnist_cnn.locale.message import MessageError
from mnist_cnn.storage import unix_compress
from mnist_cnn.storage.untrusted_zip import check_directory

MAX_FILE_BYTES = 50_000_000
MAX_UNPACKED_BYTES = 100_000_000
MAX_DIGITS = 60_000  # images
MAX_DRAWINGS = 20_000  # drawing and preparing each takes 4 ms
MAX_POINTS = 2_000  # of one digit; people need some 50
MAX_ALL_POINTS = 2_000_000  # with the strokes; each takes 100 bytes until it is drawn
MAX_LINE = 1_000  # bytes of a line of UNIPEN that are looked at
MAX_UNIT = 1e6
PIECE = 1_000  # images

_Coordinate = Annotated[float, Meta(ge=-MAX_UNIT, le=MAX_UNIT)]
_Point = tuple[_Coordinate, _Coordinate]


class FileError(MessageError):
    """What is wrong with a file, in a sentence that does not name it."""


class PenDigit(Struct, frozen=True):
    """One digit of the JSON list."""

    label: Annotated[int, Meta(ge=0, le=9)]
    strokes: list[list[_Point]]
    writer: Annotated[int, Meta(ge=0, le=2**31)] | None = None


@dataclass(frozen=True)
class DigitFile:
    """What a file holds.

    Attributes:
        labels: uint8 (N,).
        writers: int64 (N,); None if one of them is not known.
        strokes: of each digit; empty if the file has images.
        images: uint8 (N, 28, 28); empty if it has strokes.
    """

    labels: np.ndarray
    writers: np.ndarray | None
    strokes: list[Strokes]
    images: np.ndarray


def parse(content: bytes, name: str) -> DigitFile:
    """The digits in a file's content.

    Args:
        content: of the whole file.
        name: of the file, for the sentences.

    Raises:
        DataError: a sentence that says what is wrong with it.
    """
    try:
        return _parse(content)
    except MemoryError as error:
        raise DataError(
            "The file {name} unfolds to more than fits.", name=name
        ) from error
    except MessageError as error:
        raise DataError(
            "The file {name} cannot be taken. {reason}", name=name, reason=error
        ) from error
    except Exception as error:  # zipfile, zlib, numpy and tokenize raise their own
        raise DataError(
            "The file {name} is damaged ({reason}).", name=name, reason=error
        ) from error


def _parse(content: bytes) -> DigitFile:
    if len(content) > MAX_FILE_BYTES:
        raise FileError(
            "It has {count:,} bytes, and at most {limit:,} are taken.",
            count=len(content),
            limit=MAX_FILE_BYTES,
        )
    if content.startswith(b"PK"):
        return _images(content)
    if content.startswith(b"\x1f\x8b"):
        content = _gunzip(content)
    elif content.startswith(unix_compress.MAGIC):
        content = unix_compress.unpack(content, MAX_UNPACKED_BYTES)
    text = content.lstrip()
    if text.startswith(b"."):
        return _drawings(_unipen(text))
    if text.startswith(b"["):
        return _drawings(_json(text))
    raise FileError(
        "It is neither a JSON list of pen digits, nor UNIPEN text, nor an .npz with "
        "x and y."
    )


def _gunzip(content: bytes) -> bytes:
    unpacking = zlib.decompressobj(wbits=31)
    unpacked = unpacking.decompress(content, MAX_UNPACKED_BYTES)
    if unpacking.unconsumed_tail:
        raise FileError(
            "It unfolds to more than {limit:,} bytes.", limit=MAX_UNPACKED_BYTES
        )
    if not unpacking.eof:
        raise FileError("It is cut off.")
    return unpacked


def _json(text: bytes) -> list[PenDigit]:
    digits, points = text.count(b"{"), text.count(b"[")
    try:
        if digits > MAX_DRAWINGS or points > MAX_ALL_POINTS:
            # Before its lists are made, which need many times the memory of the text.
            msgspec.json.decode(text, type=msgspec.Raw)
            _check_digits(digits)
            _check_points(points)
        return msgspec.json.decode(text, type=list[PenDigit])
    except RecursionError as error:
        raise FileError("Its lists are nested too deep.") from error
    except msgspec.ValidationError as error:
        raise _wrong_value(str(error)) from error
    except msgspec.DecodeError as error:
        if re.search(rb"[\[,:]\s*-?(NaN|Infinity)\s*[\],}]", text):
            raise FileError("Some of its points are no numbers (NaN).") from error
        raise FileError("It is no JSON ({reason}).", reason=error) from error


def _wrong_value(said: str) -> FileError:
    """Of what msgspec has said of the list."""
    reason, _, path = said.partition(" - at ")
    found = re.match(r"`\$\[(\d+)\](?:\.(\w+))?", path)
    if not found:
        return FileError(
            "It is no list of {fields} ({reason}).",
            fields='{"label", "writer", "strokes"}',
            reason=reason,
        )
    number = int(found[1]) + 1
    if not found[2]:
        return FileError(
            "Digit {number:,} is not right ({reason}).", number=number, reason=reason
        )
    return FileError(
        "Digit {number:,} has a wrong {field} ({reason}).",
        number=number,
        field=found[2].rstrip("s"),
        reason=reason,
    )


def _unipen(text: bytes) -> list[PenDigit]:
    digits: list[PenDigit] = []
    strokes: list[list[tuple[float, float]]] = []
    is_down = False
    _check_points(max(text.count(end) for end in (b"\n", b"\r")))
    for found in re.finditer(rb"[^\r\n]+", text):
        line = found[0][:MAX_LINE].decode("latin-1")
        command, *words = line.split() or [""]
        if command == ".SEGMENT" and words[:1] == ["DIGIT"]:
            label, strokes = words[-1].strip('"'), []
            if label not in map(str, range(CLASSES)):
                raise FileError(
                    "It has a digit with the label {label!r}.", label=label[:20]
                )
            digits.append(PenDigit(int(label), strokes))
            _check_digits(len(digits))
        elif command == ".COMMENT" and digits and not strokes and len(words) == 3:
            if all(word.isdecimal() and len(word) < 9 for word in words):
                digits[-1] = msgspec.structs.replace(digits[-1], writer=int(words[1]))
        elif command == ".PEN_DOWN":
            strokes.append([])
            is_down = True
        elif command.startswith("."):
            is_down = False
        elif command and is_down:
            strokes[-1].append(_point([command, *words]))
    return digits


def _point(words: list[str]) -> tuple[float, float]:
    try:
        return msgspec.convert(words[:2], _Point, strict=False)
    except msgspec.ValidationError as error:
        line = " ".join(words)[:40]
        raise FileError(
            "It has a point that is no x and y: {line!r}.", line=line
        ) from error


def _check_digits(count: int) -> None:
    if count > MAX_DRAWINGS:
        raise FileError(
            "It has more digits than are drawn: at most {limit:,}.", limit=MAX_DRAWINGS
        )


def _check_points(count: int) -> None:
    if count > MAX_ALL_POINTS:
        raise FileError(
            "Its digits have more points than are drawn: at most {limit:,} in all.",
            limit=MAX_ALL_POINTS,
        )


def _drawings(digits: list[PenDigit]) -> DigitFile:
    if not digits:
        raise FileError("It has no digits.")
    for number, digit in enumerate(digits, 1):
        points = sum(map(len, digit.strokes))
        if points == 0:
            raise FileError("Digit {number:,} has no strokes.", number=number)
        if points > MAX_POINTS:
            raise FileError(
                "Digit {number:,} has {points:,} points, and at most {limit:,} are "
                "drawn.",
                number=number,
                points=points,
                limit=MAX_POINTS,
            )
    writers = [digit.writer for digit in digits]
    return DigitFile(
        np.array([digit.label for digit in digits], np.uint8),
        None if None in writers else np.array(writers, np.int64),
        [[np.array(each, float) for each in x.strokes if each] for x in digits],
        np.zeros((0, SIDE, SIDE), np.uint8),
    )


def _images(content: bytes) -> DigitFile:
    check_directory(io.BytesIO(content), 100)
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        if sum(x.file_size for x in stored.zip.infolist()) > MAX_UNPACKED_BYTES * 2:
            raise FileError("It unfolds to more than fits.")
        if not {"x", "y"} <= set(stored.files):
            raise FileError("It is an archive without x and y.")
        x, y = np.asarray(stored["x"]), np.asarray(stored["y"])
        writers = np.asarray(stored["writers"]) if "writers" in stored.files else None
    images = _gray(x)
    count = len(images)
    return DigitFile(_labels(y, count), _writers(writers, count), [], images)


def _gray(x: np.ndarray) -> np.ndarray:
    x = x[..., 0] if x.ndim == 4 and x.shape[-1] == 1 else x
    if x.ndim != 3 or x.shape[1:] != (SIDE, SIDE) or x.dtype.kind not in "uif":
        raise FileError(
            "Its x is {type} of shape {shape}, not (N, 28, 28).",
            type=x.dtype,
            shape=x.shape,
        )
    if not 0 < len(x) <= MAX_DIGITS:
        raise FileError(
            "It has {count:,} digits, and 1 to {limit:,} are taken.",
            count=len(x),
            limit=MAX_DIGITS,
        )
    if x.dtype == np.uint8:
        return x
    if not np.isfinite(x).all() or x.min() < 0 or x.max() > 255:
        raise FileError("Its x has values outside 0 to 255.")
    # Numbers with a point are mostly from 0 to 1.
    scale = 255 if x.dtype.kind == "f" and x.max() <= 1 else 1
    images = np.empty(x.shape, np.uint8)
    for part in range(0, len(x), PIECE):  # each step's copy is small so
        images[part : part + PIECE] = np.round(x[part : part + PIECE] * scale)
    return images


def _labels(y: np.ndarray, count: int) -> np.ndarray:
    if y.dtype.kind not in "ui" or y.shape != (count,):
        raise FileError(
            "Its y is {type} of shape {shape}, not integers ({count},).",
            type=y.dtype,
            shape=y.shape,
            count=count,
        )
    if count and not 0 <= y.min() <= y.max() < CLASSES:
        raise FileError("Its y has labels outside 0 to 9.")
    return y.astype(np.uint8)


def _writers(writers: np.ndarray | None, count: int) -> np.ndarray | None:
    if writers is None:
        return None
    if writers.dtype.kind not in "ui" or writers.shape != (count,):
        raise FileError("Its writers are no integers, one for each digit.")
    return writers.astype(np.int64)
