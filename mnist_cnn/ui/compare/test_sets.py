"""Networks by test sets: what one reads that was trained on other people's digits."""

from __future__ import annotations

import streamlit as st

from mnist_cnn import runs
from mnist_cnn.analysis.evaluation import accuracy
from mnist_cnn.digits import datasets
from mnist_cnn.digits.dataset import DataError
from mnist_cnn.jobs.evaluation_job import Evaluation, Preparation
from mnist_cnn.runs import Run, RunError
from mnist_cnn.storage.background import BackgroundFile
from mnist_cnn.ui.compare.runs import Compared, compared
from mnist_cnn.ui.job_view import offer_job
from mnist_cnn.ui.test_set import best_predictions
from mnist_cnn.ui.text import _
from mnist_cnn.ui.wide_table import wide_table

READING = "compare_reading"


def test_sets(chosen: list[Compared]) -> None:
    """A row for each chosen network, or those that come with the lab."""
    there = chosen or compared(list(runs.BUNDLED))
    there = [each for each in there if each.run.has_weights]
    if not there:
        return
    st.header(_("Networks by test sets"), anchor=False)
    rows, jobs = [], []
    has_seen = False
    for each in there:
        run, row = each.run, {_("Network"): each.name}
        trained_on = runs.trained_on(run)
        for data in (*datasets.NAMES, *datasets.files()):
            name = datasets.unseen(data, trained_on)
            was_trained_on = datasets.was_trained_on(name, trained_on)
            has_seen |= was_trained_on
            known, job = _accuracy(run, name)
            text = "…" if known is None else f"{known:.2%}"
            row[_(datasets.about(data).title)] = text + "*" * was_trained_on
            jobs += [job] if job else []
        rows.append(row)
    wide_table(rows)
    st.caption(
        _(
            "Accuracy: the fraction of test digits predicted correctly. Networks that "
            "differ in nothing but their data differ in whom they can read."
        )
        + (_(" *Trained on these very digits, or on some of them.") if has_seen else "")
    )
    if jobs:
        _offer(jobs)


def _accuracy(run: Run, name: str) -> tuple[float | None, BackgroundFile | None]:
    """Accuracy, if it is known, and what finds it out, if that is possible."""
    try:
        if not datasets.is_ready(name):
            return None, Preparation(name)
        digits = datasets.load(name)
    except DataError:
        return None, None
    found, _why_not = best_predictions(run, digits, name)
    if found is not None and found.matches(digits):
        return accuracy(found.probabilities, found.labels), None
    try:
        return None, Evaluation(run, digits, name)
    except RunError:  # somebody has just deleted it
        return None, None


def _offer(jobs: list[BackgroundFile]) -> None:
    """One after another, once somebody has asked for it; what failed comes last."""
    once = {job.path: job for job in jobs}.values()
    jobs = sorted(once, key=lambda job: job.progress().state == "failed")
    job, state = jobs[0], st.session_state
    state[READING] = state.get(READING) or job.progress().state == "running"
    offer_job(
        job,
        key="read-test-sets",
        label=_("Read what is missing"),
        progress=lambda fraction: _("{count} to go: {fraction:.0%}").format(
            count=len(jobs), fraction=fraction
        ),
        at_once=state[READING],
    )
    state[READING] = state[READING] and job.progress().state in ("running", "done")
