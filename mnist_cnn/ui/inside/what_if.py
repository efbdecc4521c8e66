"""What if: the drawing turned, moved, larger, thicker, and how far the answer holds."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_cnn.analysis import what_if
from mnist_cnn.analysis.what_if import Curve
from mnist_cnn.digits.transforms import Change
from mnist_cnn.figures.what_if import what_if_curve
from mnist_cnn.nn.damage import Damage
from mnist_cnn.nn.network import ForwardPass
from mnist_cnn.ui.components.browser_network import BrowserNetwork
from mnist_cnn.ui.components.live_chart import live_chart
from mnist_cnn.ui.components.what_if import Slider, sent_change, what_if_sliders
from mnist_cnn.ui.text import _

KEY, CHANGE = "inside_what_if", "inside_change"


@st.fragment
def show_what_if(
    forward: ForwardPass, network: BrowserNetwork | None, damage: Damage
) -> None:
    """Sliders, the changed drawing, its probabilities, and curves over the change."""
    state = st.session_state
    sent = sent_change((state.get(KEY) or {}).get("change"))
    change = state[CHANGE] = sent or state.get(CHANGE, Change())
    found = what_if.effect(forward, change, state.get("inside_curve") or "right")
    sliders = {each.name: each for each in _sliders()}
    what_if_sliders(
        list(sliders.values()),
        forward.pixels,
        found.probabilities,
        network,
        change,
        damage,
        key=KEY,
    )
    left, right = st.columns(2, gap="medium")
    with left:
        _curve(found.over_angle, change, sliders["angle"].title)
    with right:
        _curve(found.over_other, change, sliders[found.over_other.name].title)
        names = {
            "right": _("shift right"),
            "down": _("shift down"),
            "scale": _("size"),
            "thicken": _("thickness"),
        }
        st.segmented_control(
            _("Curve over"),
            list(names),
            format_func=names.get,
            default="right",
            required=True,
            key="inside_curve",
        )


def _sliders() -> list[Slider]:
    return [
        Slider("angle", _("Turn (degrees, counterclockwise)"), -90, 90, 1),
        Slider("right", _("Shift right (pixels)"), -12, 12, 0.5),
        Slider("down", _("Shift down (pixels)"), -12, 12, 0.5),
        Slider("scale", _("Size (factor)"), 0.4, 1.6, 0.05),
        Slider("thicken", _("Thicker or thinner (pixels)"), -1.5, 2, 0.25),
    ]


def _curve(found: Curve, change: Change, title: str) -> None:
    words = _in_words(found, title)
    st.markdown(words)
    live_chart(
        what_if_curve(found, title, getattr(change, found.name)),
        key=f"inside-curve-{'angle' if found.name == 'angle' else 'second'}",
        label=words,
        height=270,
    )


def _in_words(found: Curve, title: str) -> str:
    low, high = (f"{value:g}".replace("-", "−") for value in found.holds)
    ends = np.asarray(found.holds) == found.values[[0, -1]]
    if ends.all():
        return _("**{title}**: the answer stays **{digit}** all the way.").format(
            title=title, digit=found.digit
        )
    return _("**{title}**: the answer stays **{digit}** from {low} to {high}.").format(
        title=title, digit=found.digit, low=low, high=high
    )
