"""What every page begins with: title, navigation, and state that a link carries."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import numpy  # noqa: F401 - its BLAS must be loaded before it can be limited
import streamlit as st
from threadpoolctl import threadpool_limits

from mnist_cnn.ui.components.page_menu import close_on_a_phone
from mnist_cnn.ui.links import note_page
from mnist_cnn.ui.networks import take_expected_network
from mnist_cnn.ui.server.sleeping_sessions import keep_sleeping_sessions
from mnist_cnn.ui.server.static_files import provide_plotly
from mnist_cnn.ui.text import _
from mnist_cnn.ui.visitor import recognize

ROOT = Path(__file__).parents[2]
# In the page itself: an icon by name would be fetched from a font host, and a file's
# address is gone if the next run of the page interrupts this one.
_PICTURE = (ROOT / "static" / "favicon.png").read_bytes()
FAVICON = f"data:image/png;base64,{b64encode(_PICTURE).decode()}"
STYLE = Path(__file__).with_name("frame.css")
SIDEBAR_WIDTH = 220
WITH_A_NETWORK = (
    "pages/2_Architecture.py",
    "pages/3_Draw.py",
    "pages/4_Look_inside.py",
    "pages/5_Mistakes.py",
)


def pages() -> list[tuple[str, str, str]]:
    """Script, readable name and icon of every page, in the order of the lesson."""
    known = [
        ("app.py", _("Home"), ":material/home:"),
        ("pages/3_Draw.py", _("Draw"), ":material/draw:"),
        ("pages/4_Look_inside.py", _("Look inside"), ":material/search:"),
        ("pages/2_Architecture.py", _("Architecture"), ":material/account_tree:"),
        ("pages/1_Train.py", _("Train"), ":material/model_training:"),
        ("pages/5_Mistakes.py", _("Mistakes"), ":material/error:"),
        ("pages/6_Compare.py", _("Compare"), ":material/compare_arrows:"),
    ]
    return [entry for entry in known if (ROOT / entry[0]).is_file()]


def page(title: str, subtitle: str = "", *, heading: str = "") -> None:
    """Page settings, navigation, title and one sentence: the first call of a page.

    Args:
        title: of the window, and at the top if there is no other `heading`.
    """
    st.set_page_config(
        page_title=f"{title} · {_('CNN lab')}",
        page_icon=FAVICON,
        layout="wide",
        initial_sidebar_state=SIDEBAR_WIDTH,
    )
    note_page(title)
    provide_plotly()
    _limit_threads()
    take_expected_network()
    keep_sleeping_sessions()
    with st.sidebar:
        st.subheader(_("CNN lab"), anchor=False)
        for script, name, icon in pages():
            page_link(script, name, icon)
        close_on_a_phone()
        recognize()
    st.html(STYLE)
    st.title(heading or title, anchor=False)
    if subtitle:
        with st.container(key="page_subtitle"):
            st.markdown(subtitle)


def page_link(script: str, label: str, icon: str) -> None:
    """A link to a page of the lab that goes on with what was chosen there last."""
    state = st.session_state
    has_network = "network" in state and script in WITH_A_NETWORK
    link = {"network": state["network"]} if has_network else None
    st.page_link(script, label=label, icon=icon, query_params=link)


@st.cache_resource(show_spinner=False)
def _limit_threads() -> None:
    # With two threads beside a run, one digit takes 20 ms instead of 1 (measured).
    threadpool_limits(limits=1, user_api="blas")
