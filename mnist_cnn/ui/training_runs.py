"""The list of runs: open, rename, delete."""

from __future__ import annotations

import streamlit as st

from mnist_cnn import runs
from mnist_cnn.pace import duration_text
from mnist_cnn.presets import PRESETS
from mnist_cnn.runs import NAME_LENGTH, Run, RunError, Status
from mnist_cnn.ui.text import _
from mnist_cnn.ui.training_link import forget, show
from mnist_cnn.ui.training_queue import look_again, overview

SHOWN_AT_FIRST = 8
REFRESH_SECONDS = 3.0


def runs_list(shown: str | None) -> None:
    """Every run, newest first; `shown` is the one on the page."""
    st.subheader(_("All runs"), anchor=False)
    if problem := st.session_state.pop("runs_problem", None):
        st.error(problem)
    st.fragment(_rows, run_every=REFRESH_SECONDS)(shown)


def _rows(shown: str | None) -> None:
    found = overview().runs
    if not found:
        st.caption(_("None yet. Press Start, and the first one appears here."))
        return
    all_of_them = len(found) <= SHOWN_AT_FIRST or st.toggle(
        _("Show all {count}").format(count=len(found)), key="all_runs"
    )
    for run, status in found if all_of_them else found[:SHOWN_AT_FIRST]:
        _row(run, status, run.id == shown)


def _row(run: Run, status: Status, is_shown: bool) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(_text(run, status), width="stretch")
        opened = st.button(
            _("Shown") if is_shown else _("Open"),
            key=f"open_{run.id}",
            disabled=is_shown,
            on_click=show,
            args=(run.id,),
        )
        with st.popover(_("Change")):
            renamed = _rename(run)
            deleted = _delete(run, status)
    if opened or renamed or deleted:
        # The rest of the page speaks of this run too.
        st.rerun()


def _text(run: Run, status: Status) -> str:
    name = run.name.replace("\\", "").replace("`", "'")
    parts = [f"`{name}`", _preset(run.preset), _(status.state)]
    if status.test_accuracy is not None:
        parts.append(_("accuracy {value:.4f}").format(value=status.test_accuracy))
    if status.seconds:
        parts.append(duration_text(status.seconds))
    if status.source:
        parts.append(status.source)
    return " · ".join(part for part in parts if part)


def _preset(preset: str) -> str:
    name, comma, _rest = preset.partition(",")
    if name not in PRESETS:
        return preset
    title = _(PRESETS[name].title)
    return _("{preset}, changed").format(preset=title) if comma else title


def _rename(run: Run) -> bool:
    key = f"name_{run.id}"
    with st.form(f"rename_{run.id}", border=False):
        st.text_input(_("Name"), value=run.name, max_chars=NAME_LENGTH, key=key)
        return st.form_submit_button(_("Rename"), on_click=_do_rename, args=(run, key))


def _do_rename(run: Run, key: str) -> None:
    try:
        run.rename(st.session_state.get(key, ""))
    except (OSError, RunError):
        st.session_state.runs_problem = _(
            "The run could not be renamed. It may have been deleted."
        )
    look_again()


def _delete(run: Run, status: Status) -> bool:
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


def _do_delete(run: Run) -> None:
    try:
        runs.delete(run)
    except RunError as error:
        st.session_state.runs_problem = str(error)
        return
    look_again()
    if st.session_state.get("shown_run") == run.id:
        forget()
