"""The chosen runs' curves in one picture, their settings, and what all runs reach."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from mnist_cnn import runs
from mnist_cnn.analysis.comparison import Facts, unique_names
from mnist_cnn.analysis.verdict import seed_groups
from mnist_cnn.experiments.differences import differences
from mnist_cnn.figures.comparison import Curve, is_crowded, overlaid
from mnist_cnn.figures.cost import against_parameters, against_time
from mnist_cnn.runs.status import FINAL_STATES
from mnist_cnn.ui.compare.runs import Compared, compared, listed
from mnist_cnn.ui.components.live_chart import live_chart, shared_figure
from mnist_cnn.ui.runs.titles import preset_title
from mnist_cnn.ui.runs.viewers import note_look
from mnist_cnn.ui.text import _, escape, four_decimals, plain
from mnist_cnn.ui.wide_table import wide_table

LOOK_SECONDS = 2.0
HEIGHT = "max(260px, 38vh)"
# Each chart's place is that high before it has come.
PLACES = f"""<style>
:is(.st-key-compare-loss, .st-key-compare-accuracy) {{ min-height: {HEIGHT}; }}
:is(.st-key-compare-parameters, .st-key-compare-time) {{ min-height: {HEIGHT}; }}
</style>"""


def curves(chosen: list[str]) -> None:
    """Loss and accuracy of the chosen runs; drawn again while any run trains."""
    st.html(PLACES)
    st.fragment(_curves, run_every=_pace())(chosen)


def costs(chosen: list[str]) -> None:
    """What all runs cost and reach, the chosen ones marked."""
    st.fragment(_costs, run_every=_pace())(chosen)


def _pace() -> float | None:
    live = any(each.state not in FINAL_STATES for each in listed())
    return max(LOOK_SECONDS, note_look()) if live else None


def _curves(chosen: list[str]) -> None:
    there = compared(chosen)
    groups = seed_groups({each.run.id: each.run.config for each in there})
    seeds_of = {run_id: n for n, ids in enumerate(groups) for run_id in ids}
    drawn = [
        Curve(
            each.name,
            each.run.metrics(),
            each.status.steps_per_epoch,
            seeds_of[each.run.id],
        )
        for each in there
    ]
    charts = st.container()
    with st.container(horizontal=True, vertical_alignment="center"):
        along = {False: _("Epochs"), True: _("Time")}
        by_time = st.segmented_control(
            _("Along"),
            list(along),
            format_func=along.get,
            default=False,
            required=True,
            key="compare_along",
            label_visibility="collapsed",
        )
        log = st.toggle(_("Logarithmic"), key="compare_log")
    key = (
        str(runs.folder()),
        tuple((each.run.id, each.run.created) for each in there),
        tuple((curve.name, curve.seeds_of, curve.metrics.version) for curve in drawn),
        by_time,
    )
    left, right = charts.columns(2, gap="small")
    for column, measure, title, by_log in (
        (left, "loss", _("loss"), log),
        (right, "accuracy", _("accuracy"), log or is_crowded(drawn)),
    ):
        with column:
            live_chart(
                shared_figure(
                    (*key, measure, by_log),
                    lambda measure=measure, by_log=by_log: overlaid(
                        drawn,
                        measure,
                        by_time=by_time,
                        log=by_log,
                        _=_,
                    ),
                ),
                key=f"compare-{measure}",
                label=_spoken(title, drawn, measure),
                height=HEIGHT,
            )
    st.caption(
        _(
            "One color a run: dashed is training, smoothed; solid is validation, at "
            "each epoch's end. A band is the spread of seeds. Accuracies near 1 stand "
            "on a scale of mistakes."
        )
    )
    if without := [curve.name for curve in drawn if not len(curve.metrics)]:
        st.caption(
            _("No curve yet: {names}.").format(names=", ".join(map(escape, without)))
        )


def _spoken(title: str, drawn: list[Curve], measure: str) -> str:
    told = [
        _("{name}: validation {value} after epoch {epoch}").format(
            name=curve.name,
            value=four_decimals(getattr(point, f"val_{measure}")),
            epoch=point.epoch,
        )
        for curve in drawn
        for point in curve.metrics.epochs[-1:]
    ]
    return f"{title}. {'; '.join(told)}"


def settings(chosen: list[Compared]) -> None:
    """The settings in which the chosen runs differ, and only those."""
    if len(chosen) < 2:
        return
    st.header(_("Where their settings differ"), anchor=False)
    differing = differences([each.run.config for each in chosen])
    sources = [each.status.source or _("not known yet") for each in chosen]
    if len(set(sources)) > 1:
        differing["Digits"] = sources
    if not differing:
        st.markdown(_("They have the same settings throughout, and the same seed."))
        return
    # A run a column: there are fewer runs than settings, also on a phone.
    wide_table(
        [
            {_("Setting"): _(title)}
            | dict(zip((each.name for each in chosen), map(plain, values), strict=True))
            for title, values in differing.items()
        ]
    )


def _costs(chosen: list[str]) -> None:
    st.header(_("What it costs, and what it reaches"), anchor=False)
    everything = listed()
    measured = tuple(each for each in everything if each.accuracy is not None)
    if not measured:
        st.caption(_("No run has been tested yet."))
        return
    known = unique_names(everything)

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
    for column, name, title, draw in (
        (left, "parameters", _("parameters"), against_parameters),
        (right, "time", _("time trained"), against_time),
    ):
        with column:
            live_chart(
                shared_figure(
                    (hash(measured), tuple(chosen), name),
                    lambda draw=draw: draw(named(), chosen, _),
                ),
                key=f"compare-{name}",
                label=_("Test accuracy against {title}, of {count} runs").format(
                    title=title, count=len(measured)
                ),
                height=HEIGHT,
            )
    st.caption(
        _(
            "A dot is a run; hover to see which. The scale of accuracies is one of "
            "mistakes: from 0.9 to 0.99 is as far as from 0.99 to 0.999, since each "
            "leaves a tenth of the mistakes."
        )
    )
