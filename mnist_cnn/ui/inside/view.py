"""Look inside: the overview that stays, and below it what was asked for."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_cnn.figures.activations import Picture, layer_pictures
from mnist_cnn.nn.gradients import IMAGE
from mnist_cnn.nn.network import ForwardPass, Network
from mnist_cnn.ui.components.clickable_picture import Tile, clickable_pictures
from mnist_cnn.ui.drawing import drawn_digit
from mnist_cnn.ui.frame import page_link
from mnist_cnn.ui.inside.digit import Digit, choose_digit
from mnist_cnn.ui.inside.layer import show_layer
from mnist_cnn.ui.inside.mattered import show_mattered
from mnist_cnn.ui.inside.overview import overview
from mnist_cnn.ui.inside.what_if import show_what_if
from mnist_cnn.ui.moments import choose_moment
from mnist_cnn.ui.networks import choose_network
from mnist_cnn.ui.text import _

VIEWS = ARITHMETIC, MATTERED, WHAT_IF = "layer", "mattered", "what-if"
VIEW = "inside_view"


def choose() -> tuple[Network, Digit] | None:
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
        page_link(
            "pages/3_Draw.py",
            _("Draw a digit of your own, then come back"),
            ":material/draw:",
        )
    _adopt_link(chosen.network)
    return chosen.network, digit


@st.fragment
def look(network: Network, digit: Digit) -> None:
    """The overview, and one of three things below it; a click reruns only this."""
    forward, pictures = _forward(network, digit.pixels)
    st.markdown(_prediction(forward, digit))
    above = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        view = _choose_view()
        layer, unit = _choose_by_name(forward)
    with above:
        clickable_pictures(
            overview(forward, pictures),
            key="inside-overview",
            chosen=Tile(layer, unit),
            on_choice=_choose,
        )
        st.caption(
            _(
                "Click a picture to take it apart. Black is 0, orange to white is "
                "above 0, blue to white below 0. All maps of a layer share one scale: "
                "its smallest and largest values stand under it."
            )
        )
    match view:
        case "mattered":
            show_mattered(forward, digit.label)
        case "what-if":
            show_what_if(forward)
        case _:
            show_layer(forward, layer, unit)
    _write_link(digit, {"view": view, "layer": layer, "unit": str(unit)})


@st.cache_resource(max_entries=24, show_spinner=False, hash_funcs={Network: id})
def _forward(
    network: Network, pixels: np.ndarray
) -> tuple[ForwardPass, dict[str, Picture]]:
    forward = network.forward(pixels)
    return forward, layer_pictures(forward)


def _prediction(forward: ForwardPass, digit: Digit) -> str:
    predicted = forward.predicted_class
    sentence = _("The network reads a **{digit}**, with {probability:.1%}.").format(
        digit=predicted, probability=forward.probabilities[predicted]
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
        layer, unit = asked["layer"], asked.get("unit", "0")
        if layer in _names(network) and unit in _units(network, layer):
            state["layer"], state["unit"] = layer, int(unit)
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
    st.session_state.setdefault(VIEW, ARITHMETIC)
    return st.segmented_control(
        _("Show"),
        VIEWS,
        format_func=views.get,
        required=True,
        key=VIEW,
        persist_state="session",
        label_visibility="collapsed",
    )


def _choose_by_name(forward: ForwardPass) -> tuple[str, int]:
    """The same choice as a click on a picture, for keyboard and screen reader."""
    state, network = st.session_state, forward.network
    names = _names(network)
    # Networks differ: the layer may not exist in the one chosen now.
    if state.get("layer") not in names:
        state["layer"], state["unit"] = names[1], forward.max_channel(names[1])
    layer = st.selectbox(
        _("Layer"),
        names,
        key="layer",
        persist_state="session",
        on_change=lambda: state.update({VIEW: ARITHMETIC, "unit": 0}),
        width=180,
    )
    units = _units(network, layer)
    has_maps = layer != IMAGE and forward.activations[layer].ndim == 4
    unit = st.number_input(
        (_("Map, 0 to {last}") if has_maps else _("Unit, 0 to {last}")).format(
            last=units[-1]
        ),
        0,
        len(units) - 1,
        key="unit",
        persist_state="session",
        on_change=lambda: state.update({VIEW: ARITHMETIC}),
        disabled=len(units) == 1,
        width=180,
    )
    return layer, unit


def _names(network: Network) -> list[str]:
    return [IMAGE, *(layer.name for layer in network.layers)]


def _units(network: Network, name: str) -> list[str]:
    shape = (1,) if name == IMAGE else network.architecture.layer(name).output_shape
    return [str(unit) for unit in range(shape[-1])]


def _choose(tile: Tile) -> None:
    state = st.session_state
    state["layer"], state["unit"], state[VIEW] = (
        tile.item,
        max(0, tile.tile),
        ARITHMETIC,
    )
