"""JavaScript modules put into one script: for a component, a worker, a page to keep."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

# What reads drawings with a network, in a thread of the browser's.
WORKER = Path(__file__).with_name("browser_network") / "worker.js"

_IMPORT = re.compile(r'^import\s[^"]*"(\.[^"]+)"\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)


@cache
def bundle(entry: Path) -> str:
    """A module and all that it imports, in one scope: no two may use a name twice."""
    return "\n".join(_sources(entry.resolve(), {}).values())


def _sources(path: Path, found: dict[Path, str]) -> dict[Path, str]:
    """By file, what is imported before what imports it."""
    if path not in found:
        source = path.read_text(encoding="utf-8")
        for imported in _IMPORT.findall(source):
            _sources((path.parent / imported).resolve(), found)
        found[path] = _EXPORT.sub("", _IMPORT.sub("", source))
    return found
