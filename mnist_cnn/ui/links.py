"""Who comes from another page finds what stood in this page's link.

Only what several values or a click make at once is kept so: a bound widget would make
of each value a step for the browser's Back.
"""

from __future__ import annotations

import streamlit as st

PAGE, ARRIVED = "page_title", "arrived_from_another_page"


def note_page(title: str) -> None:
    """Which page runs; the first call of a page."""
    st.session_state[ARRIVED] = st.session_state.get(PAGE) != title
    st.session_state[PAGE] = title


def has_arrived() -> bool:
    """Whether somebody has just come to this page from another, or by a link."""
    return st.session_state.get(ARRIVED, False)


def arrived_without(*names: str) -> bool:
    """The same, and the link has none of these parameters."""
    return has_arrived() and not set(names) & set(st.query_params)
