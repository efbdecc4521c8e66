"""What if: the drawing turned, moved, larger, thicker, and how far the answer holds."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_cnn.analysis import what_if
from mnist_cnn.analysis.what_if import Change, Curve
from mnist_cnn.figures.activations import digit_png
from mnist_cnn.figures.probabilities import probability_bars, probability_text
from mnist_cnn.figures.what_if import what_if_curve
from mnist_cnn.nn.network import ForwardPass
from mnist_cnn.ui.components.live_chart import live_chart
from mnist_cnn.ui.text import _


def _sliders() -> dict[str, tuple[str, float, float, float, str]]:
    """Title, minimum, maximum, step and format, by field of ``Change``."""
    return {
        "angle": (_("Turn (degrees, anticlockwise)"), -90.0, 90.0, 1.0, "%d°"),
        "right": (_("Shift right (pixels)"), -12.0, 12.0, 0.5, "%.1f"),
        "down": (_("Shift down (pixels)"), -12.0, 12.0, 0.5, "%.1f"),
        "scale": (_("Size (factor)"), 0.4, 1.6, 0.05, "%.2f"),
        "thicken": (_("Thicker or thinner (pixels)"), -1.5, 2.0, 0.25, "%.2f"),
    }


@st.fragment
def show_what_if(forward: ForwardPass) -> None:
    """Sliders, the changed drawing, its probabilities, and curves over the change."""
    sliders = _sliders()
    left, middle, right = st.columns([5, 3, 6], gap="medium")
    with left:
        values = {
            name: st.slider(
                title,
                low,
                high,
                getattr(Change(), name),
                step,
                format=shown,
                key=f"inside_change_{name}",
            )
            for name, (title, low, high, step, shown) in sliders.items()
        }
        st.button(_("As it was"), icon=":material/undo:", on_click=_reset)
    change = Change(**values)
    pixels = what_if.changed(forward.pixels, change)
    probabilities = forward.network.probabilities(pixels)[0]
    answer = int(probabilities.argmax())
    with middle:
        st.metric(
            _("Prediction"),
            str(answer),
            f"{probabilities[answer]:.1%}",
            "off",
            delta_arrow="off",
        )
        st.image(
            digit_png(pixels, 8), alt=_("The changed drawing, 28×28 pixels enlarged.")
        )
    with right:
        live_chart(
            probability_bars(("", probabilities)),
            key="inside-what-if-bars",
            label=probability_text(probabilities),
            height=280,
        )
    _curves(forward, change, sliders)


def _reset() -> None:
    for name in _sliders():
        st.session_state[f"inside_change_{name}"] = getattr(Change(), name)


def _curves(
    forward: ForwardPass,
    change: Change,
    sliders: dict[str, tuple[str, float, float, float, str]],
) -> None:
    names = {
        "right": _("shift right"),
        "down": _("shift down"),
        "scale": _("size"),
        "thicken": _("thickness"),
    }
    left, right = st.columns(2, gap="medium")
    with left:
        _curve(forward, change, "angle", sliders["angle"][0])
    with right:
        second = st.session_state.get("inside_curve") or "right"
        _curve(forward, change, second, sliders[second][0])
        st.segmented_control(
            _("Curve over"),
            list(names),
            format_func=names.get,
            default="right",
            required=True,
            key="inside_curve",
        )


def _curve(forward: ForwardPass, change: Change, name: str, title: str) -> None:
    max_points = what_if.affordable_points(forward.network)
    found = what_if.curve(
        forward.network, forward.pixels, name, change, max_points=max_points
    )
    words = _in_words(found, title)
    st.markdown(words)
    live_chart(
        what_if_curve(found, title, getattr(change, name)),
        key=f"inside-curve-{'angle' if name == 'angle' else 'second'}",
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
