"""A test set, what a network predicts of it, and the way to look inside.

Images are shown with predictions of that very test set only.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from mnist_cnn import runs
from mnist_cnn.digits import datasets, mnist
from mnist_cnn.digits.dataset import DataError, Dataset
from mnist_cnn.digits.link import pack
from mnist_cnn.jobs.evaluation_job import Evaluation, Preparation
from mnist_cnn.nn.damage import Damage
from mnist_cnn.runs import Run, RunError, predictions
from mnist_cnn.runs.predictions import Predictions, PredictionsError
from mnist_cnn.ui.damage_link import WHOLE
from mnist_cnn.ui.job_view import offer_job
from mnist_cnn.ui.networks import Chosen
from mnist_cnn.ui.text import _, escape

KEPT = 24
DATA = "data"


@dataclass(frozen=True)
class Source:
    """Predictions, and the digits whose images are theirs (None if not at hand).

    ``note`` says whose digits these are, and whether the network knew them.
    """

    predictions: Predictions
    digits: Dataset | None
    note: str = ""


def load_digits() -> Dataset:
    """The digits at hand, read once a process.

    Raises:
        DataError: in a sentence, if there are none.
    """
    return mnist.load()


def choose_test_set(label: str) -> str:
    """A box of data sets; the choice stands in the link and lasts over pages.

    Returns:
        A name, as in ``digits.datasets``.
    """
    state, query = st.session_state, st.query_params
    names = [*datasets.NAMES, *datasets.files()]
    linked = query.get(DATA)
    if linked is not None and linked not in names:
        del query[DATA]
        st.warning(_("The link names a test set that is not here. This is MNIST."))
    elif linked is not None:
        state[DATA] = linked
    if state.get(DATA) not in names:
        state[DATA] = names[0]
    st.selectbox(
        label,
        names,
        format_func=lambda name: _(datasets.about(name).title),
        key=DATA,
        on_change=_write_link,
        persist_state="session",
    )
    return state[DATA]


def _write_link() -> None:
    st.query_params[DATA] = st.session_state[DATA]


def find_predictions(
    chosen: Chosen, data: str = "mnist", damage: Damage = WHOLE
) -> Source | None:
    """The saved predictions, or those made anew; None, with a sentence, if neither.

    Args:
        chosen: the network.
        data: a test set's name; of those digits, what is new to the network.
        damage: what is broken in it.
    """
    trained_on = runs.trained_on(chosen.run)
    name = datasets.unseen(data, trained_on)
    saved, why_not = _saved(chosen.run, None)
    try:
        if not datasets.is_ready(name):
            _offer_preparation(name)
            return None
        digits = datasets.load(name)
    except DataError as error:
        st.error(_(error.message))
        if saved is None:
            st.warning(_(why_not))
        if saved is None or data != "mnist" or damage:
            return None
        return Source(saved, None)
    saved, why_not = _saved(chosen.run, digits)
    if damage:
        saved, why_not = None, _("Nobody has measured the broken network yet.")
    elif saved is not None and data != "mnist":
        why_not = _("This network has not read these digits yet.")
    found = saved if saved is not None and saved.matches(digits) else None
    if found is None:
        try:
            evaluation = Evaluation(chosen.run, digits, name, damage)
        except RunError as error:
            st.error(_(error.message))
            return None
        found = _made(evaluation)
    if found is None:
        is_other = data == "mnist" and saved is not None
        at_once = not is_other and not damage and chosen.run.id in runs.BUNDLED
        _offer(evaluation, saved if is_other else None, why_not, digits, at_once)
        return Source(saved, None) if is_other else None
    return Source(found, digits, _about(digits, name, trained_on))


def _about(digits: Dataset, name: str, trained_on: tuple[str, ...]) -> str:
    """Whose digits these are, and whether the network has seen them before."""
    text = _("Test digits: {source} ({people}). License: {license}.").format(
        source=_(digits.source),
        people=_(digits.about.people),
        license=digits.about.license,
    )
    if datasets.was_trained_on(name, trained_on):
        text += " " + _(
            "**This network was trained on these very digits, or on some of them**: "
            "what it reads of them says little of what it reads of others."
        )
    elif name in trained_on and digits.groups is not None:
        text += " " + _("Only of people this network was not trained on.")
    return text


def _offer_preparation(name: str) -> None:
    about, job = datasets.about(name), Preparation(name)
    if job.progress().state != "failed":
        st.info(
            _(
                "{title} are not drawn yet: each is drawn on a canvas as a person "
                "would, and prepared as a drawing is."
            ).format(title=escape(_(about.title)))
        )
    offer_job(
        job,
        key="prepare",
        label=_("Draw and prepare them"),
        progress=lambda fraction: _("Drawing and preparing: {fraction:.0%}").format(
            fraction=fraction
        ),
        primary=True,
        at_once=True,
    )


def best_predictions(
    run: Run, digits: Dataset | None, data: str = "mnist"
) -> tuple[Predictions | None, str]:
    """A run's predictions: of these digits if there are any, else as saved.

    Nothing is shown and nothing computed. Without any, the text says why.
    """
    saved, why_not = _saved(run, digits)
    if digits is None or (saved is not None and saved.matches(digits)):
        return saved, why_not
    try:
        made = _made(Evaluation(run, digits, data))
    except RunError:
        made = None
    return made or saved, why_not


def _made(evaluation: Evaluation) -> Predictions | None:
    return evaluation.result() if evaluation.path.is_file() else None


def _saved(run: Run, digits: Dataset | None) -> tuple[Predictions | None, str]:
    path = run.predictions_path
    try:
        changed = path.stat().st_mtime_ns if path.is_file() else 0
        return _load(
            run, digits, f"{path} {digits and digits.fingerprint}", changed
        ), ""
    except PredictionsError as error:
        return None, error.message


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _load(_run: Run, _digits: Dataset | None, key: str, changed: int) -> Predictions:
    return predictions.of_run(_run, _digits)


def digits_at_hand() -> Dataset | None:
    """The digits at hand; None, with a sentence on the page, if there are none."""
    try:
        return load_digits()
    except DataError as error:
        st.error(_(error.message))
        return None


def _offer(
    evaluation: Evaluation,
    saved: Predictions | None,
    why_not: str,
    digits: Dataset,
    at_once: bool,
) -> None:
    if saved is None:
        st.info(_(why_not))
    else:
        st.warning(
            _(
                "These numbers are of another test set, of {there:,} digits, than the "
                "one at hand, which has {here:,} ({source}). So that no image stands "
                "beside another's prediction, none are shown."
            ).format(
                there=len(saved.labels),
                here=len(digits.y_test),
                source=_(digits.source),
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
        at_once=at_once,
    )


def look_inside(chosen: Chosen, index: int, digits: Dataset | None = None) -> None:
    """Goes on to what mattered in that test digit, for its answer against the truth.

    Args:
        chosen: the network.
        index: of the digit in its test set.
        digits: the test set, if it may be another than the one at hand.
    """
    named = {"test": str(index)}
    if digits is not None and digits.fingerprint != load_digits().fingerprint:
        named = {"digit": pack(digits.x_test[index] / 255)}
    state, layers = st.session_state, [layer.name for layer in chosen.network.layers]
    layer, unit = state.get("layer"), state.get("unit", 0)
    if layer not in layers:
        layer, unit = layers[0], 0
    # All that Look inside writes: each change of the address is one more step for Back.
    st.switch_page(
        "pages/4_Look_inside.py",
        query_params={
            "network": chosen.run.id,
            **named,
            "view": "mattered",
            "layer": layer,
            "unit": str(unit),
        },
    )
