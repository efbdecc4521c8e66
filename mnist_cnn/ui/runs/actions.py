"""What can be done with a run anywhere: star, rename, delete.

Each returns whether it was just done, so that the page can run again.
"""

from __future__ import annotations

import streamlit as st

from mnist_cnn import runs
from mnist_cnn.runs import Run, RunError, Status, ownership
from mnist_cnn.runs.schema import LONGEST_NAME
from mnist_cnn.ui.runs.queue import look_again
from mnist_cnn.ui.runs.titles import run_title
from mnist_cnn.ui.runs.train_link import forget
from mnist_cnn.ui.text import _
from mnist_cnn.ui.visitor import refusal, visitor

PROBLEM = "runs_problem"


def problem() -> None:
    """Says why the last action on a run failed, if it did."""
    if sentence := st.session_state.pop(PROBLEM, None):
        st.error(sentence)


def change(run: Run, status: Status, *, on_change: str = "ignore") -> bool:
    """All of them in a box that opens; in its place a sentence for others.

    Args:
        run: to be changed.
        status: of the run.
        on_change: "rerun" tells the page when the box opens and closes, which
            `is_open` then knows.
    """
    with st.popover(_("Change"), key=f"change_{run.id}", on_change=on_change):
        if sentence := refusal(run):
            st.caption(sentence)
            return False
        return any(
            [star(run, run.starred), rename(run), delete(run, status)],
        )


def is_open(run: Run) -> bool:
    """Whether the box of `change` is open, where it tells."""
    return bool(st.session_state.get(f"change_{run.id}"))


def star(run: Run, starred: bool) -> bool:
    """A button that marks the run as worth keeping, or no longer."""
    return st.button(
        _("Take the star away") if starred else _("Star"),
        key=f"star_{run.id}",
        icon=":material/star:",
        help=_("A starred run is one to keep."),
        on_click=_do_star,
        args=(run, not starred),
    )


def rename(run: Run) -> bool:
    """A box for its name."""
    key = f"name_{run.id}"
    with st.form(f"rename_{run.id}", border=False):
        st.text_input(
            _("Name"),
            value="" if run.name == run.id[:6] else run.name,
            placeholder=run_title(run),
            max_chars=LONGEST_NAME,
            key=key,
        )
        return st.form_submit_button(_("Rename"), on_click=_do_rename, args=(run, key))


def delete(run: Run, status: Status) -> bool:
    """A button that asks first; a sentence instead while the run is trained."""
    if status.is_active:
        st.caption(_("It is being trained. Stop it before you delete it."))
        return False
    sure = st.checkbox(
        _("Delete its curves and its network for good"), key=f"sure_{run.id}"
    )
    return st.button(
        _("Delete"),
        key=f"delete_{run.id}",
        disabled=not sure,
        on_click=_do_delete,
        args=(run,),
    )


def _is_refused(run: Run) -> bool:
    if sentence := refusal(run):
        st.session_state[PROBLEM] = sentence
    return bool(sentence)


def _do_star(run: Run, starred: bool) -> None:
    if _is_refused(run):
        return
    try:
        run.star(starred)
    except (OSError, RunError):
        st.session_state[PROBLEM] = _(
            "The star could not be written. The run may have been deleted."
        )
    look_again()


def _do_rename(run: Run, key: str) -> None:
    if _is_refused(run):
        return
    try:
        run.rename(st.session_state.get(key, ""))
    except (OSError, RunError):
        st.session_state[PROBLEM] = _(
            "The run could not be renamed. It may have been deleted."
        )
    look_again()


def _do_delete(run: Run) -> None:
    try:
        ownership.demand(run, visitor())
        runs.delete(run)
    except RunError as error:
        st.session_state[PROBLEM] = _(error.message)
        return
    look_again()
    if st.session_state.get("shown_run") == run.id:
        forget()
