"""Which runs there are to compare, and which are chosen: those in the link."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import streamlit as st

from mnist_cnn import runs
from mnist_cnn.analysis.comparison import (
    MAX_RUNS,
    Facts,
    facts,
    runs_in_link,
    unique_names,
)
from mnist_cnn.runs import Run, RunError, Status
from mnist_cnn.ui.frame import ARRIVED
from mnist_cnn.ui.run_titles import preset_title
from mnist_cnn.ui.text import _
from mnist_cnn.ui.training_queue import Overview, overview

CHOSEN, CHANGED, TOO_MANY = (
    "compare_chosen",
    "compare_changed",
    "compare_too_many",
)

_listed: tuple[Overview, list[Facts]] | None = None


def listed() -> list[Facts]:
    """The pretrained network and every run, newest first; at most a second old.

    The same list for all viewers, as long as nobody has looked again.
    """
    global _listed  # noqa: PLW0603 - one for all viewers, as the overview is
    seen = overview()
    if _listed is None or _listed[0] is not seen:
        _listed = seen, [*_bundled(), *(facts(*each) for each in seen.runs)]
    return _listed[1]


def _bundled() -> list[Facts]:
    found = []
    for run_id in runs.BUNDLED:
        with contextlib.suppress(RunError):
            run = runs.find(run_id)
            found.append(facts(run, run.status()))
    return found


def chosen_runs() -> list[str]:
    """The ids in the link, as far as such runs exist; at most six.

    Who comes from another page finds again what was chosen. Says what was wrong with
    the link, or which is gone. A page's first call of these.
    """
    state = st.session_state
    state.pop(CHANGED, None)
    link = st.query_params.get("runs", "")
    if state.pop(ARRIVED, False) and not link:
        link = ",".join(state.get(CHOSEN, []))
    state[CHOSEN], problems = runs_in_link(link)
    for problem in problems:
        st.warning(_(problem))
    _write_link(state[CHOSEN])
    return state[CHOSEN]


def _write_link(chosen: list[str]) -> None:
    link = ",".join(chosen)
    # Each change of the address is a step for the browser's Back: none for nothing.
    if link and st.query_params.get("runs") != link:
        st.query_params.from_dict({"runs": link})
    elif not link and "runs" in st.query_params:
        del st.query_params["runs"]


def choose(chosen: list[str]) -> None:
    """From now on these are compared; the page must run again."""
    state = st.session_state
    state[TOO_MANY] = len(chosen) > MAX_RUNS
    state[CHOSEN] = chosen[:MAX_RUNS]
    state[CHANGED] = True
    _write_link(state[CHOSEN])


def names(among: list[Facts]) -> dict[str, str]:
    """A name for people by id, each different; with the preset for one without."""
    return unique_names(
        replace(each, name=f"{preset_title(each.preset)} {each.name}".strip())
        if each.name == each.id[:6]
        else each
        for each in among
    )


def found(run_ids: list[str]) -> list[tuple[Run, Status]]:
    """Those of the runs that can (still) be read, with their status."""
    there = []
    for run_id in run_ids:
        try:
            run = runs.find(run_id)
            there.append((run, run.status()))
        except RunError:
            continue
    return there
