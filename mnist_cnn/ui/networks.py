"""Choosing a network: the pretrained one, or that of any run that has kept one.

The link says which, by the run's id. Streamlit's own ``bind`` would put the label
there, which changes with every epoch, and leave no step for the browser's Back.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from mnist_cnn import runs
from mnist_cnn.nn.damage import Damage
from mnist_cnn.nn.network import Network
from mnist_cnn.nn.weights import NetworkError
from mnist_cnn.runs import Run, RunError
from mnist_cnn.ui.network_cache import newest_network
from mnist_cnn.ui.runs.titles import run_title
from mnist_cnn.ui.text import _, language
from mnist_cnn.ui.widget_keys import key_of, take_new

NETWORK = "network"
# The run of this session whose network the pages take when it has ended.
EXPECTED = "expected_network"


@dataclass(frozen=True)
class Chosen:
    """A run, its network as of the newest complete epoch, and its name for people.

    Attributes:
        step: of the moment on its way whose network it is instead, see ``moments``.
    """

    run: Run
    network: Network
    title: str
    step: int | None = None


def choose_network(label: str) -> Chosen | None:
    """A box to choose from; the choice stands in the link and lasts over pages.

    Returns:
        None, with a sentence on the page, if the network cannot be loaded.
    """
    state, titles = st.session_state, network_titles()
    run_id = st.query_params.get(NETWORK)
    if run_id is not None and run_id not in titles:
        del st.query_params[NETWORK]
        state.network_is_gone = bool(run_id)
    if run_id not in titles:
        run_id = next(iter(titles), runs.PRETRAINED)
    if state.get(NETWORK, runs.PRETRAINED) != run_id:
        state[NETWORK] = run_id
        st.rerun()  # the links to the other pages name it, too
    if state.pop("network_is_gone", False):
        st.warning(
            _(
                "The link names a network that is not here: it may have been deleted, "
                "or has no complete epoch yet. This is the pretrained one."
            )
        )

    def write_link(sent: str) -> None:
        st.query_params[NETWORK] = sent

    return _box(label, "network_box", run_id, titles, write_link)


def expect_network(run_id: str) -> None:
    """When that run has ended, the other pages open with its network."""
    st.session_state[EXPECTED] = run_id


def take_expected_network() -> None:
    """Once on a page, before it links to the others."""
    state = st.session_state
    try:
        run = runs.find(state.get(EXPECTED))
        if not run.status().is_final:
            return
    except RunError:
        pass
    else:
        if run.has_weights:
            state[NETWORK] = run.id
    state.pop(EXPECTED, None)


def choose_other_network(label: str) -> Chosen | None:
    """The same for a second network, which the link does not name."""
    state, titles = st.session_state, network_titles()
    run_id = state.get("other_network")
    if run_id not in titles:
        first = state.get(NETWORK, runs.PRETRAINED)
        others = [each for each in titles if each != first]
        run_id = next(iter(others), runs.PRETRAINED)

    def keep(sent: str) -> None:
        state["other_network"] = sent

    return _box(label, "other_network_box", run_id, titles, keep)


def _box(
    label: str,
    name: str,
    run_id: str,
    titles: dict[str, str],
    choose: Callable[[str], None],
) -> Chosen | None:
    def take(sent: str) -> None:
        if sent in titles:  # not the label of an hour ago
            choose(sent)

    key = key_of(name, run_id)
    # Each time: a browser that holds the label of an hour ago gets the new one.
    st.session_state[key] = run_id
    st.selectbox(
        label,
        list(titles),
        format_func=lambda each: titles.get(each, each),
        key=key,
        on_change=partial(take_new, key, run_id, take),
    )
    try:
        return load_network(run_id)
    except (RunError, NetworkError) as error:
        st.error(_(error.message))
        return None


def network_titles() -> dict[str, str]:
    """Title by run id of every network that can be used, the pretrained one first.

    No two are the same: what a browser sends back is a title.
    """
    folder = runs.folder()
    try:
        changed = folder.stat().st_mtime_ns
    except OSError:
        changed = 0
    return _titles(str(folder), changed, language())


# Each stroke on Draw asks; reading fifty run folders each time would cost more than it.
@st.cache_data(ttl=1.0, max_entries=8, show_spinner=False)
def _titles(folder: str, changed: int, language: str) -> dict[str, str]:
    titles = {run.id: network_title(run) for run in runs_with_network()}
    times = Counter(titles.values())
    return {
        run_id: title if times[title] == 1 else f"{title} ({run_id[:6]})"
        for run_id, title in titles.items()
    }


def runs_with_network() -> list[Run]:
    """What comes with the lab, then every run that has kept a network, newest first."""
    found = []
    for run_id in runs.BUNDLED:
        with contextlib.suppress(RunError):  # a damaged one leaves the others
            found.append(runs.find(run_id))
    return found + [run for run in runs.list_runs() if run.has_weights]


def network_title(run: Run) -> str:
    """Its name, test accuracy, and whether it is in training; short, for a box."""
    name = run_title(run)
    try:
        status = run.status()
    except RunError:
        return name
    parts = [name]
    if status.test_accuracy is not None:
        parts.append(f"{status.test_accuracy:.2%}")
    if status.is_active:
        parts.append(_("in training, epoch {n}").format(n=status.epochs_done))
    return " · ".join(parts)


def load_network(run_id: str) -> Chosen:
    """The run's network as of its newest complete epoch, from memory if unchanged.

    Raises:
        RunError, NetworkError: if there is none, in a sentence.
    """
    run = runs.find(run_id)
    return Chosen(run, newest_network(run), network_title(run))


def broken(chosen: Chosen, damage: Damage) -> Chosen:
    """The chosen network, broken; the same one if nothing is."""
    if not damage:
        return chosen
    _whole, network = _damaged(chosen.network, damage)
    return replace(chosen, network=network, title=broken_title(chosen.title, damage))


def broken_title(title: str, damage: Damage) -> str:
    """What a network of that title is called, broken; the same if nothing is."""
    return _("{name}, broken").format(name=title) if damage else title


# Both, since no other network has the id of one that lives. May have 13 MB each.
@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs={Network: id})
def _damaged(network: Network, damage: Damage) -> tuple[Network, Network]:
    return network, network.damaged(damage)
