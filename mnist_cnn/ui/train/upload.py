"""A run from another lab: its zip becomes one of the runs here."""

from __future__ import annotations

import streamlit as st

from mnist_cnn.runs import RunError, retention
from mnist_cnn.runs.archive import MEGABYTES, from_zip
from mnist_cnn.ui.text import _
from mnist_cnn.ui.train_link import show
from mnist_cnn.ui.training_queue import look_again
from mnist_cnn.ui.visitor import owner, visitor

COUNT = "imports"
TOLD = "import_told"


def run_upload() -> None:
    """A place for the zip; the imported run is shown at once."""
    state = st.session_state
    succeeded, sentence = state.pop(TOLD, (True, ""))
    if sentence:
        (st.success if succeeded else st.error)(sentence)
    with st.expander(_("A run from another lab")):
        # A new key empties the box, so that no file is taken twice.
        key = f"import-{state.setdefault(COUNT, 0)}"
        st.file_uploader(
            _("The zip that “Take it home” made there"),
            max_upload_size=MEGABYTES,
            key=key,
            on_change=_take,
            args=(key,),
        )


def _take(key: str) -> None:
    state = st.session_state
    uploaded = state.get(key)
    if uploaded is None:
        return
    state[COUNT] += 1
    try:
        retention.make_room(1, visitor())
        run = from_zip(uploaded, owner=owner())
    except RunError as error:
        state[TOLD] = (False, _(str(error)))
        return
    state[TOLD] = (True, _("The run is here. It is the one that this page shows."))
    look_again()
    show(run.id)
