"""What in the drawing mattered: three maps, and what each can and cannot say."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_cnn.figures.activations import over_drawing
from mnist_cnn.nn import saliency
from mnist_cnn.nn.receptive_field import over_image
from mnist_cnn.ui.inside.reading import Reading, exact
from mnist_cnn.ui.text import _


def show_mattered(reading: Reading) -> None:
    """Occlusion, Grad-CAM and contributions for a digit of choice."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        digit = st.selectbox(
            _("What spoke for"),
            range(10),
            index=reading.answer,
            format_func=lambda each: f"{each} ({reading.probabilities[each]:.1%})",
            key=f"inside_mattered_{reading.answer}",
            width=160,
        )
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
                "Lead: the digit's score less the best other one. It still moves where "
                "the probability is all but 100%."
            ),
        )
    first, second, third = st.columns(3, gap="medium")
    with first:
        _occlusion(reading, digit, size, measure)
    with second:
        _class_activation(reading, digit)
    with third:
        _contributions(reading, digit)


def _occlusion(reading: Reading, digit: int, size: int, measure: str) -> None:
    cell = saliency.affordable_cell(reading.network)
    size = saliency.fitting_size(size, cell)
    found = saliency.occlusion(
        reading.network, reading.pixels, digit, size=size, cell=cell
    )
    if measure == "probability":
        drops, unit = found.probability_drop * 100, _("percentage points")
    else:
        drops, unit = found.score_drop, _("points of score")
    st.markdown(_("**Occlusion**"))
    _show(
        reading,
        drops,
        _(
            "Each place is covered in turn, {size}×{size} pixels. Orange: without it "
            "the {digit} loses, at most {high} {unit}. Blue: it gains, at most {low}."
        ).format(
            digit=digit,
            size=size,
            unit=unit,
            high=exact(max(0.0, float(drops.max())), 2),
            low=exact(max(0.0, float(-drops.min())), 2),
        ),
    )
    st.caption(
        _(
            "It says what this network does without a part. It cannot say what two "
            "parts do together: cover one, and the other may stand in for it. And "
            "black is not “nothing” to a network; a gap is itself a shape."
        )
    )


def _class_activation(reading: Reading, digit: int) -> None:
    st.markdown(_("**Class activation map (Grad-CAM)**"))
    layers = [layer.name for layer in saliency.feature_layers(reading.network)]
    if not layers:
        st.info(
            _(
                "A class activation map needs feature maps, and this network has no "
                "convolution."
            )
        )
        return
    name = st.session_state.get("inside_cam_layer")
    name = name if name in layers else layers[-1]
    found = saliency.grad_cam(reading.network, reading.trace, digit, name)
    _show(
        reading,
        over_image(reading.network.architecture, name, found.values),
        _(
            "Where the maps of {layer} that speak for {digit} are active, from 0 to "
            "{high}. {up} of the {count} maps speak for it, the others against."
        ).format(
            layer=name,
            digit=digit,
            high=exact(found.values.max(initial=0), 3),
            up=int((found.weights > 0).sum()),
            count=len(found.weights),
        ),
    )
    if len(layers) > 1:
        st.selectbox(
            _("Feature maps of"), layers, layers.index(name), key="inside_cam_layer"
        )
    st.caption(
        _(
            "It says where, roughly, and not what: each map counts with one weight, "
            "its mean gradient, wherever it is active. What speaks against the digit "
            "is cut off."
        )
    )


def _contributions(reading: Reading, digit: int) -> None:
    found = saliency.contributions(reading.network, reading.trace, digit)
    st.markdown(_("**Contributions to the score**"))
    _show(
        reading,
        over_image(reading.network.architecture, "flatten", found.places),
        _(
            "The score of {digit}, {total}, split by place: orange adds, at most "
            "{high}, blue takes away, at most {low}. The biases give {constant}."
        ).format(
            digit=digit,
            total=exact(found.total, 2),
            high=exact(max(0.0, float(found.places.max())), 2),
            low=exact(max(0.0, float(-found.places.min())), 2),
            constant=exact(found.constant, 2),
        ),
    )
    st.caption(
        _(
            "It is exact: the places and the biases add up to the score. But it is "
            "about this score alone; a digit wins by being ahead of the others. And "
            "each place sees more of the drawing than the square it fills here."
        )
    )


def _show(reading: Reading, values: np.ndarray, words: str) -> None:
    limit = float(np.abs(values).max(initial=0))
    st.image(over_drawing(reading.pixels, values, limit), alt=words)
    st.markdown(words)
