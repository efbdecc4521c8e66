"""Plotly's typed arrays, read back."""

import base64
from collections.abc import Callable

import numpy as np
import pytest


@pytest.fixture(scope="session")
def decoded() -> Callable[[dict], dict]:
    """Gives a trace with each typed array as an array."""
    return lambda trace: {name: _array(value) for name, value in trace.items()}


def _array(value: object) -> object:
    if not (isinstance(value, dict) and "bdata" in value):
        return value
    return np.frombuffer(base64.b64decode(value["bdata"]), f"<{value['dtype']}")
