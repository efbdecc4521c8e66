"""Choosing a network: the pretrained one, or that of any run with a complete epoch."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import numpy  # noqa: F401 - its BLAS must be loaded before it can be limited
import streamlit as st
from threadpoolctl import threadpool_limits

from mnist_cnn import runs
from mnist_cnn.nn.network import Network, NetworkError
from mnist_cnn.runs import Run, RunError
from mnist_cnn.ui.text import _, literal

# With two threads beside a training, one digit takes 20 ms instead of 1 (measured).
threadpool_limits(limits=1, user_api="blas")

NETWORKS_KEPT = 12
CHOSEN = "chosen_network"


@dataclass(frozen=True)
class Chosen:
    """A run, its network as of the newest complete epoch, and its name for people."""

    run: Run
    network: Network
    title: str


def choose_network(label: str, *, key: str = CHOSEN) -> Chosen | None:
    """A box to choose from; the choice lasts over pages and stands in the link.

    Args:
        label: of the box.
        key: of the choice; two boxes on one page need two.

    Returns:
        None, with a sentence on the page, if the network cannot be loaded.
    """
    titles = network_titles()
    wanted = _wanted(key, titles)
    widget = f"{key}-box"
    if st.session_state.get(widget) not in titles:
        st.session_state[widget] = wanted
    run_id = st.selectbox(
        label,
        list(titles),
        list(titles).index(st.session_state[widget]),
        format_func=lambda each: titles.get(each, each),
        key=widget,
    )
    st.session_state[key] = run_id
    # Each change of the address is a step for the browser's Back: none for nothing.
    if key == CHOSEN and st.query_params.get("network", runs.PRETRAINED) != run_id:
        st.query_params["network"] = run_id
    try:
        return load_network(run_id)
    except (RunError, NetworkError) as error:
        st.error(str(error))
        return None


def _wanted(key: str, titles: dict[str, str]) -> str:
    linked = st.query_params.get("network") if key == CHOSEN else None
    remembered = st.session_state.get(key)
    if linked and linked != remembered and linked not in titles:
        st.warning(
            _(
                "The link names a network that is not here: it may have been deleted, "
                "or has no complete epoch yet. This is the pretrained one."
            )
        )
    for run_id in (linked, remembered, runs.PRETRAINED):
        if run_id in titles:
            return run_id
    return next(iter(titles), runs.PRETRAINED)


def network_titles() -> dict[str, str]:
    """Title by run id of every network that can be used, the pretrained one first."""
    folder = runs.folder()
    try:
        changed = folder.stat().st_mtime_ns
    except OSError:
        changed = 0
    return _titles(str(folder), changed)


# Each stroke on Draw asks; reading fifty run folders each time would cost more than it.
@st.cache_data(ttl=1.0, max_entries=8, show_spinner=False)
def _titles(folder: str, changed: int) -> dict[str, str]:
    return {run.id: network_title(run) for run in runs_with_network()}


def runs_with_network() -> list[Run]:
    """The pretrained run, then every run with a complete epoch, newest first."""
    found = []
    with contextlib.suppress(RunError):  # if it is damaged, the others can be used
        found.append(runs.find(runs.PRETRAINED))
    return found + [run for run in runs.list_runs() if run.has_weights]


def network_title(run: Run) -> str:
    """Its name, accuracy, and whether it is still in training."""
    name = _("Pretrained network") if run.id == runs.PRETRAINED else run.name
    try:
        status = run.status()
    except RunError:
        return name
    parts = [name]
    if status.test_accuracy is not None:
        parts.append(
            _("{share:.2%} on the test set").format(share=status.test_accuracy)
        )
    if status.is_active:
        parts.append(_("in training, epoch {n}").format(n=status.epochs_done))
    return " · ".join(parts)


def load_network(run_id: str) -> Chosen:
    """The run's network as of its newest complete epoch, from memory if unchanged.

    Raises:
        RunError, NetworkError: if there is none, in a sentence.
    """
    run = runs.find(run_id)
    try:
        changed = run.weights_path.stat().st_mtime_ns
    except OSError as error:
        raise NetworkError(
            _("Run {name} has no network yet: its first epoch is not complete.").format(
                name=literal(run.name)
            )
        ) from error
    return Chosen(run, _load(run_id, str(run.path), changed), network_title(run))


@st.cache_resource(max_entries=NETWORKS_KEPT, show_spinner=False)
def _load(run_id: str, path: str, changed: int) -> Network:
    return runs.load_network(run_id)
