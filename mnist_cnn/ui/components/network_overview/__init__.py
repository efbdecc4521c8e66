"""The network, alive, as an overview to choose from: a click or a key opens a map."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from mnist_cnn.nn.damage import Damage
from mnist_cnn.nn.network import ForwardPass
from mnist_cnn.nn.quantization import described
from mnist_cnn.ui.components.browser_network import BrowserNetwork
from mnist_cnn.ui.components.bundle import bundle
from mnist_cnn.ui.components.live_words import break_words
from mnist_cnn.ui.components.payload import packed
from mnist_cnn.ui.damage_link import for_browser, take_damage
from mnist_cnn.ui.text import _

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "mnist_cnn_network_overview",
    css="".join(
        path.read_text(encoding="utf-8")
        for path in (
            _HERE / "network_overview.css",
            _HERE.parent / "live_reading" / "break_panel.css",
        )
    ),
    js=bundle(_HERE / "network_overview.js"),
)


@dataclass(frozen=True)
class Unit:
    """A feature map or a unit: the name of its layer, and its number from 0."""

    layer: str
    number: int


def network_overview(
    forward: ForwardPass,
    network: BrowserNetwork | None,
    *,
    key: str,
    chosen: Unit,
    view: str,
    marks_chosen: bool,
    damage: Damage,
    on_choice: Callable[[Unit], None],
) -> None:
    """Show the digit and every layer's result; the browser does the arithmetic.

    Args:
        forward: of one digit, by the broken network.
        network: where a browser finds it; if it cannot use it, all numbers are sent.
        key: the same key is the same overview, which stays while its digit changes.
        chosen: has a frame around it.
        view: what stands below; another one comes into sight.
        marks_chosen: whether lines show where a chosen unit's value comes from.
        damage: what is broken in the network; the browser breaks it by itself.
        on_choice: called before the script runs again. What it gets may not exist: a
            browser sends it.
    """
    said = st.session_state.get(key) or {}
    sends_numbers = network is None or said.get("needs") == "numbers"
    heading = {
        "network": None if sends_numbers else asdict(network),
        "layers": [described(layer) for layer in forward.network.layers]
        if sends_numbers
        else [],
        "chosen": {
            "item": chosen.layer,
            "tile": chosen.number,
            "number": _answered(said.get("chosen")),
        },
        "view": view,
        "damage": for_browser(damage, key),
        "marks_chosen": marks_chosen,
        "words": _words(),
    }
    numbers = {name: values[0] for name, values in forward.activations.items()}

    def report() -> None:
        found = sent_unit(st.session_state[key].get("chosen"))
        if found is not None:
            on_choice(found)

    _component(
        data=packed(
            heading, {"pixels": forward.pixels} | (numbers if sends_numbers else {})
        ),
        key=key,
        height="content",
        on_chosen_change=report,
        on_damage_change=lambda: take_damage(key),
        on_needs_change=lambda: None,
    )


def sent_unit(sent: Any) -> Unit | None:
    """What a browser sent, if it is a unit at all."""
    if not isinstance(sent, dict):
        return None
    layer, number = sent.get("item"), sent.get("tile")
    if not isinstance(layer, str) or type(number) is not int:
        return None
    return Unit(layer, max(0, number))


def _answered(sent: Any) -> int:
    """The number of the newest choice that has come from the browser."""
    number = sent.get("number") if isinstance(sent, dict) else 0
    return number if type(number) is int else 0


def _words() -> dict[str, str]:
    return {
        "label": _(
            "The digit and every layer's feature maps and units, from left to right. "
            "Arrow keys choose one; the box below names it."
        ),
        "image": _("Digit"),
        "map": _("{layer}, map {n}"),
        "unit": _("{layer}, unit {n}"),
        "break": break_words()
        | {"start": _("Does it still read this digit? Break the network above.")},
        "map at": _("{layer}, map {n}, row {row}, column {column}"),
        "pixel": _("Digit, row {row}, column {column}"),
        "waits": _("The network is on its way to this browser …"),
    }
