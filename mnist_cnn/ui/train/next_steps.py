"""What one does with a run that has ended: each a press away."""

from __future__ import annotations

import streamlit as st

from mnist_cnn.runs import Run, Status
from mnist_cnn.ui.runs.queue import overview
from mnist_cnn.ui.runs.titles import run_title
from mnist_cnn.ui.text import _, escape
from mnist_cnn.ui.train.form.start import start_other_seed
from mnist_cnn.ui.visitor import visitor


def next_steps(run: Run, status: Status) -> None:
    """Links to what shows its network, and a button for the same with another seed."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if run.has_weights:
            link = {"network": run.id}
            _to("pages/5_Mistakes.py", _("See its mistakes"), "error", link)
            _to("pages/3_Draw.py", _("Try it on your handwriting"), "draw", link)
            if partner := _partner(run):
                title = _("Compare with {name}").format(name=escape(run_title(partner)))
                runs = {"runs": f"{run.id},{partner.id}"}
                _to("pages/6_Compare.py", title, "compare_arrows", runs)
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


def _to(page: str, label: str, icon: str, query: dict[str, str]) -> None:
    icon = f":material/{icon}:"
    st.page_link(page, label=label, icon=icon, query_params=query)


def _partner(run: Run) -> Run | None:
    """The newest other run with a network, one's own before others'."""
    found = [
        other
        for other, status in overview().runs
        if other.id != run.id and status.is_final and other.has_weights
    ]
    own = [other for other in found if visitor().owns(other)]
    return next(iter(own + found), None)
