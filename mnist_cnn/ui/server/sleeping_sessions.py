"""Sessions without a connection, such as those of phones that sleep in pockets."""

from __future__ import annotations

import streamlit as st
from streamlit import runtime
from streamlit.runtime.memory_session_storage import MemorySessionStorage

SESSIONS = 500


@st.cache_resource(show_spinner=False)
def keep_sleeping_sessions() -> None:
    """Lets a whole class sleep: Streamlit keeps 128 sessions, and has no option for it.

    For how long says its option ``server.disconnectedSessionTTL``.
    """
    # A test of a page has no server, or one without a manager.
    server = runtime.get_instance() if runtime.exists() else None
    if hasattr(server, "_session_mgr"):
        allow_sessions(server._session_mgr._session_storage)


def allow_sessions(
    storage: MemorySessionStorage,
) -> None:
    """Room for SESSIONS in Streamlit's storage, with those that are in it already."""
    kept = storage._cache
    storage._cache = type(kept)(
        maxsize=SESSIONS, ttl=st.get_option("server.disconnectedSessionTTL")
    )
    storage._cache.update(kept)
