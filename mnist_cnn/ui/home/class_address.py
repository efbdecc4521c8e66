"""How a class gets in: the lab's address and its QR code, or how to open the lab."""

from __future__ import annotations

import io
from urllib.parse import urlsplit

import segno
import streamlit as st

from mnist_cnn.ui.addresses import is_this_machine, network_address
from mnist_cnn.ui.text import _
from mnist_cnn.ui.visitor import is_on_this_machine_only

QR_SIDE = 220


def let_the_class_in() -> None:
    """What to write on the board."""
    st.header(_("Let a class in"), anchor=False)
    if is_on_this_machine_only():
        st.markdown(
            _(
                "This lab answers this computer only. To open it to the class, start "
                "it with `make run ADDRESS=0.0.0.0`; this page then shows the address "
                "and a QR code."
            )
        )
        return
    address = class_address(st.context.url or "", st.get_option("server.address"))
    if address is None:
        st.markdown(
            _(
                "This lab is open to the network, but this computer's address in it "
                "could not be found. Ask the operating system for it, and write it on "
                "the board."
            )
        )
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.image(qr_code(address), width=QR_SIDE)
        with st.container(width="stretch"):
            st.markdown(_("Everybody in this network can open this address:"))
            st.code(address, language=None, wrap_lines=True)


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
    place = f"{name}:{port}" if port else name
    return parts._replace(netloc=place, query="", fragment="").geturl()


def qr_code(address: str) -> bytes:
    """A PNG, black on white with a white margin: it reads on a dark page too."""
    written = io.BytesIO()
    segno.make(address, micro=False).save(
        written, kind="png", scale=8, border=4, dark="black", light="white"
    )
    return written.getvalue()
