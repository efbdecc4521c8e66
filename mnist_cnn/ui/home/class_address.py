"""How a class gets in: the lab's address and its QR code, or how to open the lab."""

from __future__ import annotations

import streamlit as st

from mnist_cnn.ui.server.sharing import class_address, show_qr_code
from mnist_cnn.ui.text import _
from mnist_cnn.ui.visitor import is_on_this_machine_only


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
        show_qr_code(address)
        with st.container(width="stretch"):
            st.markdown(_("Everybody in this network can open this address:"))
            st.code(address, language=None, wrap_lines=True)
