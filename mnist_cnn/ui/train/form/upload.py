"""A network from elsewhere: a Keras model, or another lab's zip, becomes a run here."""

from __future__ import annotations

from pathlib import PurePath
from typing import BinaryIO

import streamlit as st

from mnist_cnn.nn.keras_file import MEGABYTES
from mnist_cnn.runs import Run, RunError, retention
from mnist_cnn.runs.exchange.archive import from_zip
from mnist_cnn.runs.exchange.keras_import import from_keras
from mnist_cnn.ui.runs.queue import look_again
from mnist_cnn.ui.runs.train_link import show
from mnist_cnn.ui.text import _
from mnist_cnn.ui.visitor import owner, visitor

COUNT = "imports"
TOLD = "import_told"
HISTORIES = (".json", ".csv")


def run_upload() -> None:
    """A place for the zip; the imported run is shown at once."""
    state = st.session_state
    succeeded, sentence = state.pop(TOLD, (True, ""))
    if sentence:
        (st.success if succeeded else st.error)(sentence)
    with st.expander(_("A network from elsewhere")):
        st.markdown(
            _(
                'Your own Keras model, as `model.save("my.keras")` writes it, or the '
                "zip that “Take it home” made in another lab. It becomes one of the "
                "runs here, and every page opens it. With `hist.history` as JSON or "
                "CSV its curves come along."
            )
        )
        # A new key empties the box, so that no file is taken twice.
        key = f"import-{state.setdefault(COUNT, 0)}"
        st.file_uploader(
            _("A .keras, .h5 or .zip file, and maybe its history (.json, .csv)"),
            accept_multiple_files=True,
            max_upload_size=MEGABYTES,
            key=key,
        )
        st.button(
            _("Bring it in"),
            disabled=not st.session_state.get(key),
            on_click=_take,
            args=(key,),
        )


def _take(key: str) -> None:
    state = st.session_state
    files = state.get(key) or []
    histories = [each for each in files if each.name.lower().endswith(HISTORIES)]
    others = [each for each in files if each not in histories]
    state[COUNT] += 1
    if len(others) != 1 or len(histories) > 1:
        state[TOLD] = (False, _("Send one network, and one history at most."))
        return
    try:
        retention.make_room(1, visitor())
        run = _run(others[0], histories[0].getvalue() if histories else None)
    except RunError as error:
        state[TOLD] = (False, _(error.message))
        return
    state[TOLD] = (True, _("The run is here. It is the one that this page shows."))
    look_again()
    show(run.id)


def _run(file: BinaryIO, history: bytes | None) -> Run:
    name = PurePath(file.name)
    if name.suffix.lower() == ".zip":
        return from_zip(file, owner=owner())
    return from_keras(file.getvalue(), name.stem, history, owner=owner())
