"""The table of runs: filter, sort, choose; and what can be done with the chosen ones.

Rows are chosen by their place, which a browser remembers when the rows below it
change, also when it sorts them by a value that changes. So a table with anything else
in it is another table, which is told what is chosen. An order that stays while
trainings go on is made here, by a box.
"""

from __future__ import annotations

import hashlib
import html
from functools import partial

import streamlit as st

from mnist_cnn import runs
from mnist_cnn.analysis.comparison import MAX_RUNS, SORTS, Facts, Filter, in_order
from mnist_cnn.experiments.presets import PRESETS
from mnist_cnn.figures.style import COLORS
from mnist_cnn.runs.status import STATES
from mnist_cnn.ui import run_actions
from mnist_cnn.ui.compare.runs import (
    CHANGED,
    CHOSEN,
    TOO_MANY,
    choose,
    found,
    listed,
    names,
)
from mnist_cnn.ui.run_titles import preset_title
from mnist_cnn.ui.text import _
from mnist_cnn.ui.viewers import note_look

LOOK_SECONDS = 3.0
ROW_HEIGHT, MOST_ROWS = 35, 9
MARKS = ("●", "◆", "■", "✚", "▲", "★")
BOX = "compare-box"
SEEN = "compare_seen"


def table() -> None:
    """Every run that the filter lets through; refreshed while trainings go on."""
    run_actions.problem()
    st.session_state[SEEN] = _standing()
    st.fragment(_look, run_every=max(LOOK_SECONDS, note_look()))()


def _standing() -> list[tuple[str, str]]:
    return [(each.id, each.state) for each in listed()]


def _look() -> None:
    note_look()
    everything = listed()
    chosen = st.session_state.get(CHOSEN, [])
    _choice(everything, chosen)
    wanted = _filter(everything)
    shown = in_order(
        filter(wanted.lets_through, everything), st.session_state.compare_sort
    )
    if shown:
        _rows(shown, chosen)
        st.caption(
            _(
                "Tick up to {most} runs to compare them. {shown} of {all} runs shown."
            ).format(most=MAX_RUNS, shown=len(shown), all=len(everything))
        )
    else:
        st.caption(_("No run is like that. Change the filter."))
    done = [_chosen_run(place, *each) for place, each in enumerate(found(chosen))]
    if any(done) or st.session_state.get(CHANGED) or _changed():
        # The rest of the page speaks of these runs too.
        st.rerun()


def _changed() -> bool:
    return st.session_state.get(SEEN) != _standing()


def _choice(everything: list[Facts], chosen: list[str]) -> None:
    known = names(everything)
    if st.session_state.get(BOX) != chosen:
        st.session_state[BOX] = list(chosen)
    st.multiselect(
        _("Compare"),
        list(dict.fromkeys([*known, *chosen])),
        chosen,
        format_func=lambda run_id: known.get(run_id, run_id[:6]),
        key=BOX,
        max_selections=MAX_RUNS,
        placeholder=_("Choose runs here, or tick them in the table"),
        on_change=lambda: choose(list(st.session_state[BOX])),
    )
    if st.session_state.pop(TOO_MANY, False):
        st.warning(
            _("Up to {most} runs can be compared at once.").format(most=MAX_RUNS)
        )


def _filter(everything: list[Facts]) -> Filter:
    presets = dict.fromkeys(each.preset.partition(",")[0] for each in everything)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            _("Search"),
            key="compare_text",
            max_chars=60,
            width=200,
            icon=":material/search:",
        )
        picked = st.multiselect(
            _("Preset"),
            [name for name in PRESETS if name in presets],
            format_func=lambda name: _(PRESETS[name].title),
            key="compare_presets",
            placeholder=_("All"),
            width=260,
        )
        states = st.multiselect(
            _("Status"),
            STATES,
            format_func=_,
            key="compare_states",
            placeholder=_("All"),
            width=200,
        )
        _sort_box()
        starred = st.toggle(_("Starred only"), key="compare_starred")
    return Filter(tuple(picked), tuple(states), starred, text)


def _sort_box() -> None:
    titles = {
        "newest": _("Newest first"),
        "accuracy": _("Accuracy"),
        "loss": _("Loss"),
        "parameters": _("Parameters"),
        "time": _("Time trained"),
        "name": _("Name"),
    }
    st.selectbox(
        _("Sort by"), SORTS, format_func=titles.get, key="compare_sort", width=160
    )


def _rows(shown: list[Facts], chosen: list[str]) -> None:
    ids = [each.id for each in shown]
    key = f"compare-{hashlib.sha256(repr(shown).encode()).hexdigest()[:16]}"
    ticked = [place for place, run_id in enumerate(ids) if run_id in chosen]
    sent = st.session_state.get(key)
    if sent is None or sorted(sent["selection"]["rows"]) != ticked:
        st.session_state[key] = {"selection": {"rows": ticked}}
    number = st.column_config.NumberColumn
    st.dataframe(
        {
            _("Star"): ["★" if each.starred else "" for each in shown],
            _("Name"): [each.name for each in shown],
            _("Accuracy"): [each.accuracy for each in shown],
            _("Loss"): [each.loss for each in shown],
            _("Parameters"): [each.parameters for each in shown],
            _("Seconds"): [each.seconds or None for each in shown],
            _("Status"): [_(each.state) for each in shown],
            _("Preset"): [preset_title(each.preset) for each in shown],
            _("Differs from the preset"): [each.changed for each in shown],
        },
        key=key,
        on_select=partial(_take_rows, key, ids),
        selection_mode="multi-row",
        hide_index=True,
        height=ROW_HEIGHT * (min(len(shown), MOST_ROWS) + 1) + 3,
        placeholder="",
        column_config={
            _("Star"): st.column_config.TextColumn("★", width=40),
            _("Name"): st.column_config.TextColumn(width=125),
            _("Accuracy"): number(format="%.4f", width=80),
            _("Loss"): number(format="%.4f", width=65),
            _("Parameters"): number(format="localized", width=90),
            _("Seconds"): number(
                format="%.0f", width=75, help=_("Spent training, without pauses")
            ),
            _("Status"): st.column_config.TextColumn(width=75),
            _("Preset"): st.column_config.TextColumn(width=125),
        },
    )


def _take_rows(key: str, ids: list[str]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    ticked = [ids[row] for row in sorted(rows) if row < len(ids)]
    before = st.session_state.get(CHOSEN, [])
    kept = [each for each in before if each not in ids or each in ticked]
    choose(kept + [each for each in ticked if each not in kept])


def _chosen_run(place: int, run: runs.Run, status: runs.Status) -> bool:
    is_own = run.id not in runs.BUNDLED
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        parts = [
            run.name,
            preset_title(run.preset),
            _(status.state),
        ]
        words = html.escape(" · ".join(filter(None, parts)))
        star = "★ " if run.starred else ""
        st.html(
            f'<span style="color: {COLORS[place]}">{MARKS[place]}</span> {star}{words}',
            width="stretch",
        )
        if not is_own:
            return False
        if st.button(_("Open in Train"), key=f"open_{run.id}"):
            st.switch_page("pages/1_Train.py", query_params={"run": run.id})
        return run_actions.change(run, status)
