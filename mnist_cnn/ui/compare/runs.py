"""Which runs there are to compare, and which are chosen: those in the link."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace

import streamlit as st

from mnist_cnn import runs
from mnist_cnn.analysis.comparison import (
    MAX_RUNS,
    Facts,
    facts,
    runs_in_link,
    unique_names,
)
from mnist_cnn.digits.mnist import Dataset
from mnist_cnn.figures.style import COLORS
from mnist_cnn.runs import Run, RunError, Status
from mnist_cnn.runs.predictions import Predictions
from mnist_cnn.ui.links import arrived_without
from mnist_cnn.ui.runs.queue import Overview, overview
from mnist_cnn.ui.runs.titles import run_title
from mnist_cnn.ui.test_set import best_predictions
from mnist_cnn.ui.text import _, language

CHOSEN, CHANGED, TOO_MANY = (
    "compare_chosen",
    "compare_changed",
    "compare_too_many",
)
MARKS = ("●", "◆", "■", "✚", "▲", "★")


@dataclass(frozen=True)
class Compared:
    """A chosen run, and how it is told from the others.

    Attributes:
        run, status: as far as it is.
        name: for people, unlike the others'.
        index: among the chosen, which makes its color and mark.
    """

    run: Run
    status: Status
    name: str
    index: int

    @property
    def color(self) -> str:
        """Of its lines and its mark."""
        return COLORS[self.index]

    @property
    def mark(self) -> str:
        """The symbol of its lines, as text."""
        return MARKS[self.index]

    def predictions(self, digits: Dataset | None) -> tuple[Predictions | None, str]:
        """For the test set at hand, else as saved; without any, the text says why."""
        return best_predictions(self.run, digits)


def listed() -> list[Facts]:
    """The lab's own networks, and every run, newest first; at most a second old."""
    seen = overview()
    stamp = [(run.id, run.name, run.starred, repr(status)) for run, status in seen.runs]
    return _listed(str(runs.folder()), stamp, language(), seen)


@st.cache_data(max_entries=4, show_spinner=False)
def _listed(
    folder: str, stamp: list[tuple], language: str, _seen: Overview
) -> list[Facts]:
    return [*_bundled(), *(_facts(*each) for each in _seen.runs)]


def _facts(run: Run, status: Status) -> Facts:
    """Under the name that it has in every list."""
    return replace(facts(run, status), name=run_title(run))


def _bundled() -> list[Facts]:
    found = []
    for run_id in runs.BUNDLED:
        with contextlib.suppress(RunError):
            run = runs.find(run_id)
            found.append(_facts(run, run.status()))
    return found


def chosen_runs() -> list[str]:
    """The ids in the link, as far as such runs exist; at most six.

    Who comes from another page finds again what was chosen. Says what was wrong with
    the link, or which is gone. A page's first call of these.
    """
    state = st.session_state
    state.pop(CHANGED, None)
    link = st.query_params.get("runs", "")
    if arrived_without("runs"):
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


def compared(run_ids: list[str]) -> list[Compared]:
    """Those of the runs that can (still) be read."""
    known, there = unique_names(listed()), []
    for run_id in run_ids:
        try:
            run = runs.find(run_id)
            name = known.get(run.id) or run_title(run)
            there.append(Compared(run, run.status(), name, len(there)))
        except RunError:
            continue
    return there
