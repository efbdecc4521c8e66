"""Runs in a table with a box to tick in each row; a list where it is too narrow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from mnist_cnn.ui.components.bundle import bundle
from mnist_cnn.ui.components.payload import packed
from mnist_cnn.ui.text import _

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "mnist_cnn_run_table",
    css=(_HERE / "run_table.css").read_text(encoding="utf-8"),
    js=bundle(_HERE / "run_table.js"),
)

# What a cell says, and what its column is sorted by; None stands last.
Cell = tuple[str, str | float | None]


def run_table(
    rows: Mapping[str, Mapping[str, Cell]],
    ticked: Sequence[str],
    *,
    hints: Mapping[str, str],
    key: str,
    on_choice: Callable[[list[str]], None],
) -> None:
    """Show a row for each run, by its id, each with the same columns, the name first.

    Args:
        rows: at least one.
        ticked: ids of runs, also of such as have no row.
        hints: on columns, by name.
        key: the same key is the same table.
        on_choice: called before the script runs again, with the ids of the rows that
            are ticked now, as they stand in `rows`.
    """
    sent = sent_ticks(st.session_state.get(key, {}).get("ticks"))
    heading = {
        "columns": list(next(iter(rows.values()))),
        "hints": dict(hints),
        "rows": [[run_id, list(row.values())] for run_id, row in rows.items()],
        "ticked": [run_id for run_id in rows if run_id in ticked],
        "seen": sent[1],
        "words": {"rows": _("Runs"), "tick": _("Compare it")},
    }

    def report() -> None:
        now, _count = sent_ticks(st.session_state[key].get("ticks"))
        on_choice([run_id for run_id in rows if run_id in now])

    _component(
        data=packed(heading, {}), key=key, height="content", on_ticks_change=report
    )


def sent_ticks(sent: Any) -> tuple[list[str], int]:
    """The ids that a browser says are ticked, and how many ticks it has sent so far."""
    if not isinstance(sent, dict):
        return [], 0
    runs, count = sent.get("runs"), sent.get("count")
    if not isinstance(runs, list) or type(count) is not int:
        return [], 0
    return [each for each in runs if isinstance(each, str)], count
