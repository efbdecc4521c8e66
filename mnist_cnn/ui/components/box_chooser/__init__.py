"""A picture to turn by quarters, on which a box is dragged around one digit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from mnist_cnn.ui.components.payload import packed
from mnist_cnn.ui.text import _

Box = tuple[float, float, float, float]
SMALLEST = 0.02  # of a side: a smaller box is a slip of the finger

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "mnist_cnn_box_chooser",
    css=(_HERE / "box_chooser.css").read_text(encoding="utf-8"),
    js="\n".join(
        (_HERE / name).read_text(encoding="utf-8")
        for name in ("../payload.js", "box_chooser.js")
    ),
)


@dataclass(frozen=True)
class Part:
    """What of a picture is read.

    Attributes:
        turns: quarter turns clockwise, 0 to 3.
        box: left, top, right and bottom as fractions of the turned picture;
            None is all.
    """

    turns: int = 0
    box: Box | None = None


def box_chooser(
    jpeg: bytes,
    found: Sequence[Box],
    *,
    key: str,
    part: Part,
    on_choice: Callable[[Part], None],
) -> None:
    """Shows a picture, already turned, with a frame around what is read of it.

    Args:
        jpeg: the whole picture, turned as `part` says.
        found: the digits' boxes in it; each can be chosen with a click.
        key: the same key is the same picture.
        part: what is chosen now.
        on_choice: called before the script runs again.
    """

    def report() -> None:
        chosen = part_of(st.session_state[key].get("part"))
        if chosen is not None:
            on_choice(chosen)

    heading = {
        "turns": part.turns,
        "box": part.box,
        "found": list(found),
        "words": {
            "picture": _("The picture: drag a box around a digit"),
            "digit": _("Read digit {number} alone"),
            "turn": _("Turn"),
            "all": _("All of it"),
        },
    }
    _component(
        data=packed(heading, {"jpeg": jpeg}),
        key=key,
        height="content",
        on_part_change=report,
    )


def part_of(sent: Any) -> Part | None:
    """What a browser sent, if it is a part at all."""
    if not isinstance(sent, dict) or sent.get("turns") not in (0, 1, 2, 3):
        return None
    box = sent.get("box")
    if box is None:
        return Part(int(sent["turns"]))
    if not isinstance(box, list) or len(box) != 4:
        return None
    if not all(isinstance(v, int | float) and abs(v) < 1e6 for v in box):
        return None
    left, top, right, bottom = (min(max(float(value), 0.0), 1.0) for value in box)
    if right - left < SMALLEST or bottom - top < SMALLEST:
        return None
    return Part(int(sent["turns"]), (left, top, right, bottom))
