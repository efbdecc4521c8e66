"""Arrays in an ``.npz`` from anywhere, read within limits and without pickles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from mnist_cnn.locale.message import MessageError
from mnist_cnn.storage.untrusted_zip import check_directory

# The largest network that can be built has some 100 million numbers.
MAX_ARRAY_BYTES = 1_000_000_000
MAX_ARRAYS = 1000

# A length of at least 1 that an array shares with the others of its file.
ROWS = "rows"
# By name: the kinds of dtype, such as "iu", and the shape; None for any length.
ArraySpec = Mapping[str, tuple[str, tuple[int | str | None, ...]]]


@contextmanager
def arrays(path: Path, max_bytes: int = MAX_ARRAY_BYTES) -> Iterator[Any]:
    """An open ``.npz`` that cannot unfold to more than so many bytes, without pickles.

    Raises:
        ValueError, OSError, zipfile.BadZipFile: if it is no such file.
    """
    with path.open("rb") as file:
        check_directory(file, MAX_ARRAYS)
        with np.load(file, allow_pickle=False) as opened:
            if sum(entry.file_size for entry in opened.zip.infolist()) > max_bytes:
                raise ValueError("the arrays are too large")
            yield opened


def read_arrays(
    path: Path, spec: ArraySpec, max_bytes: int = 50_000_000
) -> dict[str, np.ndarray]:
    """The arrays that a spec names, of its kinds and shapes; they have a row at least.

    Raises:
        OSError: if it cannot be opened.
        ValueError: if it holds anything else.
    """
    try:
        with arrays(path, max_bytes) as stored:
            found = {name: stored[name] for name in spec}
    except OSError:
        raise
    except Exception as error:  # zipfile, zlib and numpy each raise their own
        raise MessageError(
            "{file} cannot be read ({reason}).", file=path.name, reason=error
        ) from error
    rows = set()
    for name, (kinds, shape) in spec.items():
        array = found[name]
        is_right = array.dtype.kind in kinds and array.ndim == len(shape)
        for wanted, length in zip(shape, array.shape, strict=False):
            if wanted is ROWS:
                rows.add(length)
            elif wanted not in (None, length):
                is_right = False
        if not is_right or len(rows) > 1 or 0 in rows:
            raise MessageError(
                "{file} cannot be read ({name} is {type} of shape {shape}).",
                file=path.name,
                name=name,
                type=array.dtype,
                shape=array.shape,
            )
    return found
