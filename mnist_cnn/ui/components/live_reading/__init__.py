"""The reading that follows the pen: the answer, and the network alive, in the browser.

It takes the drawing from the canvas below ``.st-key-live_canvas``, both of them inside
``.st-key-live_board``; or it reads a digit that is given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import streamlit as st

from mnist_cnn.nn.damage import Damage
from mnist_cnn.ui.components.browser_network import BrowserNetwork
from mnist_cnn.ui.components.bundle import bundle
from mnist_cnn.ui.components.live_words import live_words
from mnist_cnn.ui.damage_link import WHOLE, for_browser, take_damage

KEY = "live_reading"
# What a browser says of itself: it reads, or it never will.
YES, NEVER = "yes", "never"
_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "mnist_cnn_live_reading",
    css="".join(
        (_HERE / name).read_text(encoding="utf-8")
        for name in ("live_reading.css", "break_panel.css")
    ),
    js=bundle(_HERE / "live_reading.js"),
    isolate_styles=False,
)


def browser_reads() -> str | None:
    """YES if this browser reads by itself, NEVER if it cannot, None until it says."""
    said = (st.session_state.get(KEY) or {}).get("reads")
    return said if said in (YES, NEVER) else None


def live_reading(
    networks: Sequence[tuple[str, BrowserNetwork]],
    *,
    digit: Sequence[np.ndarray] = (),
    follows_canvas: bool = True,
    is_answered: bool = False,
    resized: bool = False,
    note: str = "",
    damage: Damage = WHOLE,
    on_kept: Callable[[object], None] = lambda kept: None,
) -> None:
    """Show what the networks read, the first one with all its layers.

    Args:
        networks: a name and where a browser finds it; empty if the server reads.
        digit: that was not drawn, (28, 28) in [0, 1]: prepared, and only resized.
        follows_canvas: whether the canvas is read while there is no such digit.
        is_answered: whether the server has answered what came otherwise.
        resized: whether the digit, only resized, is read beside it.
        note: a sentence about the digit.
        damage: what is broken in the first network; the browser breaks it by itself.
        on_kept: called before the script runs again, with the drawing that the browser
            kept while its page was loaded anew, a PNG as a data URL. It may be
            anything: a browser sends it.
    """
    data = {
        "networks": [
            {"title": title, "key": each.key, "url": each.url}
            for title, each in networks
        ],
        "worker": networks[0][1].worker_url if networks else "",
        "digit": [pixels.ravel().round(4).tolist() for pixels in digit],
        "follows": follows_canvas,
        "answered": is_answered,
        "resized": resized,
        "note": note,
        "damage": for_browser(damage, KEY),
        "words": live_words(),
    }
    _component(
        data=data,
        key=KEY,
        height="content",
        on_reads_change=lambda: None,
        on_damage_change=lambda: take_damage(KEY),
        on_drawing_change=lambda: on_kept(st.session_state[KEY].get("drawing")),
    )
