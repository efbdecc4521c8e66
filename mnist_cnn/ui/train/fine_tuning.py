"""What a fine-tuned network gained on the new digits, and what it forgot of the old."""

from __future__ import annotations

import streamlit as st

from mnist_cnn import runs
from mnist_cnn.digits import datasets
from mnist_cnn.nn.architecture import LayeredArchitecture
from mnist_cnn.nn.weights import weight_shapes
from mnist_cnn.runs import Run, RunError, Status
from mnist_cnn.runs.status import DataTest
from mnist_cnn.ui.text import _, escape


def gained_and_forgotten(run: Run, status: Status) -> None:
    """Each data set, before and after, side by side; nothing for other runs."""
    if not status.tests:
        return
    if run.config.start_from:
        _start(run)
    with st.container(horizontal=True):
        for test in status.tests:
            _one(test)
    st.caption(
        _(
            "Test digits of each data set, by other people where the writers are "
            "known; “all writers” were trained on."
            if any(test.data.endswith(datasets.ALL) for test in status.tests)
            else "Test digits of each data set, by other people where the writers are "
            "known."
        )
    )
    if run.config.start_from:
        st.caption(_("Below the line: what was gained, or forgotten, since the start."))


def _start(run: Run) -> None:
    name, there = run.config.start_from[:10], None
    try:
        other = runs.find(run.config.start_from)
        name, there = other.name, other.config.network
    except RunError:  # it has been deleted
        pass
    st.caption(
        _("It started from the network of run {name}.").format(name=escape(name))
    )
    if there is not None:
        where_layers_start(there, run.config.network)


def where_layers_start(there: LayeredArchitecture, here: LayeredArchitecture) -> None:
    """Which layers begin with the weights of the other network, and which anew."""
    known, wanted = weight_shapes(there), weight_shapes(here)
    layers = dict.fromkeys(name.partition("/")[0] for name in wanted)
    differing = {name for name, shape in wanted.items() if known.get(name) != shape}
    new = [x for x in layers if any(each.startswith(f"{x}/") for each in differing)]
    kept = [name for name in layers if name not in new]
    st.caption(
        _("From there: {layers}.").format(layers=", ".join(kept) or _("no layer"))
    )
    if new:
        st.caption(
            _("From random weights, since their shape is another: {layers}.").format(
                layers=", ".join(new)
            )
        )


def _one(test: DataTest) -> None:
    value = "…" if test.after is None else f"{test.after:.2%}"
    change = None
    if test.before is not None:
        change = _("from {before:.2%}").format(before=test.before)
        if test.after is not None:
            points = 100 * (test.after - test.before)
            change = _("{points:+.2f} points, {change}").format(
                points=points, change=change
            )
    title = _(
        "{title}, all writers, {count:,} digits"
        if test.data.endswith(datasets.ALL)
        else "{title}, {count:,} digits"
    ).format(title=escape(test.title), count=test.examples)
    st.metric(
        title,
        value,
        change,
        delta_color="off" if test.after is None else "normal",
        width="content",
    )
