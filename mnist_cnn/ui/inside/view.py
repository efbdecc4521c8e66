"""Look inside: the network that stays in sight, and below it what was asked for."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from mnist_cnn.figures.probabilities import percent
from mnist_cnn.nn.gradients import IMAGE
from mnist_cnn.nn.network import ForwardPass, Network
from mnist_cnn.ui.board.drawing import drawn_digit
from mnist_cnn.ui.components.browser_network import browser_network
from mnist_cnn.ui.components.network_overview import Unit, network_overview
from mnist_cnn.ui.damage_link import linked_damage
from mnist_cnn.ui.frame import page_link
from mnist_cnn.ui.inside.digit import Digit, choose_digit
from mnist_cnn.ui.inside.layer import show_layer
from mnist_cnn.ui.inside.mattered import show_mattered
from mnist_cnn.ui.inside.what_if import show_what_if
from mnist_cnn.ui.moments import choose_moment
from mnist_cnn.ui.networks import Chosen, broken, choose_network
from mnist_cnn.ui.runs.titles import run_title
from mnist_cnn.ui.text import _, escape
from mnist_cnn.ui.widget_keys import key_of, take_new

VIEWS = ARITHMETIC, MATTERED, WHAT_IF = "layer", "mattered", "what-if"
VIEW = "inside_view"
# The overview's place is as high as network_overview.js makes it, before it has come.
PLACE = """<style>
.st-key-inside_overview { min-height: clamp(300px, 43vh, 640px); }
@media (max-width: 900px) { .st-key-inside_overview { min-height: 15.5rem; } }
</style>"""


def choose() -> tuple[Chosen, Digit] | None:
    """The controls for digit and network; None, with a sentence, if there is none."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = choose_network(_("Network"))
        if chosen is None:
            return None
        chosen = choose_moment(chosen)
        digit = choose_digit(chosen)
        if digit is None:
            return None
        if drawn_digit() is None:
            page_link("pages/3_Draw.py", _("Draw your own"), ":material/draw:")
    _adopt_link(chosen.network)
    return chosen, digit


@st.fragment
def look(chosen: Chosen, digit: Digit) -> None:
    """The overview, and one of three things below it; a click reruns only this."""
    damage = linked_damage(chosen.network)
    forward = _forward(broken(chosen, damage).network, digit.pixels)
    unit = _chosen_unit(forward)
    with st.container(horizontal=True, vertical_alignment="center"):
        name = run_title(chosen.run)
        st.markdown(_prediction(name, forward, digit), width="stretch")
        view = _choose_view()
    network = browser_network(chosen.run, chosen.step)
    st.html(PLACE)
    network_overview(
        forward,
        network,
        key="inside_overview",
        chosen=unit,
        view=view,
        marks_chosen=view == ARITHMETIC,
        damage=damage,
        on_choice=_choose,
    )
    with st.container(key="inside_detail"):
        match view:
            case "mattered":
                show_mattered(forward, digit.label)
            case "what-if":
                show_what_if(forward, network, damage)
            case _:
                _choose_by_name(forward)
                show_layer(forward, unit.layer, unit.number)
    st.caption(
        _(
            "Black is 0, orange to white above, blue to white below, on one scale for "
            "each layer. Lines: what adds most to a value (orange) or takes from it."
        )
    )
    part = {"view": view, "layer": unit.layer, "unit": str(unit.number)}
    _write_link(digit, part)


@st.cache_resource(max_entries=24, show_spinner=False, hash_funcs={Network: id})
def _forward(network: Network, pixels: np.ndarray) -> ForwardPass:
    return network.forward(pixels)


def _prediction(name: str, forward: ForwardPass, digit: Digit) -> str:
    predicted = forward.predicted_class
    sentence = _("“{name}” reads a **{digit}**, with {probability}.").format(
        name=escape(name),
        digit=predicted,
        probability=percent(forward.probabilities[predicted]),
    )
    if digit.label is None:
        return sentence
    if digit.label == predicted:
        return f"{sentence} {_('The test set agrees.')}"
    mistake = _("The test set says **{label}**: a mistake.").format(label=digit.label)
    return f"{sentence} {mistake}"


def _adopt_link(network: Network) -> None:
    """What a link asks for, unless it is the one that this session has written."""
    state, query = st.session_state, st.query_params
    asked = {name: query[name] for name in ("view", "layer", "unit") if name in query}
    if asked == state.get("inside_link"):
        asked = {}
    is_here = asked.get("view", ARITHMETIC) in VIEWS
    if is_here and "view" in asked:
        state[VIEW] = asked["view"]
    if "layer" in asked:
        layer, unit = asked["layer"], asked.get("unit")
        if layer not in _names(network):
            is_here = False
        elif unit is None or unit in map(str, range(_count(network, layer))):
            state["layer"], state["unit"] = layer, None if unit is None else int(unit)
        else:
            is_here = False
    if not is_here:
        st.warning(
            _(
                "The link names a part that this network does not have. "
                "This is the start instead."
            )
        )


def _write_link(digit: Digit, part: dict[str, str]) -> None:
    """Let the address name what is shown, all at once.

    Each change of it is a step for the browser's Back; bound widgets would make one
    each, of a layer and a unit that were never shown together.
    """
    query, link = st.query_params, digit.link | part
    st.session_state["inside_link"] = part
    if "digit" in query and "digit" not in link:
        del query["digit"]
    if any(query.get(name) != value for name, value in link.items()):
        query.update(link)


def _choose_view() -> str:
    views = {
        ARITHMETIC: _("The arithmetic"),
        MATTERED: _("What mattered"),
        WHAT_IF: _("What if"),
    }
    state = st.session_state
    view = state.setdefault(VIEW, ARITHMETIC)
    key = key_of("inside_view_box", view)
    st.segmented_control(
        _("Show"),
        VIEWS,
        format_func=views.get,
        required=True,
        key=key,
        on_change=partial(take_new, key, view, lambda sent: state.update({VIEW: sent})),
        label_visibility="collapsed",
    )
    return view


def _chosen_unit(forward: ForwardPass) -> Unit:
    """What this session has chosen; where the network lacks it, what is strongest."""
    state, network = st.session_state, forward.network
    layer, number = state.get("layer"), state.get("unit")
    if layer not in _names(network):
        layer, number = network.layers[0].name, None
    if number is None or not 0 <= number < _count(network, layer):
        number = _strongest(forward, layer)
    state["layer"], state["unit"] = layer, number
    return Unit(layer, number)


def _choose_by_name(forward: ForwardPass) -> None:
    """The same choice as a click in the overview, for keyboard and screen reader."""
    state, network = st.session_state, forward.network
    names, layer, unit = _names(network), state["layer"], state["unit"]
    titles = {IMAGE: _("Digit")}
    count = _count(network, layer)
    has_maps = layer != IMAGE and forward.activations[layer].ndim == 4
    layer_key, unit_key = key_of("layer_box", layer), key_of("unit_box", unit)

    def take_layer(sent: str) -> None:
        state.update(layer=sent, unit=_strongest(forward, sent))

    with st.container(horizontal=True):
        st.selectbox(
            _("Layer"),
            names,
            format_func=lambda name: titles.get(name, name),
            key=layer_key,
            on_change=partial(take_new, layer_key, layer, take_layer),
            width=190,
            label_visibility="collapsed",
        )
        label = _("Map, 0 to {last}") if has_maps else _("Unit, 0 to {last}")
        st.number_input(
            label.format(last=count - 1),
            0,
            count - 1,
            key=unit_key,
            on_change=partial(
                take_new, unit_key, unit, lambda sent: state.update(unit=sent)
            ),
            disabled=count == 1,
            width=150,
            label_visibility="collapsed",
        )


def _names(network: Network) -> list[str]:
    return [IMAGE, *(layer.name for layer in network.layers)]


def _count(network: Network, name: str) -> int:
    """How many maps or units a layer has."""
    if name == IMAGE:
        return 1
    return network.architecture.layer(name).output_shape[-1]


def _strongest(forward: ForwardPass, name: str) -> int:
    return 0 if name == IMAGE else forward.max_channel(name)


def _choose(unit: Unit) -> None:
    state = st.session_state
    state["layer"], state["unit"], state[VIEW] = unit.layer, unit.number, ARITHMETIC
