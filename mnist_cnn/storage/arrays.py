"""Arrays in an ``.npz`` from anywhere, read within limits and without pickles."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

# The largest network that can be built has some 100 million numbers.
MAX_ARRAY_BYTES = 1_000_000_000


@contextmanager
def arrays(path: Path, max_bytes: int = MAX_ARRAY_BYTES) -> Iterator[Any]:
    """An open ``.npz`` that cannot unfold to more than so many bytes, without pickles.

    Raises:
        ValueError, OSError, zipfile.BadZipFile: if it is no such file.
    """
    with path.open("rb") as file:
        with zipfile.ZipFile(file) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > max_bytes:
                raise ValueError("the arrays are too large")
        file.seek(0)
        with np.load(file, allow_pickle=False) as opened:
            yield opened
