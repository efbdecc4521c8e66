"""What one does with a run that has ended: each a press away."""

from __future__ import annotations

import streamlit as st

from mnist_cnn.runs import Run
from mnist_cnn.ui.network_links import network_links
from mnist_cnn.ui.runs.queue import overview
from mnist_cnn.ui.text import _
from mnist_cnn.ui.train.form.start import start_other_seed
from mnist_cnn.ui.visitor import visitor


def next_steps(run: Run) -> None:
    """Links to what shows its network, and a button for the same with another seed."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if run.has_weights:
            network_links(run, "mistakes", "draw", "compare", other=_partner(run))
        st.button(
            _("Another seed"),
            key=f"seed_{run.id}",
            icon=":material/casino:",
            help=_(
                "The same settings, other chance: where the curves end now is how "
                "far chance reaches."
            ),
            on_click=start_other_seed,
            args=(run,),
        )


def _partner(run: Run) -> Run | None:
    """The newest other run with a network, one's own before others'."""
    found = [
        other
        for other, status in overview().runs
        if other.id != run.id and status.is_final and other.has_weights
    ]
    own = [other for other in found if visitor().owns(other)]
    return next(iter(own + found), None)
