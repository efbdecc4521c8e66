"""What the page links in the sidebar lack: on a phone the menu closes by itself."""

from pathlib import Path

import streamlit as st

_component = st.components.v2.component(
    "mnist_cnn_page_menu",
    js=Path(__file__).with_name("page_menu.js").read_text(encoding="utf-8"),
)


def close_on_a_phone() -> None:
    """Call once on a page, in the sidebar, below its page links."""
    _component(key="page_menu", height=1)
