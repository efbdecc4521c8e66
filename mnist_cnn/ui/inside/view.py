"""Look inside: the overview that stays, and below it what was asked for."""

from __future__ import annotations

import streamlit as st

from mnist_cnn.ui.components.clickable_picture import Tile, clickable_pictures
from mnist_cnn.ui.inside.layer import show_layer
from mnist_cnn.ui.inside.mattered import show_mattered
from mnist_cnn.ui.inside.reading import IMAGE, Reading, read
from mnist_cnn.ui.inside.source import Digit, adopt_link, choose_digit, write_link
from mnist_cnn.ui.inside.what_if import show_what_if
from mnist_cnn.ui.networks import choose_network
from mnist_cnn.ui.text import _

VIEW, LAYER, UNIT = "inside_view", "inside_layer", "inside_unit"
ARITHMETIC, MATTERED, WHAT_IF = "layer", "mattered", "what-if"


def choose() -> tuple[Reading, Digit] | None:
    """The controls for digit and network; None, with a sentence, if there is none."""
    adopt_link()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = choose_network(_("Network"))
        if chosen is None:
            return None
        digit = choose_digit(chosen)
    if digit is None:
        return None
    if st.session_state.get("drawing_pixels") is None:
        st.page_link(
            "pages/3_Draw.py",
            label=_("Draw a digit of your own, then come back"),
            icon=":material/draw:",
        )
    return read(chosen.network, digit.pixels), digit


@st.fragment
def look(reading: Reading, digit: Digit) -> None:
    """The overview, and one of three things below it; a click reruns only this."""
    _adopt_view(reading)
    _answer(reading, digit)
    state = st.session_state
    clickable_pictures(
        reading.overview,
        key="inside-overview",
        chosen=Tile(state[LAYER], state[UNIT]),
        on_choice=_choose,
    )
    st.caption(
        _(
            "Click a picture to take it apart. Black is 0, orange to white is above 0, "
            "blue to white below 0. All maps of a layer share one scale: its smallest "
            "and largest values stand under it."
        )
    )
    views = {
        ARITHMETIC: _("The arithmetic"),
        MATTERED: _("What mattered"),
        WHAT_IF: _("What if"),
    }
    if state.get("inside_view-box") != state[VIEW]:
        state["inside_view-box"] = state[VIEW]
    state[VIEW] = st.segmented_control(
        _("Show"),
        list(views),
        format_func=views.get,
        default=state[VIEW],
        required=True,
        key="inside_view-box",
        on_change=_show_view,
        label_visibility="collapsed",
    )
    shown = {"view": state[VIEW]}
    if state[VIEW] == ARITHMETIC:
        _choose_by_name(reading)
        shown |= {"layer": state[LAYER], "unit": str(state[UNIT])}
        show_layer(reading, state[LAYER], state[UNIT])
    elif state[VIEW] == MATTERED:
        show_mattered(reading)
    else:
        show_what_if(reading)
    write_link(digit, shown)


def _answer(reading: Reading, digit: Digit) -> None:
    answer = reading.answer
    said = _("The network reads a **{answer}**, with {share:.1%}.").format(
        answer=answer, share=reading.probabilities[answer]
    )
    if digit.label is not None:
        said += " " + (
            _("The test set agrees.")
            if digit.label == answer
            else _("The test set says **{label}**: a mistake.").format(
                label=digit.label
            )
        )
    st.markdown(said)


def _units(reading: Reading, name: str) -> int:
    layer = reading.layer(name)
    return 1 if layer is None else layer.output_shape[-1]


def _names(reading: Reading) -> list[str]:
    return [IMAGE, *(layer.name for layer in reading.network.layers)]


def _adopt_view(reading: Reading) -> None:
    """What the link asks for, checked; then what this session has shown last."""
    state, query = st.session_state, st.query_params
    seen = state.setdefault("inside_link", {})
    linked = {name: query[name] for name in ("layer", "unit", "view") if name in query}
    # One that differs counts with all: map 3 of another layer is another map.
    asked = linked if any(seen.get(n) != v for n, v in linked.items()) else {}
    seen.update(asked)
    names = _names(reading)
    wrong = False
    if "view" in asked:
        wrong |= asked["view"] not in (ARITHMETIC, MATTERED, WHAT_IF)
        if not wrong:
            state[VIEW] = asked["view"]
    if "layer" in asked:
        if asked["layer"] in names:
            state[LAYER], state[UNIT] = asked["layer"], 0
        else:
            wrong = True
    if "unit" in asked and not wrong:
        text = asked["unit"]
        if text.isascii() and text.isdigit() and len(text) <= 6:
            state[UNIT] = int(text)
        else:
            wrong = True
    state.setdefault(VIEW, ARITHMETIC)
    # Networks differ: a layer or unit may not exist in the one chosen now.
    if state.get(LAYER) not in names:
        state[LAYER], state[UNIT] = names[1], reading.strongest(names[1])
    if not 0 <= state.get(UNIT, 0) < _units(reading, state[LAYER]):
        wrong |= "unit" in asked
        state[UNIT] = 0
    state.setdefault(UNIT, 0)
    if wrong:
        st.warning(
            _(
                "The link names a part that this network does not have. "
                "This is the start instead."
            )
        )


def _choose(tile: Tile) -> None:
    st.session_state[LAYER], st.session_state[UNIT] = tile.item, max(0, tile.tile)
    st.session_state[VIEW] = ARITHMETIC


def _show_view() -> None:
    st.session_state[VIEW] = st.session_state["inside_view-box"]


def _choose_by_name(reading: Reading) -> None:
    """The same choice as a click on a picture, for keyboard and screen reader."""
    state = st.session_state
    names = _names(reading)
    titles = {name: name for name in names} | {IMAGE: _("Digit")}
    if state.get("inside_layer-box") != state[LAYER]:
        state["inside_layer-box"] = state[LAYER]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            _("Layer"),
            names,
            names.index(state[LAYER]),
            format_func=lambda name: titles.get(name, name),
            key="inside_layer-box",
            on_change=_layer_changed,
            width=180,
        )
        units = _units(reading, state[LAYER])
        if units < 2:
            return
        if state.get("inside_unit-box") != state[UNIT]:
            state["inside_unit-box"] = state[UNIT]
        layer = reading.layer(state[LAYER])
        has_maps = layer is not None and len(layer.output_shape) == 3
        st.number_input(
            _("Map, 0 to {last}").format(last=units - 1)
            if has_maps
            else _("Unit, 0 to {last}").format(last=units - 1),
            0,
            units - 1,
            state[UNIT],
            key="inside_unit-box",
            on_change=_unit_changed,
            width=180,
        )


def _layer_changed() -> None:
    st.session_state[LAYER], st.session_state[UNIT] = (
        st.session_state["inside_layer-box"],
        0,
    )


def _unit_changed() -> None:
    st.session_state[UNIT] = int(st.session_state["inside_unit-box"])
