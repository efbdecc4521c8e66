"""Take it home: a run and its network as files for other programs and other labs."""

from __future__ import annotations

from functools import partial

import streamlit as st

from mnist_cnn.experiments.keras_script import keras_script
from mnist_cnn.jobs.keras_export import FORMATS, STEPS, KerasExport
from mnist_cnn.runs import Run, RunError
from mnist_cnn.runs.exchange.archive import to_zip
from mnist_cnn.runs.metrics import to_csv
from mnist_cnn.ui.components.network_page import network_page
from mnist_cnn.ui.job_view import offer_job
from mnist_cnn.ui.text import _


def take_home(run: Run) -> None:
    """Downloads of a run; before its end the Python file only."""
    try:
        status = run.status()
    except RunError:
        return
    with st.expander(_("Take it home")):
        _download(
            run,
            "train_mnist_cnn.py",
            _("Python file"),
            partial(keras_script, run.config, _),
            _(
                "Trains the same network with plain Keras, in about a hundred lines, "
                "and says what it does not do as the lab does."
            ),
        )
        if not status.is_final:
            st.caption(_("The network and its curve, when the training has ended."))
            return
        metrics = run.metrics()
        if len(metrics):
            _download(
                run,
                "curve.csv",
                _("Curve as CSV"),
                lambda: to_csv(metrics),
                _("Every batch and every epoch, for a spreadsheet."),
            )
        if run.has_weights:
            _download(
                run,
                "network.html",
                _("Page that reads"),
                partial(network_page, run),
                _(
                    "Canvas and network in one file: a double click opens it, on a "
                    "phone too, without this server or the internet."
                ),
            )
            _keras(run)
            _litert(run)
        _download(
            run,
            "run.zip",
            _("Run as a zip"),
            partial(to_zip, run),
            _(
                "Settings, curve, network and test predictions. On the Train page of "
                "another lab, “A network from elsewhere” takes it."
            ),
        )


def _keras(run: Run) -> None:
    about = _("The network for Keras: keras.saving.load_model opens it.")
    if run.model_path.is_file():
        label = _("Keras file (.keras)")
        _download(run, "mnist_cnn.keras", label, run.model_path.read_bytes, about)
    else:
        _export(run, "keras", _("Keras file (.keras)"), about)


def _litert(run: Run) -> None:
    about = _(
        "The network for phones and small boards (LiteRT, formerly TensorFlow Lite). "
        "It reads float32 (N, 28, 28, 1) from 0 to 1."
    )
    _export(run, "litert", _("LiteRT file (.tflite)"), about)


def _export(run: Run, kind: str, label: str, about: str) -> None:
    try:
        export = KerasExport(run, kind)
    except RunError as error:
        st.error(_(error.message))
        return
    if export.path.is_file():
        name = f"mnist_cnn{FORMATS[kind]}"
        _download(run, name, label, export.path.read_bytes, about)
        return
    offer_job(
        export,
        key=f"make-{kind}-{run.id}",
        label=_("Make the {file}").format(file=label),
        progress=lambda fraction: _("{file}: {step} …").format(
            file=label, step=_(STEPS[round(fraction * len(STEPS)) % len(STEPS)])
        ),
        icon=":material/build:",
    )
    st.caption(f"{about} {_('Made when asked for, in about a quarter of a minute.')}")


def _download(run: Run, name: str, label: str, content, about: str) -> None:
    st.download_button(
        label,
        # Made when it is pressed, not each time the page is shown.
        content,
        file_name=f"{run.id[:6]}-{name}",
        mime="application/octet-stream",
        key=f"home-{name}-{run.id}",
        icon=":material/download:",
        on_click="ignore",
    )
    st.caption(about)
