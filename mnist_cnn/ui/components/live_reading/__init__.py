"""The reading that follows the pen: the answer, and the network alive, in the browser.

It takes the drawing from the canvas below ``.st-key-live_canvas``, both of them inside
``.st-key-live_board``; or it reads a digit that is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import streamlit as st

from mnist_cnn.ui.browser_network import BrowserNetwork
from mnist_cnn.ui.components.bundle import bundle
from mnist_cnn.ui.text import _

KEY = "live_reading"
# What a browser says of itself: it reads, or it never will.
YES, NEVER = "yes", "never"
_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "mnist_cnn_live_reading",
    css=(_HERE / "live_reading.css").read_text(encoding="utf-8"),
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
    pixels: np.ndarray | None = None,
    follows_canvas: bool = True,
    resized: bool = False,
    note: str = "",
) -> None:
    """Show what the networks read, the first one with all its layers.

    Args:
        networks: a name and where a browser finds it; empty if the server reads.
        pixels: (28, 28) in [0, 1], a digit that was not drawn.
        follows_canvas: whether the canvas is read while there are no pixels.
        resized: whether the drawing, only resized, is read beside it.
        note: a sentence about the digit.
    """
    data = {
        "networks": [
            {"title": title, "key": each.key, "url": each.url}
            for title, each in networks
        ],
        "worker": networks[0][1].worker_url if networks else "",
        "pixels": None if pixels is None else pixels.ravel().round(4).tolist(),
        "follows": follows_canvas,
        "resized": resized,
        "reads": browser_reads(),
        "note": note,
        "words": _words(),
    }
    _component(data=data, key=KEY, height="content", on_reads_change=lambda: None)


def _words() -> dict[str, str]:
    """All that it says, with {names} for what the browser puts in."""
    return {
        "hint": _("Draw a digit here,\nor several side by side"),
        "pixels": _("28 × 28 pixels, as the network gets it"),
        "second": _("Second guess: {digit}, {share}"),
        "nothing": _("Nothing is drawn yet. The network reads while you draw."),
        "always": _("A network always answers with a digit: try to fool it."),
        "several": _("{count} digits, read from left to right."),
        "unsure": _(
            "The network is not sure: its best guess has only {share}. Its training "
            "digits may not have been written like this one."
        ),
        "prepared": _("prepared like MNIST"),
        "resized": _("just resized"),
        "corner": _("Draw small, in a corner: there the two differ."),
        "network": _("Every layer of the network, and what carried the answer"),
        "legend": _("Lines: what added most to the answer (blue) or against it."),
        "full": _("Full screen"),
        "leave": _("Leave full screen"),
        "steps": _("From the drawing to the network"),
        "Ink found": _("Ink found"),
        "Ink found: dark": _(
            "The background is dark, so what is brighter than it counts as ink."
        ),
        "Ink found: light": _(
            "The background is light, so what is darker than it counts as ink."
        ),
        "Cropped": _("Cropped"),
        "Cropped: ": _(
            "Only the smallest rectangle that holds all the ink is kept: {width} × "
            "{height} pixels."
        ),
        "Stroke width": _("Stroke width"),
        "Stroke width: wider": _(
            "Scaled as it is, the stroke would be about {before} pixels wide. MNIST's "
            "are mostly 2 to 3 wide, so it is made wider: {after}, which keeps small "
            "loops open."
        ),
        "Stroke width: thinner": _(
            "Scaled as it is, the stroke would be about {before} pixels wide. MNIST's "
            "are mostly 2 to 3 wide, so it is made thinner: {after}, which keeps small "
            "loops open."
        ),
        "Scaled": _("Scaled"),
        "Scaled: ": _(
            "The longer side becomes 20 pixels, the proportions stay, and edges turn "
            "gray (antialiasing)."
        ),
        "Centered": _("Centered"),
        "Centered: ": _(
            "The center of mass of the ink moves to the middle of 28 × 28 pixels."
        ),
    }
