"""The pictures that are seen while a run is trained: curves, kernels, predictions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import streamlit as st

from mnist_cnn.digits import dataset, mnist
from mnist_cnn.figures.epoch_predictions import predictions_by_epoch
from mnist_cnn.figures.kernels import kernels_picture
from mnist_cnn.figures.learning_curves import accuracy_curve, loss_curve
from mnist_cnn.runs import Run, Status
from mnist_cnn.runs.metrics import Metrics
from mnist_cnn.runs.schema import KERNELS
from mnist_cnn.storage.arrays import ArraySpec, read_arrays
from mnist_cnn.ui.components.live_chart import live_chart, shared_figure
from mnist_cnn.ui.runs.queue import overview
from mnist_cnn.ui.text import _, four_decimals

# Both curves, kernels and predictions fit one screen, of a phone and of a projector.
CURVE_HEIGHT = "max(128px, min(30vh, 33vw))"
PICTURE_HEIGHT = "max(116px, min(23vh, 26vw))"
NEWEST_ROWS = 4
MAX_SEEDS = 8
NO_KERNELS = np.full((5, 5, 1, 32), np.nan)


def curves(run: Run, metrics: Metrics) -> None:
    """Loss and accuracy, batch by batch, with the spread of other seeds."""
    log = st.session_state.get("log_loss", False)
    others = other_seeds(run)
    key = (str(run.path), metrics.version, *(each.version for each in others))
    loss, accuracy = st.columns(2, gap="small")
    with loss:
        live_chart(
            shared_figure(
                (*key, "loss", log), lambda: loss_curve(metrics, others, log=log, _=_)
            ),
            key=f"loss-{run.id}",
            label=_label(_("Loss by batch"), metrics, "loss"),
            height=CURVE_HEIGHT,
        )
    with accuracy:
        live_chart(
            shared_figure(
                (*key, "accuracy"), lambda: accuracy_curve(metrics, others, _=_)
            ),
            key=f"accuracy-{run.id}",
            label=_label(_("Accuracy by batch"), metrics, "accuracy"),
            height=CURVE_HEIGHT,
        )


def other_seeds(run: Run) -> list[Metrics]:
    """What runs with the same settings, but for the seed, have measured."""
    alike = replace(run.config, seed=0)
    found: dict[int, Metrics] = {}
    for other, _status in overview().runs:
        seed = other.config.seed
        if replace(other.config, seed=0) == alike and seed != run.config.seed:
            found.setdefault(seed, other.metrics(1.0))
    return [metrics for metrics in found.values() if metrics.epochs][:MAX_SEEDS]


def kernels(run: Run) -> None:
    """The first layer's kernels as they are now."""
    arrays = read(run.kernels_path, KERNELS)
    steps = [] if arrays is None else arrays["steps"]
    step = int(steps[-1]) if len(steps) else 0
    picture = shared_figure(
        (str(run.path), step, len(steps), "kernels now"),
        lambda: kernels_picture(
            arrays["kernels"][-1] if len(steps) else NO_KERNELS, scale=False, _=_
        ),
    )
    live_chart(
        picture,
        key=f"kernels-now-{run.id}",
        label=_("The first layer's kernels after batch {step}").format(step=step),
        height=PICTURE_HEIGHT,
    )


def predictions_chart(run: Run, status: Status, metrics: Metrics) -> None:
    """What the network predicts of the watched digits: at first, and lately."""
    predictions = metrics.predictions()
    epochs = list(predictions)
    shown = epochs[:1] + epochs[1:][-NEWEST_ROWS:]
    live_chart(
        shared_figure(
            (str(run.path), tuple(shown), metrics.version[0], "answers"),
            lambda: predictions_by_epoch(
                {epoch: predictions[epoch] for epoch in shown},
                watched_digits(run, status),
                rows=NEWEST_ROWS + 1,
                _=_,
            ),
        ),
        key=f"answers-{run.id}",
        label=_("Predictions for ten test digits, and for yours, epoch by epoch"),
        height=PICTURE_HEIGHT,
    )


def watched_digits(run: Run, status: Status) -> np.ndarray | None:
    """The digits that the training reads again, uint8 (N, 28, 28), if they are here."""
    # Making the offline digits takes seconds; pictures are not worth that wait.
    if mnist.find() is None and not mnist.offline_file().is_file():
        return None
    try:
        digits = mnist.load()
    except mnist.DataError:
        return None
    if digits.fingerprint != status.fingerprint:
        return None
    return dataset.watched_digits(digits, run.drawing())


def read(path: Path, spec: ArraySpec) -> dict[str, np.ndarray] | None:
    """The arrays in a file of a run; None if it is missing or damaged."""
    try:
        return _read_arrays(path, path.stat().st_mtime_ns, spec)
    except (OSError, ValueError):
        return None


@st.cache_resource(max_entries=32, show_spinner=False)
def _read_arrays(path: Path, changed: int, spec: ArraySpec) -> dict[str, np.ndarray]:
    return read_arrays(path, spec)


def _label(title: str, metrics: Metrics, name: str) -> str:
    if not len(metrics):
        return _("{title}: no batch has been measured yet").format(title=title)
    last = {"value": getattr(metrics, name)[-1], "step": int(metrics.step[-1])}
    if not metrics.epochs:
        text = _("{title}: {value:.3f} after batch {step:,}")
        return text.format(title=title, **last)
    newest = metrics.epochs[-1]
    return _(
        "{title}: {value:.3f} after batch {step:,}; after epoch {epoch}: validation "
        "{validation}"
    ).format(
        title=title,
        epoch=newest.epoch,
        validation=four_decimals(getattr(newest, f"val_{name}")),
        **last,
    )
