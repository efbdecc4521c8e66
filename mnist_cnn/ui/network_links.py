"""From what one sees of a network to what is next: links that say so."""

from __future__ import annotations

import streamlit as st

from mnist_cnn import runs
from mnist_cnn.runs import Run
from mnist_cnn.ui.runs.titles import run_title
from mnist_cnn.ui.text import _, escape


def network_links(run: Run, *pages: str, other: Run | None = None) -> None:
    """Links, each to another page that opens with this network.

    Args:
        run: of the network.
        pages: of "draw", "inside", "architecture", "mistakes" and "compare".
        other: what to compare it with; the lab's networks if it is None.
    """
    own = {"network": run.id}
    compare, compared = _("Compare with the lab's networks"), runs.BUNDLED
    if other is not None:
        compare = _("Compare with {name}").format(name=escape(run_title(other)))
        compared = [other.id]
    known = {
        "draw": ("3_Draw", _("Try it on your handwriting"), "draw", own),
        "inside": ("4_Look_inside", _("Look inside it"), "search", own),
        "architecture": ("2_Architecture", _("Its layers"), "account_tree", own),
        "mistakes": ("5_Mistakes", _("See its mistakes"), "error", own),
        "compare": (
            "6_Compare",
            compare,
            "compare_arrows",
            {"runs": ",".join(dict.fromkeys([run.id, *compared]))},
        ),
    }
    for each in pages:
        script, label, icon, link = known[each]
        st.page_link(
            f"pages/{script}.py",
            label=label,
            icon=f":material/{icon}:",
            query_params=link,
        )
