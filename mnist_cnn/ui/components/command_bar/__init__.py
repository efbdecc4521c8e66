"""Buttons of which every press counts, in order, however quick they are.

Of several presses of an `st.button` that wait for the server only one is left. Here the
browser keeps the list of presses and sends the whole of it, and the server does what is
new. On a phone the bar is fixed where the thumb is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "mnist_cnn_command_bar",
    css=(_HERE / "command_bar.css").read_text(encoding="utf-8"),
    js=(_HERE / "command_bar.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Command:
    """A button.

    Attributes:
        name: what ``on_press`` is told.
        label: what is on it.
        icon: a Material icon's name; none if empty.
        enabled: whether it can be pressed.
        about: a sentence for who rests on it; its name for a screen reader, too, if the
            label says less.
    """

    name: str
    label: str
    icon: str = ""
    enabled: bool = True
    about: str = ""


def command_bar(
    groups: Sequence[tuple[str, Sequence[Command]]],
    *,
    key: str,
    label: str,
    on_press: Callable[[str], None],
) -> None:
    """Shows groups of buttons, each with a word before it.

    Args:
        groups: the word, which may be empty, and the buttons.
        key: the same key is the same bar, on which the focus stays.
        label: of the bar, for a screen reader.
        on_press: called with a button's name, once for each press, before the script
            runs again.
    """
    enabled = {each.name for _word, group in groups for each in group if each.enabled}

    def report() -> None:
        for name in _new_presses(key, st.session_state[key].get("pressed")):
            if name in enabled:
                on_press(name)

    shown = [[word, [asdict(each) for each in group]] for word, group in groups]
    _component(
        data={"label": label, "groups": shown},
        key=key,
        height="content",
        on_pressed_change=report,
    )


def _new_presses(key: str, sent: object) -> list[str]:
    """What was pressed since the last call; anything may come from a browser."""
    if not isinstance(sent, dict):
        return []
    bar, names = sent.get("bar"), sent.get("names")
    if not isinstance(bar, str) or not isinstance(names, list):
        return []
    seen_bar, seen = st.session_state.get(f"{key}_seen", ("", 0))
    st.session_state[f"{key}_seen"] = (bar, len(names))
    new = names[seen if bar == seen_bar else 0 :]
    return [name for name in new if isinstance(name, str)]
