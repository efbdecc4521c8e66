"""The table of runs: filter, sort, choose; and what can be done with the chosen ones.

A click on a head sorts the rows of one browser; where there is no head, the box does.
"""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Mapping
from functools import partial

import streamlit as st

from mnist_cnn import runs
from mnist_cnn.analysis.comparison import (
    MAX_RUNS,
    SORTS,
    Facts,
    Filter,
    in_order,
    unique_names,
)
from mnist_cnn.experiments.presets import PRESETS
from mnist_cnn.runs.status import STATES
from mnist_cnn.ui.compare.runs import (
    CHANGED,
    CHOSEN,
    TOO_MANY,
    Compared,
    choose,
    listed,
)
from mnist_cnn.ui.components.run_table import Cell, run_table
from mnist_cnn.ui.runs import actions
from mnist_cnn.ui.runs.titles import preset_title, state_title
from mnist_cnn.ui.runs.viewers import note_look
from mnist_cnn.ui.text import _
from mnist_cnn.ui.widget_keys import key_showing, take_new

LOOK_SECONDS = 3.0
BOX = "compare-box"
SEEN = "compare_seen"
# The box takes a line of its own where the names in it would be cut off.
STYLE = """<style>
.st-key-compare_choice > :has([data-testid="stMultiSelect"]) {
  flex: 1 1 min(100%, 24rem);
}
</style>"""


def table() -> None:
    """Every run that the filter lets through; refreshed while runs train."""
    actions.problem()
    st.html(STYLE)
    st.session_state[SEEN] = _standing()
    st.fragment(_look, run_every=max(LOOK_SECONDS, note_look()))()


def _standing() -> list[tuple[str, str]]:
    return [(each.id, each.state) for each in listed()]


def _look() -> None:
    note_look()
    if st.session_state.get(CHANGED) or st.session_state.get(SEEN) != _standing():
        # The rest of the page speaks of these runs too.
        st.rerun()
    everything = listed()
    chosen = st.session_state.get(CHOSEN, [])
    with st.container(
        horizontal=True, vertical_alignment="bottom", key="compare_choice"
    ):
        _choice(everything, chosen)
        with st.popover(_("Filter and sort"), icon=":material/tune:") as more:
            wanted = _filter(everything)
    shown = in_order(
        filter(wanted.lets_through, everything), st.session_state.compare_sort
    )
    if shown:
        rows = {each.id: _row(each) for each in shown}
        run_table(
            rows,
            chosen,
            hints={_("Seconds"): _("Spent training, without pauses")},
            key="compare-runs",
            on_choice=partial(_take_ticks, list(rows)),
        )
        more.download_button(
            _("Download as CSV"), partial(_as_csv, rows), "runs.csv", "text/csv"
        )
    if len(shown) < len(everything):
        st.caption(
            _("{shown} of {total} runs shown. The filter hides the rest.").format(
                shown=len(shown), total=len(everything)
            )
        )


def _choice(everything: list[Facts], chosen: list[str]) -> None:
    known = unique_names(everything)
    key = key_showing(BOX, lambda sent: sent == chosen)
    st.multiselect(
        _("Compare up to {count} runs").format(count=MAX_RUNS),
        list(dict.fromkeys([*known, *chosen])),
        chosen,
        format_func=lambda run_id: known.get(run_id, run_id[:6]),
        key=key,
        max_selections=MAX_RUNS,
        placeholder=_("Choose runs here, or tick them in the table"),
        on_change=partial(take_new, key, chosen, choose),
    )
    if st.session_state.pop(TOO_MANY, False):
        st.warning(
            _("Up to {count} runs can be compared at once.").format(count=MAX_RUNS)
        )


def _filter(everything: list[Facts]) -> Filter:
    presets = dict.fromkeys(each.preset.partition(",")[0] for each in everything)
    text = st.text_input(
        _("Search"), key="compare_text", max_chars=60, icon=":material/search:"
    )
    picked = st.multiselect(
        _("Preset"),
        [name for name in PRESETS if name in presets],
        format_func=lambda name: _(PRESETS[name].title),
        key="compare_presets",
        placeholder=_("All"),
    )
    states = st.multiselect(
        _("Status"),
        STATES,
        format_func=state_title,
        key="compare_states",
        placeholder=_("All"),
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
    st.selectbox(_("Sort by"), SORTS, format_func=titles.get, key="compare_sort")


def _row(each: Facts) -> dict[str, Cell]:
    state, settings = state_title(each.state), _settings(each)
    return {
        _("Name"): (f"{'★ ' * each.starred}{each.name}", each.name),
        _("Accuracy"): _number(each.accuracy, ".4f"),
        _("Parameters"): _number(each.parameters, ","),
        _("Loss"): _number(each.loss, ".4f"),
        _("Seconds"): _number(each.seconds or None, ",.0f"),
        _("Status"): (state, state),
        _("Settings"): (settings, settings),
    }


def _number(value: float | None, form: str) -> Cell:
    return ("" if value is None else f"{value:{form}}"), value


def _as_csv(rows: Mapping[str, Mapping[str, Cell]]) -> bytes:
    """For a spreadsheet, which knows UTF-8 by its mark and computes what begins so."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(next(iter(rows.values())))
    for row in rows.values():
        values = [value for _text, value in row.values()]
        writer.writerow(
            f"'{value}" if re.match("[=+@-]", str(value)) else value for value in values
        )
    return file.getvalue().encode("utf-8-sig")


def _settings(each: Facts) -> str:
    title = preset_title(each.preset)
    return " · ".join(filter(None, (title, each.changed)))


def _take_ticks(listed_ids: list[str], ticked: list[str]) -> None:
    before = st.session_state.get(CHOSEN, [])
    kept = [each for each in before if each not in listed_ids or each in ticked]
    choose(kept + [each for each in ticked if each not in kept])


def chosen_cards(chosen: list[Compared]) -> None:
    """Each chosen run, with what can be done with it."""
    for each in chosen:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            is_own = each.run.id not in runs.BUNDLED
            preset = preset_title(each.run.preset)
            is_told = each.name.startswith(preset)
            parts = [
                each.name,
                "" if is_told else preset,
                state_title(each.status.state),
            ]
            words = html.escape(" · ".join(filter(None, parts)))
            star = "★ " if each.run.starred else ""
            st.html(
                f'<span style="color: {each.color}">{each.mark}</span> {star}'
                f'<span style="overflow-wrap: anywhere">{words}</span>',
                width="stretch",
            )
            link = {"network": each.run.id}
            if each.run.has_weights:
                st.page_link(
                    "pages/5_Mistakes.py", label=_("Its mistakes"), query_params=link
                )
                st.page_link(
                    "pages/3_Draw.py", label=_("Try it by hand"), query_params=link
                )
            if is_own:
                st.page_link(
                    "pages/1_Train.py",
                    label=_("Open in Train"),
                    query_params={"run": each.run.id},
                )
                if actions.change(each.run, each.status):
                    st.rerun()
