"""Files that browsers fetch from this server rather than from the internet."""

from __future__ import annotations

import hashlib
import importlib.util
import mimetypes
import os
from contextlib import suppress
from functools import cache
from pathlib import Path

from mnist_cnn.storage.files import replacing

STATIC = Path(__file__).parents[3] / "static"
# Files named by their content, such as networks; those used last are kept.
KEPT = STATIC / "kept"
KEPT_BYTES = 300_000_000

# Windows may have another type for it in its registry, and browsers refuse that.
mimetypes.add_type("text/javascript", ".js")


def keep(name: str, content: bytes) -> str | None:
    """A file that never changes under its address, since that names its content.

    Args:
        name: for people, with the suffix that says its type.

    Returns:
        Its address, to be resolved against the page's base; None where files cannot
        be written.
    """
    digest = hashlib.blake2b(content, digest_size=8).hexdigest()
    path = KEPT / f"{Path(name).stem}-{digest}{Path(name).suffix}"
    address = f"app/static/{path.relative_to(STATIC).as_posix()}"
    if is_kept(address):
        return address
    try:
        KEPT.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            file.write(content)
    except OSError:
        return None
    _forget_old_ones()
    return address


def is_kept(address: str) -> bool:
    """Whether the file is still there; then it counts as used now."""
    path = KEPT / address.rpartition("/")[2]
    if not path.is_file():
        return False
    with suppress(OSError):  # where it may be read only
        os.utime(path)
    return True


def _forget_old_ones() -> None:
    # Another server over the same folder may be doing the same.
    with suppress(OSError):
        files = [(path.stat(), path) for path in KEPT.iterdir()]
        total = sum(stat.st_size for stat, _ in files)
        for stat, path in sorted(files, key=lambda file: file[0].st_mtime):
            if total <= KEPT_BYTES:
                break
            total -= stat.st_size
            path.unlink()


@cache
def provide_plotly() -> bool:
    """Whether static/plotly.min.js is there; copied from the plotly package if not."""
    return copy_plotly(STATIC)


def copy_plotly(folder: Path) -> bool:
    """Put the plotly package's script into `folder`, unless it already is there.

    False where it cannot be: then `live_chart` shows a sentence instead of a chart.
    """
    source = _packaged_script()
    target = folder / "plotly.min.js"
    if source is None:
        return target.exists()
    try:
        if target.stat().st_size == source.stat().st_size:
            return True
    except OSError:
        pass
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(target) as file:
            file.write(source.read_bytes())
    except OSError:
        return target.exists()
    return True


def _packaged_script() -> Path | None:
    # Finding the package is free; importing it takes longer than the page.
    package = importlib.util.find_spec("plotly")
    for folder in package.submodule_search_locations or () if package else ():
        script = Path(folder) / "package_data" / "plotly.min.js"
        if script.exists():
            return script
    return None
