"""What pages ask of a run: one JSON object a line, executed once each, in order."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal

import msgspec

from mnist_cnn.storage.files import append_line

COMMANDS = ("pause", "resume", "one_batch", "one_epoch", "stop", "learning_rate")
# In bytes; what a page writes has less than 100.
LONGEST_LINE = 10_000


class Command(msgspec.Struct, frozen=True):
    """Something a page asks of a training run.

    Attributes:
        what: one of ``COMMANDS``.
        value: the new rate, for "learning_rate".
    """

    what: Literal[COMMANDS]
    value: float | None = None

    def __post_init__(self) -> None:
        if self.what == "learning_rate" and self.value is None:
            raise ValueError("no rate")


_decoder = msgspec.json.Decoder(Command)


def append(path: Path, what: str, value: float | None = None) -> None:
    """Adds a command, on a line of its own.

    Raises:
        OSError: if it cannot be written.
    """
    line = {"what": what, "value": value, "time": time.time()}
    append_line(path, msgspec.json.encode(line))


class CommandReader:
    """Reads each complete line of a ``control.jsonl`` once; skips unreadable ones.

    Args:
        path: of the file, which may be missing.
        read: bytes that were read before, by a training run that has ended.

    Attributes:
        read: bytes read so far.
    """

    def __init__(self, path: Path, read: int = 0) -> None:
        self.read = read
        self._path = path
        self._is_in_long_line = False

    def new(self) -> list[Command]:
        """The commands appended since the last call."""
        try:
            if self._path.stat().st_size <= self.read:
                return []
            with self._path.open("rb") as file:
                file.seek(self.read)
                return list(self._parse(file))
        except OSError:
            return []

    def _parse(self, file: BinaryIO) -> Iterator[Command]:
        while line := file.readline(LONGEST_LINE):
            is_end = line.endswith(b"\n")
            if not is_end and len(line) < LONGEST_LINE:
                return
            self.read += len(line)
            is_whole = is_end and not self._is_in_long_line
            self._is_in_long_line = not is_end
            if is_whole:
                try:
                    yield _decoder.decode(line)
                except (ValueError, RecursionError):
                    continue
