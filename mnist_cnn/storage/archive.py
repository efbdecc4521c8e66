"""A zip file from a stranger: its entries and arrays within limits, or a sentence.

Nothing is unpacked to disk, and nothing is read that has not been checked: neither the
zip's list of entries (a small file can list millions), nor an entry's size, nor the
shape that an array claims.
"""

from __future__ import annotations

import io
import math
import stat
import zipfile
from collections.abc import Mapping
from typing import BinaryIO

import numpy as np

COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# The end record of a zip without a comment, and the mark of the 64-bit one before it.
_END_BYTES = 22
_END = b"PK\x05\x06"
_END_64_BYTES = 20
_END_64 = b"PK\x06\x07"
_DIRECTORY_BYTES_AN_ENTRY = 1000
# A .npy file begins with a header of 64 to some hundred bytes.
_NPY_HEADER = 1000


class ZipError(ValueError):
    """A zip that is not taken; says why in a sentence."""


class StrangeZip:
    """A zip whose entries are all known by name and within their sizes.

    Args:
        file: seekable.
        sizes: bytes that an entry of that name may have, uncompressed. Others are
            refused.

    Raises:
        ZipError: for anything but such a zip.
    """

    def __init__(self, file: BinaryIO, sizes: Mapping[str, int]) -> None:
        _check_directory(file, len(sizes))
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise ZipError("This zip is damaged or incomplete.") from error
        self.names: set[str] = set()
        for entry in self._zip.infolist():
            self._check(entry, sizes)
            self.names.add(entry.filename)

    def _check(self, entry: zipfile.ZipInfo, sizes: Mapping[str, int]) -> None:
        name = entry.filename
        shown = repr(entry.orig_filename[:60])
        if name not in sizes or entry.orig_filename != name:
            raise ZipError(f"The zip holds {shown}, which does not belong in there.")
        if name in self.names:
            raise ZipError(f"The zip holds {shown} twice.")
        if entry.flag_bits & 1:
            raise ZipError("The zip is encrypted.")
        if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
            raise ZipError(f"In the zip {shown} is a link or no plain file.")
        if entry.compress_type not in COMPRESSIONS:
            raise ZipError(f"In the zip {shown} is compressed in an unusual way.")
        if entry.file_size > sizes[name]:
            raise ZipError(
                f"In the zip {shown} has {entry.file_size:,} bytes; at most "
                f"{sizes[name]:,} are taken."
            )

    def read(self, name: str) -> bytes:
        """An entry's content, of the size that was checked.

        Raises:
            ZipError: if it is missing or damaged.
        """
        if name not in self.names:
            raise ZipError(f"The zip has no {name!r}.")
        size = self._zip.getinfo(name).file_size
        try:
            with self._zip.open(name) as file:
                content = file.read(size + 1)
        except Exception as error:  # zipfile and zlib raise their own
            raise ZipError(f"In the zip {name!r} is damaged.") from error
        if len(content) != size:
            raise ZipError(f"In the zip {name!r} is not as long as it says.")
        return content

    def array(
        self, name: str, shape: tuple[int | None, ...], dtype: np.dtype
    ) -> np.ndarray:
        """The array in a .npy entry; never one of Python objects.

        Args:
            name: of the entry, with its .npy.
            shape: that it must have; None for a length that may be any.
            dtype: that it must have.

        Raises:
            ZipError: if it is missing or damaged, or has another shape or type.
        """
        content = self.read(name)
        file = io.BytesIO(content)
        try:
            if np.lib.format.read_magic(file) != (1, 0):
                raise ValueError("another version")
            found, _fortran, kind = np.lib.format.read_array_header_1_0(file)
        except Exception as error:  # numpy raises whatever a header makes it raise
            raise ZipError(f"{name!r} is no array.") from error
        fits = len(found) == len(shape) and all(
            want in (None, have) for want, have in zip(shape, found, strict=True)
        )
        if kind != dtype or not fits:
            raise ZipError(
                f"The array {name!r} is {kind} of shape {found}; it has to be {dtype} "
                f"of shape {shape}."
            )
        if len(content) - file.tell() != math.prod(found) * kind.itemsize:
            raise ZipError(f"The array {name!r} is not as long as it says.")
        file.seek(0)
        return np.lib.format.read_array(file, allow_pickle=False)


def npy_bytes(shape: tuple[int, ...], dtype: np.dtype) -> int:
    """The most bytes that a .npy file of such an array has."""
    return math.prod(shape) * np.dtype(dtype).itemsize + _NPY_HEADER


def _check_directory(file: BinaryIO, most_entries: int) -> None:
    """Reads the record at a zip's end before anything believes it.

    Raises:
        ZipError: if there is none, or it lists more than so many entries.
    """
    size = file.seek(0, 2)
    if size < _END_BYTES:
        raise ZipError("This is not a zip file.")
    start = max(0, size - _END_BYTES - _END_64_BYTES)
    file.seek(start)
    tail = file.read()
    before, end = tail[:-_END_BYTES], tail[-_END_BYTES:]
    file.seek(0)
    if not end.startswith(_END):
        raise ZipError("This is not a zip file, or it is incomplete.")
    directory = int.from_bytes(end[12:16], "little")
    entries = int.from_bytes(end[10:12], "little")
    if before.startswith(_END_64) or entries > most_entries:
        raise ZipError(f"The zip holds more than the {most_entries} files of a run.")
    if directory > most_entries * _DIRECTORY_BYTES_AN_ENTRY:
        raise ZipError("The zip's list of files is too long.")
