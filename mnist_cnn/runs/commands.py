"""What pages ask of a training: one JSON object a line, obeyed once each, in order."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

COMMANDS = ("pause", "resume", "one_batch", "one_epoch", "stop", "learning_rate")
# In bytes; what a page writes has less than 100.
LONGEST_LINE = 10_000


@dataclass(frozen=True)
class Command:
    """Something a page asks of a training.

    Attributes:
        what: one of ``COMMANDS``.
        value: the new rate, for "learning_rate".
    """

    what: str
    value: float | None = None


def append(path: Path, what: str, value: float | None = None) -> None:
    """Adds a command; a line this short is written whole or not at all.

    Raises:
        OSError: if it cannot be written.
    """
    line = json.dumps({"what": what, "value": value, "time": time.time()}) + "\n"
    with path.open("ab") as file:
        file.write(line.encode())


class CommandReader:
    """Reads each complete line of a ``control.jsonl`` once; skips unreadable ones.

    Args:
        path: of the file, which may be missing.
        read: bytes that were read before, by a training that has ended.

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
            if not is_whole:
                continue
            try:
                values = json.loads(line)
                command = Command(values["what"], values.get("value"))
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
                continue
            number = type(command.value) in (int, float)  # True is an int too
            if command.what in COMMANDS and (number or command.what != "learning_rate"):
                yield command
