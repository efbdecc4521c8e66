"""A table whose rows become lists, one below the other, where it would be cut off."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st

NOTHING = "–"
_STYLE = Path(__file__).with_suffix(".css")


def wide_table(rows: Sequence[Mapping[str, str]]) -> None:
    """Shows rows of the same columns, the first of which names the row.

    Args:
        rows: plain text; a list leaves out what is ``NOTHING``.
    """
    heads = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in rows[0])
    st.html(_STYLE)
    st.html(
        f'<div class="wide-table"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(map(_row_html, rows))}</tbody></table></div>"
    )


def _row_html(row: Mapping[str, str]) -> str:
    name, *values = row.items()
    cells = [
        f'<td class="{"nothing" if value == NOTHING else "value"}" '
        f'data-column="{html.escape(column)}">{html.escape(value)}</td>'
        for column, value in values
    ]
    return f'<tr><th scope="row">{html.escape(name[1])}</th>{"".join(cells)}</tr>'
