"""The table of runs: filter, sort, choose; and what can be done with the chosen ones.

Rows are chosen by their place, which a browser remembers when the rows below it
change, also when it sorts them by a value that changes. So a table with anything else
in it is another table, which is told what is chosen. An order that stays while
runs go on is made here, by a box.
"""

from __future__ import annotations

import hashlib
import html
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
from mnist_cnn.ui.runs import actions
from mnist_cnn.ui.runs.titles import preset_title, state_title
from mnist_cnn.ui.runs.viewers import note_look
from mnist_cnn.ui.text import _
from mnist_cnn.ui.widget_keys import key_showing, take_new

LOOK_SECONDS = 3.0
# So few that the curves of what is ticked stand on the same screen.
ROW_HEIGHT, MAX_ROWS = 35, 4
BOX = "compare-box"
# Where nothing hovers, Streamlit's buttons of the table would always cover our own.
STYLE = """<style>
@media (hover: none) {
  .st-key-compare_rows [data-testid="stElementToolbar"] { display: none; }
}
</style>"""
SEEN = "compare_seen"


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
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _choice(everything, chosen)
        with st.popover(_("Filter and sort"), icon=":material/tune:"):
            wanted = _filter(everything)
    shown = in_order(
        filter(wanted.lets_through, everything), st.session_state.compare_sort
    )
    if shown:
        with st.container(key="compare_rows"):
            _rows(shown, chosen)
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


def _rows(shown: list[Facts], chosen: list[str]) -> None:
    ids = [each.id for each in shown]
    ticked = [row for row, run_id in enumerate(ids) if run_id in chosen]
    key = key_showing(
        f"compare-{hashlib.sha256(repr(shown).encode()).hexdigest()[:16]}",
        lambda sent: sorted(sent["selection"]["rows"]) == ticked,
    )
    number = st.column_config.NumberColumn
    # The first two fit a telephone, all of them a laptop.
    st.dataframe(
        {
            _("Name"): [f"{'★ ' * each.starred}{each.name}" for each in shown],
            _("Accuracy"): [each.accuracy for each in shown],
            _("Parameters"): [each.parameters for each in shown],
            _("Settings"): [_settings(each) for each in shown],
            _("Loss"): [each.loss for each in shown],
            _("Seconds"): [each.seconds or None for each in shown],
            _("Status"): [state_title(each.state) for each in shown],
        },
        key=key,
        on_select=partial(_take_rows, key, ids, ticked),
        selection_mode="multi-row",
        selection_default={"selection": {"rows": ticked}},
        hide_index=True,
        row_height=ROW_HEIGHT,
        # Its head is higher on a projector.
        height=ROW_HEIGHT * (min(len(shown), MAX_ROWS) + 1) + 8,
        placeholder="",
        column_config={
            _("Name"): st.column_config.TextColumn(width=200),
            _("Accuracy"): number(format="%.4f", width=80),
            _("Parameters"): number(format="localized", width=95),
            _("Settings"): st.column_config.TextColumn(width=305),
            _("Loss"): number(format="%.4f", width=70),
            _("Seconds"): number(
                format="%.0f", width=80, help=_("Spent training, without pauses")
            ),
            _("Status"): st.column_config.TextColumn(width=80),
        },
    )


def _settings(each: Facts) -> str:
    title = preset_title(each.preset)
    return " · ".join(filter(None, (title, each.changed)))


def _take_rows(key: str, ids: list[str], drawn: list[int]) -> None:
    rows = sorted(st.session_state[key]["selection"]["rows"])
    if rows == drawn:
        return
    ticked = [ids[row] for row in rows if row < len(ids)]
    before = st.session_state.get(CHOSEN, [])
    kept = [each for each in before if each not in ids or each in ticked]
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
                f'<span style="color: {each.color}">{each.mark}</span> {star}{words}',
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
