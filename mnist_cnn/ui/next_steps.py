"""From what one sees of a network to what is next: links that say so."""

from __future__ import annotations

import streamlit as st

from mnist_cnn import runs
from mnist_cnn.runs import Run
from mnist_cnn.ui.text import _


def next_steps(run: Run, *steps: str) -> None:
    """Links in a row, each to another page that opens with this network.

    Args:
        run: of the network.
        steps: of "draw", "inside", "architecture", "mistakes" and "compare".
    """
    own = {"network": run.id}
    known = {
        "draw": ("3_Draw", _("Try it on your handwriting"), "draw", own),
        "inside": ("4_Look_inside", _("Look inside it"), "search", own),
        "architecture": ("2_Architecture", _("Its layers"), "account_tree", own),
        "mistakes": ("5_Mistakes", _("See its mistakes"), "error", own),
        "compare": (
            "6_Compare",
            _("Compare with the lab's networks"),
            "compare_arrows",
            {"runs": ",".join(dict.fromkeys([run.id, *runs.BUNDLED]))},
        ),
    }
    with st.container(horizontal=True):
        for step in steps:
            script, label, icon, link = known[step]
            st.page_link(
                f"pages/{script}.py",
                label=label,
                icon=f":material/{icon}:",
                query_params=link,
            )
