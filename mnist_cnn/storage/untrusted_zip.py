"""A zip file from a stranger: its entries within limits, or a sentence.

Nothing is read that has not been checked: neither the zip's list of entries (a small
file can list millions) nor an entry's size.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Mapping
from typing import BinaryIO

from mnist_cnn.locale.message import MessageError

COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# The end record of a zip without a comment, and the mark of the 64-bit one before it.
_END_BYTES = 22
_END = b"PK\x05\x06"
_END_64_BYTES = 20
_END_64 = b"PK\x06\x07"
_DIRECTORY_BYTES_AN_ENTRY = 1000


class ZipError(MessageError):
    """A zip that is not taken; says why in a sentence."""


class UntrustedZip:
    """A zip whose entries are all known by name and within their sizes.

    Args:
        file: seekable.
        sizes: bytes that an entry of that name may have, uncompressed. Others are
            refused.

    Attributes:
        names: of its entries.

    Raises:
        ZipError: for anything but such a zip.
    """

    def __init__(self, file: BinaryIO, sizes: Mapping[str, int]) -> None:
        check_directory(file, len(sizes))
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
            raise ZipError(
                "The zip holds {shown}, which does not belong in there.", shown=shown
            )
        if name in self.names:
            raise ZipError("The zip holds {shown} twice.", shown=shown)
        if entry.flag_bits & 1:
            raise ZipError("The zip is encrypted.")
        if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
            raise ZipError(
                "In the zip {shown} is a link or no plain file.", shown=shown
            )
        if entry.compress_type not in COMPRESSIONS:
            raise ZipError(
                "In the zip {shown} is compressed in an unusual way.", shown=shown
            )
        if entry.file_size > sizes[name]:
            raise ZipError(
                "In the zip {shown} has {bytes:,} bytes; at most {limit:,} are taken.",
                shown=shown,
                bytes=entry.file_size,
                limit=sizes[name],
            )

    def read(self, name: str) -> bytes:
        """An entry's content, of the size that was checked.

        Raises:
            ZipError: if it is missing or damaged.
        """
        if name not in self.names:
            raise ZipError("The zip has no {name!r}.", name=name)
        size = self._zip.getinfo(name).file_size
        try:
            with self._zip.open(name) as file:
                content = file.read(size + 1)
        except Exception as error:  # zipfile and zlib raise their own
            raise ZipError("In the zip {name!r} is damaged.", name=name) from error
        if len(content) != size:
            raise ZipError("In the zip {name!r} is not as long as it says.", name=name)
        return content


def check_directory(file: BinaryIO, max_entries: int) -> None:
    """Reads the record at a zip's end before anything believes it.

    Raises:
        ZipError: if there is none, or it lists more than so many entries.
    """
    size = file.seek(0, 2)
    if size < _END_BYTES:
        raise ZipError("This is not a zip file.")
    file.seek(max(0, size - _END_BYTES - _END_64_BYTES))
    tail = file.read()
    before, end = tail[:-_END_BYTES], tail[-_END_BYTES:]
    file.seek(0)
    if not end.startswith(_END):
        raise ZipError("This is not a zip file, or it is incomplete.")
    directory = int.from_bytes(end[12:16], "little")
    entries = int.from_bytes(end[10:12], "little")
    if before.startswith(_END_64) or entries > max_entries:
        raise ZipError("The zip holds more than {limit} files.", limit=max_entries)
    if directory > max_entries * _DIRECTORY_BYTES_AN_ENTRY:
        raise ZipError("The zip's list of files is too long.")
