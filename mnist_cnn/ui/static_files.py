"""Files that browsers fetch from this server rather than from the internet."""

import importlib.util
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parents[2] / "static"


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
    temporary = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, suffix=".tmp")
        os.close(handle)
        shutil.copyfile(source, temporary)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    except OSError:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
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
