"""What a run from somewhere else says of its training, checked value by value."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

from mnist_cnn.runs.plain_text import plain_text
from mnist_cnn.runs.status import FINAL_STATES, Status

IMPORTED = "imported"
_FINGERPRINT = re.compile(r"[0-9a-f]{0,64}", re.ASCII)
_VERSION = re.compile(r"[A-Za-z0-9.+-]{1,40}", re.ASCII)
_COUNTS = ("examples", "test_examples", "steps_per_epoch", "epochs_done")
_LARGEST = 1e12


def is_fingerprint(text: str) -> bool:
    """Whether a test set can have it (see ``data``); "" where none is known."""
    return _FINGERPRINT.fullmatch(text) is not None


def status_from(values: dict[str, Any]) -> Status:
    """The status of a training that has ended, said to be imported.

    Args:
        values: the ``status.json`` of another lab; what it does not know is left out.

    Raises:
        TypeError, ValueError, OverflowError: saying what cannot be.
    """
    if values.get("state") not in FINAL_STATES:
        raise ValueError("its training has not ended")
    known = {each.name for each in fields(Status)} & values.keys()
    counts = {name: _count(values[name]) for name in _COUNTS if name in known}
    times = {
        name: _number(values[name], _LARGEST)
        for name in ("started", "ended", "seconds", "test_loss")
        if name in known and values[name] is not None
    }
    if values.get("test_accuracy") is not None:
        times["test_accuracy"] = _number(values["test_accuracy"], 1.0)
    fingerprint = values.get("fingerprint") or ""
    if not is_fingerprint(fingerprint):
        raise ValueError("no test set has this fingerprint")
    source = plain_text(values.get("source") or "", 200).removeprefix(f"{IMPORTED}; ")
    return Status(
        state=values["state"],
        reason=plain_text(values.get("reason") or "", 500),
        source=f"{IMPORTED}; {source}" if source else IMPORTED,
        fingerprint=fingerprint,
        versions=_versions(values.get("versions")),
        **counts,
        **times,
    )


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{value!r:.40} is no count")
    return int(_number(value, _LARGEST))


def _number(value: Any, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r:.40} is no number")
    # Not a number fails this, too.
    if not 0 <= value <= most:
        raise ValueError(f"{value!r:.40} is not from 0 to {most:g}")
    return value


def _versions(values: Any) -> dict[str, str] | None:
    if values is None:
        return None
    if not isinstance(values, dict):
        raise TypeError("its versions are no list of names")
    wanted = ("python", "tensorflow", "keras", "numpy")
    return {
        name: values[name]
        for name in wanted
        if name in values and _VERSION.fullmatch(values[name])
    }
