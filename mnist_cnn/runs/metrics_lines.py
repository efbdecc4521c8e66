"""Measurements as the lines of a metrics.jsonl, and back out of a stranger's file."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from mnist_cnn.runs.measurements import BATCH_FIELDS, EPOCH_FIELDS, Metrics
from mnist_cnn.runs.plain_text import plain_text

LONGEST_LINE = 10_000
LARGEST = 1e12
WHOLE = ("step", "epoch")
READINGS = 11
LONGEST_REASON = 300
_NAME = re.compile(r"[a-z0-9_]{1,40}", re.ASCII)


class LineError(ValueError):
    """A line that no training writes; says which."""


def to_lines(metrics: Metrics) -> bytes:
    """Every batch, epoch and mark as a line, in the order in which they happened."""
    records: list[tuple[float, int, dict[str, Any]]] = [
        (row[0], 0, {"kind": "batch"} | dict(zip(BATCH_FIELDS, row, strict=True)))
        for row in metrics.batches.tolist()
    ]
    for point in metrics.epochs:
        values = {name: getattr(point, name) for name in EPOCH_FIELDS}
        values |= {
            name: point.extra[name]
            for name in ("readings", "moved")
            if name in point.extra
        }
        records.append((point.step, 1, {"kind": "epoch"} | values))
    for mark in metrics.marks:
        values = {"kind": "mark", "step": mark.step, "what": mark.what}
        records.append((mark.step, 2, values | {"reason": mark.reason}))
    records.sort(key=lambda record: record[:2])
    return b"".join(_line(record) for *_place, record in records)


def checked(content: bytes) -> bytes:
    """The same lines written anew, with nothing in them but what a training writes.

    Raises:
        LineError: naming the first line that is none of a batch, an epoch or a mark
            with numbers that can be.
    """
    return b"".join(_checked_lines(content))


def _checked_lines(content: bytes) -> Iterator[bytes]:
    for number, line in enumerate(content.splitlines(), 1):
        try:
            if len(line) > LONGEST_LINE:
                raise ValueError("too long")
            yield _line(_checked(json.loads(line)))
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as why:
            raise LineError(f"Line {number:,} of the curve is no measurement.") from why


def _checked(record: Mapping[str, Any]) -> dict[str, Any]:
    kind = record["kind"]
    if kind == "batch":
        return {"kind": kind} | {name: _value(record, name) for name in BATCH_FIELDS}
    if kind == "epoch":
        values = {name: _value(record, name) for name in EPOCH_FIELDS}
        if "readings" in record:
            values["readings"] = _readings(record["readings"])
        if "moved" in record:
            values["moved"] = _moved(record["moved"])
        return {"kind": kind} | values
    if kind != "mark":
        raise ValueError("unknown kind")
    return {
        "kind": kind,
        "step": _value(record, "step"),
        "what": _name(record["what"]),
        "reason": plain_text(record.get("reason") or "", LONGEST_REASON),
    }


def _value(record: Mapping[str, Any], name: str) -> float | None:
    value = record.get(name)
    if name in WHOLE:
        return int(_number(value))
    most = 1.0 if name.endswith("accuracy") else LARGEST
    return None if value is None else _number(value, most)


def _number(value: Any, most: float = LARGEST) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("not a number")
    # Not a number fails this, too.
    if not 0 <= value <= most:
        raise ValueError("out of range")
    return value


def _readings(value: Any) -> list[list[float]]:
    if len(value) > READINGS or any(len(reading) != 10 for reading in value):
        raise ValueError("no readings")
    return [[_number(share, most=1.0) for share in reading] for reading in value]


def _moved(value: Any) -> dict[str, float | None]:
    return {
        _name(layer): None if share is None else _number(share)
        for layer, share in value.items()
    }


def _name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError("no name")
    return value


def _line(record: Mapping[str, Any]) -> bytes:
    return json.dumps(_as_json(record), separators=(",", ":")).encode() + b"\n"


def _as_json(record: Mapping[str, Any]) -> dict[str, Any]:
    written = {}
    for name, value in record.items():
        if isinstance(value, float) and not math.isfinite(value):
            written[name] = None
        elif name in WHOLE and isinstance(value, float):
            written[name] = int(value)
        else:
            written[name] = value
    return written
