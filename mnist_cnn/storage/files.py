"""Files that several processes share: replaced in one step, read within limits."""

from __future__ import annotations

import errno
import json
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import filelock

# Settings and status are a few hundred bytes; nothing larger is read into memory.
MAX_JSON_BYTES = 200_000

# Whoever looks holds the lock for a moment: two at once would see each other.
_looking = threading.Lock()


def runs_folder() -> Path:
    """Where runs are kept: ``MNIST_CNN_RUNS``, or ``runs`` beside app.py."""
    chosen = os.environ.get("MNIST_CNN_RUNS")
    return Path(chosen) if chosen else Path(__file__).parents[2] / "runs"


def is_held(path: Path) -> bool:
    """Whether some process holds this lock file."""
    if not path.exists():
        return False
    probe = filelock.FileLock(path, timeout=0)
    try:
        with _looking, probe:
            return False
    except filelock.Timeout:
        return True
    except OSError:
        return False


def write_json(path: Path, values: dict[str, Any]) -> None:
    """Replaces a JSON file in one step."""
    with replacing(path) as file:
        file.write(json.dumps(values, indent=1).encode())


def overwrite_json(path: Path, values: dict[str, Any]) -> None:
    """Writes into the blocks that the file has already: for a disk that is full.

    Raises:
        OSError: if the file is missing, or what is to be written is longer than it.
    """
    content = json.dumps(values, separators=(",", ":")).encode()
    with path.open("r+b") as file:
        length = file.seek(0, os.SEEK_END)
        if len(content) > length:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        file.seek(0)
        file.write(content.ljust(length))


def append_line(path: Path, line: bytes) -> None:
    """Adds a line, on a line of its own: a full disk may have torn the one before.

    Raises:
        OSError: if it cannot be written.
    """
    with path.open("a+b") as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            if file.read() != b"\n":
                line = b"\n" + line
        file.write(line + b"\n")


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A new file that takes the place of ``path`` when the block ends without error."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file; of NaN and infinity, which JSON lacks, it makes null.

    Raises:
        OSError, ValueError, RecursionError: if it is missing, too large, or no object.
    """
    with path.open("rb") as file:
        content = file.read(MAX_JSON_BYTES + 1)
    if len(content) > MAX_JSON_BYTES:
        raise ValueError("too large")
    values = json.loads(content, parse_constant=lambda _name: None)
    if not isinstance(values, dict):
        raise ValueError("not an object")
    return values
