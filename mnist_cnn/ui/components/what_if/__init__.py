"""Sliders that change a drawing while the browser reads it, at every step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from mnist_cnn.digits.transforms import RANGES, Change
from mnist_cnn.nn.damage import Damage
from mnist_cnn.ui.components.browser_network import BrowserNetwork
from mnist_cnn.ui.components.bundle import bundle
from mnist_cnn.ui.components.payload import packed
from mnist_cnn.ui.text import _

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "mnist_cnn_what_if",
    css=(_HERE / "what_if.css").read_text(encoding="utf-8"),
    js=bundle(_HERE / "what_if.js"),
)


@dataclass(frozen=True)
class Slider:
    """Of one field of ``Change``, which it is named after."""

    name: str
    title: str
    low: float
    high: float
    step: float


def what_if_sliders(
    sliders: Sequence[Slider],
    pixels: np.ndarray,
    probabilities: np.ndarray,
    network: BrowserNetwork | None,
    change: Change,
    damage: Damage,
    *,
    key: str,
) -> None:
    """Show the sliders, the changed drawing and what the network reads.

    Args:
        pixels: (28, 28) in [0, 1], the drawing as it is.
        probabilities: (10,), of the changed drawing, for browsers that cannot read.
        network: where a browser finds it, if it can.
        change: where the sliders begin.
        damage: what is broken in the network.
    """
    heading = {
        "network": None if network is None else asdict(network),
        "change": asdict(change),
        "damage": damage.to_dict(),
        "sliders": [
            asdict(each) | {"neutral": getattr(Change(), each.name)} for each in sliders
        ],
        "words": {
            "undo": _("As it was"),
            "digit": _("The changed drawing, 28×28 pixels enlarged."),
        },
    }
    _component(
        data=packed(heading, {"pixels": pixels, "probabilities": probabilities}),
        key=key,
        height="content",
        on_change_change=lambda: None,
    )


def sent_change(sent: Any) -> Change | None:
    """What a browser sent, if it is a change, within the ranges."""
    if not isinstance(sent, dict):
        return None
    values = {}
    for field in fields(Change):
        value = sent.get(field.name)
        if type(value) not in (int, float) or not -1e6 < value < 1e6:
            return None
        low, high = RANGES[field.name]
        values[field.name] = min(max(float(value), low), high)
    return Change(**values)
