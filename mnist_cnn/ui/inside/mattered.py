"""What in the drawing mattered: three maps, and what each can and cannot say."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_cnn.figures.activations import map_over_digit
from mnist_cnn.figures.probabilities import percent
from mnist_cnn.nn.network import ForwardPass
from mnist_cnn.nn.saliency import Contributions, GradCam, Occlusion, saliency
from mnist_cnn.ui.inside.numbers import exact
from mnist_cnn.ui.text import _

CAM_LAYER = "inside_cam_layer"
ALL_OTHERS = -1
# Below the network and what is chosen each map is seen whole.
STYLE = """<style>
.st-key-inside_detail [data-testid="stImage"] img {
  max-width: max(240px, 57dvh - 10.5rem) !important;
}
</style>"""


def show_mattered(forward: ForwardPass, label: int | None = None) -> None:
    """Occlusion, Grad-CAM and contributions for one digit against another.

    Args:
        label: what the digit is, if that is known: a wrong answer is set against it.
    """
    predicted = forward.predicted_class
    st.html(STYLE)

    def named(each: int) -> str:
        return f"{each} ({percent(forward.probabilities[each])})"

    with st.container(horizontal=True, vertical_alignment="bottom"):
        digit = st.selectbox(
            _("What spoke for"),
            range(10),
            index=predicted,
            format_func=named,
            key=f"inside_mattered_{predicted}",
            width=160,
        )
        others = [ALL_OTHERS, *(each for each in range(10) if each != digit)]
        is_mistake = label not in (None, predicted)
        rival = (predicted if digit == label else label) if is_mistake else ALL_OTHERS
        against = st.selectbox(
            _("against"),
            others,
            index=others.index(rival),
            format_func=lambda each: (
                _("all others") if each == ALL_OTHERS else named(each)
            ),
            key=f"inside_against_{digit}_{rival}",
            width=160,
        )
        against = None if against == ALL_OTHERS else against
        size = st.select_slider(
            _("Covered at a time"),
            (2, 4, 6, 8, 10),
            4,
            format_func=lambda each: f"{each}×{each}",
            width=240,
        )
        measure = st.segmented_control(
            _("Measured by"),
            ("score", "probability"),
            format_func={"score": _("lead"), "probability": _("probability")}.get,
            default="score",
            required=True,
            help=_(
                "Lead: the digit's score less the other's, or less the best other one. "
                "It still moves where the probability is all but 100%."
            ),
        )
    found = saliency(
        forward, digit, against, size=size, layer=st.session_state.get(CAM_LAYER)
    )
    first, second, third = st.columns(3, gap="medium")
    with first:
        _show_occlusion(forward, found.occlusion, digit, measure)
    with second:
        _show_grad_cam(forward, found.grad_cam, digit, found.layers)
    with third:
        _show_contributions(forward, found.contributions, digit, against)


def _show_occlusion(
    forward: ForwardPass, found: Occlusion, digit: int, measure: str
) -> None:
    if measure == "probability":
        drops = found.probability_drop * 100
        text = _(
            "Each place is covered in turn, {size}×{size} pixels. Orange: without it "
            "the {digit} loses, at most {high} percentage points. Blue: it gains, at "
            "most {low}."
        )
    else:
        drops = found.score_drop
        text = _(
            "Each place is covered in turn, {size}×{size} pixels. Orange: without it "
            "the {digit} loses, at most {high} points of its lead. Blue: it gains, at "
            "most {low}."
        )
    _show(
        _("**Occlusion**"),
        forward,
        drops,
        text.format(
            digit=digit,
            size=found.size,
            high=exact(drops.max(initial=0), 2),
            low=exact(-drops.min(initial=0), 2),
        ),
    )
    st.caption(
        _(
            "It says what this network does without a part. It cannot say what two "
            "parts do together: cover one, and the other may stand in for it. And "
            "black is not “nothing” to a network; a gap is itself a shape."
        )
    )


def _show_grad_cam(
    forward: ForwardPass, found: GradCam | None, digit: int, layers: tuple[str, ...]
) -> None:
    title = _("**Class activation map (Grad-CAM)**")
    if found is None:
        st.markdown(title)
        st.info(
            _(
                "A class activation map needs feature maps, and this network has no "
                "convolution."
            )
        )
        return
    _show(
        title,
        forward,
        found.map,
        _(
            "Where the maps of {layer} that speak for {digit} are active, from 0 to "
            "{high}. {up} of the {count} maps speak for it, the others against."
        ).format(
            layer=found.layer,
            digit=digit,
            high=exact(found.values.max(), 3),
            up=int((found.weights > 0).sum()),
            count=len(found.weights),
        ),
    )
    if not found.values.any():
        st.markdown(
            _(
                "Nothing is left here: at every place the maps that speak against the "
                "{digit} outweigh those that speak for it. Choose the maps of another "
                "layer."
            ).format(digit=digit)
        )
    if len(layers) > 1:
        st.selectbox(
            _("Feature maps of"), layers, layers.index(found.layer), key=CAM_LAYER
        )
    st.caption(
        _(
            "It says where, roughly, and not what: each map counts with one weight, "
            "its mean gradient, wherever it is active. What speaks against the digit "
            "is cut off."
        )
    )


def _show_contributions(
    forward: ForwardPass, found: Contributions, digit: int, against: int | None
) -> None:
    if against is None:
        text = _(
            "The score of {digit}, {total}, split by place: orange adds, at most "
            "{high}, blue takes away, at most {low}. The biases give {constant}."
        )
        caveat = _(
            "It is exact: the places and the biases add up to the score. But it is "
            "about this score alone; a digit wins by being ahead of the others. And "
            "each place sees more of the drawing than the square it fills here."
        )
    else:
        text = _(
            "The score of {digit} less that of {against}, {total}, split by place: "
            "orange speaks for {digit}, by {high} at most, blue for {against}, by "
            "{low} at most. The biases give {constant}."
        )
        caveat = _(
            "It is exact: the places and the biases add up to the difference. But "
            "each place sees more of the drawing than the square it fills here."
        )
    _show(
        _("**Contributions to the score**"),
        forward,
        found.map,
        text.format(
            digit=digit,
            against=against,
            total=exact(found.total, 2),
            high=exact(found.positions.max(initial=0), 2),
            low=exact(-found.positions.min(initial=0), 2),
            constant=exact(found.constant, 2),
        ),
    )
    st.caption(caveat)


def _show(title: str, forward: ForwardPass, values: np.ndarray, words: str) -> None:
    st.markdown(title)
    st.image(map_over_digit(forward.pixels, values), alt=words, width="stretch")
    st.markdown(words)
