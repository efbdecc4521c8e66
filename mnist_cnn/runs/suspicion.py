"""Values out of a run's files, taken only for what they can be.

A run folder may come from another version, another lab, or somebody with bad intent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

LONGEST_TEXT = 2000
LARGEST_COUNT = 2**53

_TEXTS = ("state", "reason", "source", "fingerprint", "host")
_COUNTS = (
    *("examples", "test_examples", "steps_per_epoch", "epochs_done"),
    *("commands_read", "attempts_left"),
)
_MEASURED = ("test_accuracy", "test_loss", "started", "ended")


def text(value: object, longest: int = LONGEST_TEXT) -> str:
    """One line that can be shown and encoded; empty for what is no text."""
    if not isinstance(value, str):
        return ""
    line = " ".join(value[: 2 * longest].split())
    return "".join(each for each in line if each.isprintable())[:longest]


def number(value: object) -> float | None:
    """A finite number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def status_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a ``runs.Status`` in a ``status.json``, each of its type.

    Raises:
        ValueError: naming a field that is of another type.
    """
    found: dict[str, Any] = {}
    for name in values:
        value = values[name]
        if name in _TEXTS:
            if not isinstance(value, str):
                raise ValueError(f"{name} is no text")
            found[name] = text(value)
        elif name in _COUNTS:
            found[name] = _count(name, value)
        elif name == "pid":
            found[name] = None if value is None else _count(name, value)
        elif name in _MEASURED:
            if value is not None and number(value) is None and not _is_float(value):
                raise ValueError(f"{name} is no number")
            found[name] = number(value)
        elif name == "seconds":
            found[name] = max(0.0, number(value) or 0.0)
        elif name == "versions" and isinstance(value, dict):
            found[name] = {text(key): text(each) for key, each in value.items()}
    return found


def _count(name: str, value: object) -> int:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if not is_whole or not 0 <= value <= LARGEST_COUNT:
        raise ValueError(f"{name} is no count")
    return value


def _is_float(value: object) -> bool:
    # NaN and infinity: a training that diverged has measured them.
    return isinstance(value, float)
