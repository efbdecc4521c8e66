"""Figures of a run, drawn once for everybody who watches it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from mnist_cnn.ui.components.live_chart import figure_json

FIGURES_KEPT = 200

_figures: OrderedDict[Hashable, str] = OrderedDict()
_lock = threading.Lock()


def shared_figure(key: Hashable, draw: Callable[[], dict[str, Any]]) -> str:
    """The figure for this key as JSON; drawn when nobody has asked for it before.

    `key` must differ whenever the figure would: name the run, the kind of figure, and
    the version of its data.
    """
    with _lock:
        if key in _figures:
            _figures.move_to_end(key)
            return _figures[key]
    encoded = figure_json(draw())
    with _lock:
        _figures[key] = encoded
        while len(_figures) > FIGURES_KEPT:
            _figures.popitem(last=False)
    return encoded
