"""Links for a class: the lab's address as others reach it, and its QR code."""

from __future__ import annotations

import io
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

import segno
import streamlit as st

from mnist_cnn.ui.server.addresses import is_this_machine, network_address
from mnist_cnn.ui.text import _
from mnist_cnn.ui.visitor import is_on_this_machine_only

QR_SIDE = 220
# As high as the window leaves room, for the last row.
BIG = """<style>
.st-key-big_qr { align-items: center; }
.st-key-big_qr img { height: min(70vh, 80vw); width: auto; image-rendering: pixelated; }
.st-key-big_qr p { font-size: 1.5rem; overflow-wrap: anywhere; }
[data-testid="stPopoverBody"] { display: none; }
</style>"""


def share(about: str, query: Mapping[str, str]) -> None:
    """A link to this page with that query, for others, and its QR code.

    Args:
        about: what it opens, in a sentence.
        query: its parameters.
    """
    page = st.context.url or ""
    address = class_address(page, st.get_option("server.address"))
    link = f"{address or page.split('?')[0]}?{urlencode(query)}"
    st.markdown(about)
    st.code(link, language=None, wrap_lines=True)
    if address and not is_on_this_machine_only():
        show_qr_code(link)
    else:
        st.caption(_("Home says how to open the lab to a class."))


def show_qr_code(address: str) -> None:
    """The address as a QR code, and a button that shows it as large as the window."""
    with st.container(width=QR_SIDE):
        _show_picture(address, QR_SIDE)
        if st.button(
            _("Show it big"),
            key=f"big {address}",
            icon=":material/zoom_out_map:",
            width="stretch",
        ):
            _show_big(address)


@st.dialog(_("Open this on your phone"), width="large")
def _show_big(address: str) -> None:
    st.html(BIG)
    with st.container(key="big_qr"):
        _show_picture(address, "content")
        st.markdown(address)


def _show_picture(address: str, width: int | str) -> None:
    told = _("QR code of {address}").format(address=address)
    st.image(qr_code(address), width=width, alt=told)


def class_address(page: str, listens_on: str | None) -> str | None:
    """The address for others: as this visitor came, or this computer's own.

    Args:
        page: the address of this page in the visitor's browser.
        listens_on: the server's address; None or 0.0.0.0 for every one there is.

    Returns:
        None if it cannot be found.
    """
    try:
        parts = urlsplit(page)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    if not is_this_machine(host):
        return parts._replace(query="", fragment="").geturl()
    own = listens_on if listens_on not in (None, "", "0.0.0.0", "::") else None
    own = own or network_address()
    if own is None:
        return None
    name = f"[{own}]" if ":" in own else own
    netloc = f"{name}:{port}" if port else name
    return parts._replace(netloc=netloc, query="", fragment="").geturl()


def qr_code(address: str) -> bytes:
    """A PNG, black on white with a white margin: it reads on a dark page too."""
    written = io.BytesIO()
    segno.make(address, micro=False).save(
        written, kind="png", scale=8, border=4, dark="black", light="white"
    )
    return written.getvalue()
