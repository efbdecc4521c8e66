"""What every page begins with: title, navigation, and state that a link carries."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import streamlit as st

from mnist_cnn.ui.static_files import provide_plotly
from mnist_cnn.ui.text import _
from mnist_cnn.ui.visitor import recognize

ROOT = Path(__file__).parents[2]
# In the page itself: an icon by name would be fetched from a font host, and a file's
# address is gone if the next run of the page interrupts this one.
_PICTURE = (ROOT / "static" / "favicon.png").read_bytes()
FAVICON = f"data:image/png;base64,{b64encode(_PICTURE).decode()}"


def pages() -> list[tuple[str, str, str]]:
    """Script, readable name and icon of every page that there is, in order."""
    known = [
        ("app.py", _("Home"), ":material/home:"),
        ("pages/1_Train.py", _("Train"), ":material/model_training:"),
        ("pages/2_Architecture.py", _("Architecture"), ":material/account_tree:"),
        ("pages/3_Draw.py", _("Draw"), ":material/draw:"),
        ("pages/4_Look_inside.py", _("Look inside"), ":material/search:"),
        ("pages/5_Mistakes.py", _("Mistakes"), ":material/error:"),
        ("pages/6_Compare.py", _("Compare"), ":material/compare_arrows:"),
    ]
    return [entry for entry in known if (ROOT / entry[0]).is_file()]


def page(title: str, subtitle: str, *, wide: bool = True) -> None:
    """Page settings, navigation, title and one sentence: the first call of a page."""
    st.set_page_config(
        page_title=f"{title} · {_('CNN lab')}",
        page_icon=FAVICON,
        layout="wide" if wide else "centered",
    )
    provide_plotly()
    with st.sidebar:
        st.subheader(_("CNN lab"), anchor=False)
        for script, name, icon in pages():
            st.page_link(script, label=name, icon=icon)
        recognize()
    st.title(title, anchor=False)
    st.markdown(subtitle)
