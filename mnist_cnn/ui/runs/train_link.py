"""What the Train page opens with: a run, or the experiment in a link.

The browser's Back can lose what stands in the link, so the session remembers it too.
"""

from __future__ import annotations

import streamlit as st

from mnist_cnn import runs
from mnist_cnn.runs import Run, RunError
from mnist_cnn.ui.runs.queue import overview

SHOWN = "shown_run"
# Whether the form is one line, so that the run is in sight.
FOLDED = "form_folded"
# The link whose experiment the session has taken.
EXPERIMENT_LINK = "experiment_link"


def shown_run() -> Run | None:
    """The run to show, put into the link; None if there is none at all.

    Raises:
        RunError: if the link names a run that does not exist (any more).
    """
    state = st.session_state
    linked = st.query_params.get("run")
    if linked:
        if state.get(SHOWN) != linked:
            state[FOLDED] = True  # who follows a link came to watch
            state[SHOWN] = linked
        return runs.find(linked)
    try:
        run = runs.find(state.get(SHOWN))
    except RunError:
        begun = (each for each, status in overview().runs if status.state != "queued")
        run = next(begun, next(iter(runs.list_runs()), None))
    if run is not None:
        state[SHOWN] = st.query_params["run"] = run.id
    return run


def show(run_id: str) -> None:
    """From now on this run is shown, also after a reload, and the form is folded."""
    st.session_state[SHOWN] = run_id
    st.session_state[FOLDED] = True
    st.query_params.from_dict({"run": run_id})


def forget() -> None:
    """Show the newest run again."""
    st.session_state.pop(SHOWN, None)
    if "run" in st.query_params:
        del st.query_params["run"]


def expect_experiment() -> None:
    """The link with which Train is opened next is taken, even if it was before."""
    st.session_state.pop(EXPERIMENT_LINK, None)
