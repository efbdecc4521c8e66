"""The test set at hand, what a network answers to it, and the way to look inside.

Images are shown with predictions of that very test set only.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from mnist_cnn import runs
from mnist_cnn.digits import mnist
from mnist_cnn.digits.mnist import DataError, Dataset
from mnist_cnn.jobs.evaluation_job import Evaluation
from mnist_cnn.runs import Run, RunError, predictions
from mnist_cnn.runs.predictions import Predictions, PredictionsError
from mnist_cnn.ui.job_view import offer_job
from mnist_cnn.ui.networks import Chosen
from mnist_cnn.ui.text import _

KEPT = 24


@dataclass(frozen=True)
class Source:
    """Predictions, and the digits whose images are theirs (None if not at hand)."""

    predictions: Predictions
    digits: Dataset | None


def load_digits() -> Dataset:
    """The digits at hand, read once a process.

    Raises:
        DataError: in a sentence, if there are none.
    """
    return mnist.load()


def find_predictions(chosen: Chosen) -> Source | None:
    """The saved predictions, or those made anew; None, with a sentence, if neither."""
    saved, why_not = _saved(chosen.run)
    digits = _digits()
    if digits is None:
        if saved is None:
            st.warning(_(why_not))
            return None
        return Source(saved, None)
    if saved is not None and saved.matches(digits):
        return Source(saved, digits)
    try:
        evaluation = Evaluation(chosen.run, digits)
    except RunError as error:
        st.error(str(error))
        return None
    made = _made(evaluation)
    if made is not None:
        st.caption(
            _("Read anew on the test set at hand: {source}.").format(
                source=digits.source
            )
        )
        return Source(made, digits)
    is_bundled = chosen.run.id == runs.PRETRAINED
    _offer(evaluation, saved, why_not, digits, is_bundled=is_bundled)
    return None if saved is None else Source(saved, None)


def best_predictions(
    run: Run, digits: Dataset | None
) -> tuple[Predictions | None, str]:
    """A run's answers: to the test set at hand if there are any, else as saved.

    Nothing is shown and nothing computed. Without answers, the text says why.
    """
    saved, why_not = _saved(run)
    if digits is None or (saved is not None and saved.matches(digits)):
        return saved, why_not
    try:
        made = _made(Evaluation(run, digits))
    except RunError:
        made = None
    return made or saved, why_not


def _made(evaluation: Evaluation) -> Predictions | None:
    return evaluation.result() if evaluation.path.is_file() else None


def _saved(run: Run) -> tuple[Predictions | None, str]:
    path = run.predictions_path
    try:
        changed = path.stat().st_mtime_ns if path.is_file() else 0
        return _load(str(path), changed), ""
    except PredictionsError as error:
        return None, str(error)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _load(path: str, changed: int) -> Predictions:
    return predictions.load(Path(path))


def _digits() -> Dataset | None:
    try:
        return load_digits()
    except DataError as error:
        st.error(str(error))
        return None


def _offer(
    evaluation: Evaluation,
    saved: Predictions | None,
    why_not: str,
    digits: Dataset,
    *,
    is_bundled: bool,
) -> None:
    if saved is None:
        st.info(_(why_not))
    else:
        st.warning(
            _(
                "These numbers are of another test set, of {there:,} digits, than the "
                "one at hand, which has {here:,} ({source}). So that no image stands "
                "beside another's answer, none are shown."
            ).format(
                there=len(saved.labels), here=len(digits.y_test), source=digits.source
            )
        )
    count = len(digits.y_test)
    offer_job(
        evaluation,
        key="evaluate",
        label=_("Read the {count:,} test digits at hand").format(count=count),
        progress=lambda fraction: _(
            "Reading {count:,} test digits: {fraction:.0%}"
        ).format(count=count, fraction=fraction),
        primary=True,
        # A thousand digits that it never saw: seconds.
        at_once=is_bundled and digits.is_offline,
    )


def look_inside(chosen: Chosen, index: int) -> None:
    """Goes on to what mattered in that test digit, for its answer against the truth."""
    state, layers = st.session_state, [layer.name for layer in chosen.network.layers]
    layer, unit = state.get("layer"), state.get("unit", 0)
    if layer not in layers:
        layer, unit = layers[0], 0
    # All that Look inside writes: each change of the address is one more step for Back.
    st.switch_page(
        "pages/4_Look_inside.py",
        query_params={
            "network": chosen.run.id,
            "test": str(index),
            "view": "mattered",
            "layer": layer,
            "unit": str(unit),
        },
    )
