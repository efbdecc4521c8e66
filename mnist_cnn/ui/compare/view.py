"""The chosen runs' curves in one picture, their settings, and what all runs reach."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from mnist_cnn import runs
from mnist_cnn.analysis.comparison import Facts
from mnist_cnn.experiments.differences import differences
from mnist_cnn.figures.comparison import Curve, overlaid
from mnist_cnn.figures.cost import against_parameters, against_time
from mnist_cnn.runs.status import FINAL_STATES
from mnist_cnn.ui.compare.runs import found, listed, names
from mnist_cnn.ui.components.live_chart import live_chart, shared_figure
from mnist_cnn.ui.run_titles import preset_title
from mnist_cnn.ui.text import _, escape
from mnist_cnn.ui.viewers import note_look

LOOK_SECONDS = 2.0


def pictures(chosen: list[str]) -> None:
    """Curves and the two pictures of all runs; drawn again while any run trains."""
    live = any(each.state not in FINAL_STATES for each in listed())
    pace = max(LOOK_SECONDS, note_look()) if live else None
    st.fragment(_look, run_every=pace)(chosen)


def _look(chosen: list[str]) -> None:
    everything = listed()
    curves, dots = st.container(), st.container()
    with curves:
        if chosen:
            _curves(chosen, names(everything))
    with dots:
        _dots(everything, chosen)


def _curves(chosen: list[str], known: dict[str, str]) -> None:
    st.header(_("Curves"), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center"):
        along = st.segmented_control(
            _("Along"),
            [_("Epochs"), _("Time")],
            default=_("Epochs"),
            required=True,
            key="compare_along",
            label_visibility="collapsed",
        )
        log = st.toggle(_("Logarithmic"), key="compare_log")
    by_time = along == _("Time")
    there = found(chosen)
    drawn = [
        Curve(
            known.get(run.id, run.name),
            run.metrics(),
            status.steps_per_epoch,
        )
        for run, status in there
    ]
    without = [curve.name for curve in drawn if not len(curve.metrics)]
    key = (
        str(runs.folder()),
        tuple((run.id, run.created) for run, _status in there),
        tuple((curve.name, curve.metrics.version) for curve in drawn),
        by_time,
        log,
    )
    left, right = st.columns(2, gap="small")
    for place, measure, title in (
        (left, "loss", _("Loss")),
        (right, "accuracy", _("Accuracy")),
    ):
        with place:
            st.markdown(f"**{title}**")
            live_chart(
                shared_figure(
                    (*key, measure),
                    lambda measure=measure: overlaid(
                        drawn, measure, by_time=by_time, log=log
                    ),
                ),
                key=f"compare-{measure}",
                label=_spoken(title, drawn, measure),
                height=_height(len(chosen)),
            )
    st.caption(
        _(
            "One color a run: dashed is training, smoothed; solid is validation, at "
            "each epoch's end."
        )
    )
    if without:
        st.caption(
            _("No curve yet: {names}.").format(names=", ".join(map(escape, without)))
        )


def _height(count: int) -> int:
    """Of a picture with that many runs in its legend, which may have a line each."""
    return 320 + 20 * count


def _spoken(title: str, drawn: list[Curve], measure: str) -> str:
    told = [
        _("{name}: validation {value:.4f} after epoch {epoch}").format(
            name=curve.name, value=getattr(point, f"val_{measure}"), epoch=point.epoch
        )
        for curve in drawn
        for point in curve.metrics.epochs[-1:]
    ]
    return f"{title}. {'; '.join(told)}"


def settings(chosen: list[str]) -> None:
    """The settings in which the chosen runs differ, and only those."""
    there = found(chosen)
    if len(there) < 2:
        return
    st.header(_("Where their settings differ"), anchor=False)
    differing = differences([run.config for run, _status in there])
    sources = [escape(status.source or _("not known yet")) for _run, status in there]
    if len(set(sources)) > 1:
        differing["Digits"] = sources
    if not differing:
        st.markdown(_("They have the same settings throughout, and the same seed."))
        return
    known = names(listed())
    shown = [escape(known.get(run.id, run.name)) for run, _status in there]
    # A run a column: there are fewer runs than settings, also on a phone.
    columns = dict(zip(shown, zip(*differing.values(), strict=True), strict=True))
    st.table(
        {_("Setting"): [_(title) for title in differing]} | columns, hide_index=True
    )


def _dots(everything: list[Facts], chosen: list[str]) -> None:
    st.header(_("What it costs, and what it reaches"), anchor=False)
    measured = tuple(each for each in everything if each.accuracy is not None)
    if not measured:
        st.caption(_("No run has been tested yet."))
        return
    known = names(everything)

    def named() -> list[Facts]:
        return [
            replace(
                each,
                name=known[each.id],
                preset=preset_title(each.preset),
            )
            for each in measured
        ]

    left, right = st.columns(2, gap="small")
    for place, name, title, draw in (
        (left, "parameters", _("Accuracy against parameters"), against_parameters),
        (right, "time", _("Accuracy against training time"), against_time),
    ):
        with place:
            st.markdown(f"**{title}**")
            live_chart(
                shared_figure(
                    (hash(measured), tuple(chosen), name),
                    lambda draw=draw: draw(named(), chosen),
                ),
                key=f"compare-{name}",
                label=_("{title}, of {count} runs").format(
                    title=title, count=len(measured)
                ),
                height=_height(len(chosen)),
            )
    st.caption(
        _(
            "A dot is a run; hover to see which. The scale of accuracies is one of "
            "mistakes: from 0.9 to 0.99 is as far as from 0.99 to 0.999, since each "
            "leaves a tenth of the mistakes. The bottom is 0."
        )
    )
