"""The list of runs: open, star, rename, delete."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from mnist_cnn import runs
from mnist_cnn.runs import Run, RunError, Status, retention
from mnist_cnn.ui.runs import actions
from mnist_cnn.ui.runs.queue import overview
from mnist_cnn.ui.runs.titles import run_words
from mnist_cnn.ui.runs.train_link import show
from mnist_cnn.ui.runs.viewers import note_look
from mnist_cnn.ui.text import _, escape

SHOWN_AT_FIRST = 8
REFRESH_SECONDS = 3.0
LISTED = "listed_runs"


def runs_list(shown: str | None) -> None:
    """Every run, newest first; `shown` is the one on the page."""
    st.header(_("All runs"), anchor=False)
    _room()
    actions.problem()
    # The more people look at runs, the less often at this list.
    pace = max(REFRESH_SECONDS, 6 * note_look())
    st.fragment(_rows, run_every=pace)(shown)


def _room() -> None:
    room = _measured_room(str(runs.folder()))
    st.caption(
        _(
            "{runs:,} of {max_runs:,} runs, {gigabytes:.1f} of {max_gigabytes:g} GB. "
            "When it is full, the oldest finished runs without a star are removed."
        ).format(
            runs=room.runs,
            max_runs=room.max_runs,
            gigabytes=room.gigabytes,
            max_gigabytes=room.max_gigabytes,
        )
    )


# Every file of every run is looked at.
@st.cache_data(ttl=10.0, max_entries=4, show_spinner=False)
def _measured_room(folder: str) -> retention.Room:
    return retention.room()


def _rows(shown: str | None) -> None:
    found = _none_above_an_open_one(overview().runs)
    if shown and not _exists(shown):
        # The page shows a run that somebody has deleted meanwhile.
        st.rerun()
    if not found:
        st.caption(_("None yet. Press Start, and the first one appears here."))
        return
    with st.container():
        all_of_them = len(found) <= SHOWN_AT_FIRST or st.toggle(
            _("Show all {count}").format(count=len(found)), key="all_runs"
        )
    for run, status in found if all_of_them else found[:SHOWN_AT_FIRST]:
        _row(run, status, run.id == shown)


def _none_above_an_open_one(
    found: Sequence[tuple[Run, Status]],
) -> Sequence[tuple[Run, Status]]:
    """The runs that were listed before, while one of their boxes is open.

    A row that moves down is for a moment nowhere in a slow browser: its box would
    close, with what is typed there.
    """
    if any(actions.is_open(run) for run, _status in found):
        listed = st.session_state.get(LISTED, frozenset())
        return [each for each in found if each[0].id in listed] or found
    st.session_state[LISTED] = frozenset(run.id for run, _status in found)
    return found


def _exists(run_id: str) -> bool:
    try:
        runs.find(run_id)
    except RunError:
        return False
    return True


def _row(run: Run, status: Status, is_shown: bool) -> None:
    # With a key of its own: the rows above it come and go.
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", key=f"run_{run.id}"
    ):
        st.markdown(_text(run, status), width="stretch")
        opened = st.button(
            _("Shown") if is_shown else _("Open"),
            key=f"open_{run.id}",
            disabled=is_shown,
            on_click=show,
            args=(run.id,),
        )
        changed = actions.change(run, status, on_change="rerun")
    if opened or changed:
        # The rest of the page speaks of this run too.
        st.rerun()


def _text(run: Run, status: Status) -> str:
    star = "★ " if run.starred else ""
    return star + " · ".join(escape(word) for word in run_words(run, status))
