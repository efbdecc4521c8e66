"""What is broken in the chosen network: it stands in the link, and goes along to pages.

The browser breaks the network by itself; the server hears of it a moment later.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from mnist_cnn.nn.damage import Damage, DamageError
from mnist_cnn.nn.network import Network
from mnist_cnn.ui.links import arrived_without
from mnist_cnn.ui.text import _

WHOLE = Damage()
BROKEN = "broken"
SEEN = "broken_network"


def linked_damage(network: Network) -> Damage:
    """What the link says is broken, as far as the network has it.

    From another page a person comes with what they broke there.
    """
    state, query = st.session_state, st.query_params
    if arrived_without(BROKEN) and state.get(SEEN):
        query[BROKEN] = state[SEEN]
    text = query.get(BROKEN, "")
    try:
        damage = Damage.from_link(text)
    except DamageError as error:
        st.warning(_(error.message))
        damage = WHOLE
    fitting = damage.fitting(network.architecture)
    if fitting.to_link() != text:
        write_damage(fitting)
    state[SEEN] = fitting.to_link()
    return fitting


def write_damage(damage: Damage) -> None:
    """Lets the link, and so every page, say what is broken."""
    state, query = st.session_state, st.query_params
    state[SEEN] = damage.to_link()
    if damage:
        query[BROKEN] = state[SEEN]
    else:
        query.pop(BROKEN, None)


def take_damage(key: str) -> None:
    """What the component of that key has sent, if it is damage at all."""
    try:
        write_damage(Damage.from_dict(_sent(key).get("damage")))
    except DamageError:
        return


def for_browser(damage: Damage, key: str) -> dict[str, Any]:
    """What the component of that key is told: what is broken, and its newest change."""
    number = _sent(key).get("number")
    return {
        "damage": damage.to_dict(),
        "number": number if type(number) is int else 0,
    }


def _sent(key: str) -> dict[str, Any]:
    """``{"damage", "number"}``, or anything else: a browser sends it."""
    sent = (st.session_state.get(key) or {}).get("damage")
    return sent if isinstance(sent, dict) else {}
