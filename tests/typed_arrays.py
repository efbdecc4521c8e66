"""Plotly's typed arrays, read back."""

import base64

import numpy as np


def decoded(trace: dict) -> dict:
    """The trace with each typed array as an array."""
    return {name: _array(value) for name, value in trace.items()}


def _array(value: object) -> object:
    if not (isinstance(value, dict) and "bdata" in value):
        return value
    return np.frombuffer(base64.b64decode(value["bdata"]), f"<{value['dtype']}")
