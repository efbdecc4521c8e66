"""What a network reads in a picture: the answer, its doubts, the way to 28x28."""

from __future__ import annotations

import numpy as np
import streamlit as st
from PIL import Image, ImageDraw

from mnist_cnn.digits import preprocessing
from mnist_cnn.digits.drawing import Ink
from mnist_cnn.digits.grayscale import to_grayscale
from mnist_cnn.digits.ink import ink_of
from mnist_cnn.digits.preprocessing import Preparation
from mnist_cnn.digits.segmentation import Group, split
from mnist_cnn.figures.probabilities import probability_bars, probability_text
from mnist_cnn.ui.components.live_chart import live_chart
from mnist_cnn.ui.draw.drawing_input import Picture
from mnist_cnn.ui.networks import Chosen
from mnist_cnn.ui.text import _, escape

UNSURE = 0.6
SHOWN_SIDE = 140


def pixels_of(picture: Picture, *, only_resize: bool) -> tuple[np.ndarray, Preparation]:
    """The 28x28 pixels that the network gets, and how they came about."""
    way = preprocessing.resize_only if only_resize else preprocessing.prepare
    preparation = way(picture.image)
    pixels = preparation.pixels if picture.pixels is None else picture.pixels
    return pixels, preparation


def show_answer(pixels: np.ndarray, networks: list[Chosen]) -> None:
    """The prediction of each network, and their probabilities in one figure."""
    read = [(each.title, each.network.probabilities(pixels)[0]) for each in networks]
    with st.container(horizontal=True):
        told = _("28 × 28 pixels, as the network gets it")
        st.image(_enlarged(pixels), caption=told, alt=told)
        for title, probabilities in read:
            _metric(escape(title) if len(read) > 1 else "", probabilities)
    best = read[0][1].max()
    if best < UNSURE:
        st.warning(
            _(
                "The network is not sure: its best guess has only {share:.0%}. Its "
                "training digits may not have been written like this one."
            ).format(share=best)
        )
    live_chart(
        probability_bars(*read),
        key="probabilities",
        label=". ".join(f"{title}: {probability_text(p)}" for title, p in read),
        height=260,
    )


def _metric(title: str, probabilities: np.ndarray) -> None:
    first, second = np.argsort(-probabilities)[:2]
    with st.container(width=220):
        st.metric(
            _("Prediction"),
            str(first),
            f"{probabilities[first]:.1%}",
            delta_color="off",
            delta_arrow="off",
        )
        st.caption(
            _("Second guess: {digit}, {share:.1%}").format(
                digit=second, share=probabilities[second]
            )
        )
        if title:
            st.caption(title)


def show_steps(preparation: Preparation) -> None:
    """A strip of pictures: from the drawing to what the network gets."""
    with st.container(horizontal=True):
        for number, step in enumerate(preparation.steps, start=1):
            with st.container(width=SHOWN_SIDE + 8):
                title = f"{number}. {_(step.name)}"
                st.image(
                    _fitted(step.picture), caption=title, alt=title, width=SHOWN_SIDE
                )
                st.caption(_(step.sentence))


def show_number(picture: Picture, networks: list[Chosen]) -> bool:
    """If the picture holds several digits: each boxed, read, and the whole number.

    Returns:
        False if there is one digit at most; then nothing is shown.
    """
    groups = split(ink_of(picture.image).ink)
    if len(groups) < 2:
        return False
    pixels = np.stack(
        [preprocessing.prepare_ink(Ink(each.ink, "")).pixels for each in groups]
    )
    st.image(
        boxed(picture.image, groups),
        caption=_("{count} digits, read from left to right").format(count=len(groups)),
        width=280,
    )
    for each in networks:
        probabilities = each.network.probabilities(pixels)
        predicted = probabilities.argmax(axis=1)
        st.metric(_("Prediction"), "".join(map(str, predicted)))
        if len(networks) > 1:
            st.caption(escape(each.title))
        with st.container(horizontal=True):
            for digit, predicted_class in enumerate(predicted):
                confidence = probabilities[digit, predicted_class]
                st.image(
                    _enlarged(pixels[digit], 84),
                    caption=f"{predicted_class}: {confidence:.0%}",
                )
    return True


def _enlarged(pixels: np.ndarray, side: int = SHOWN_SIDE) -> Image.Image:
    gray = (np.clip(pixels, 0, 1) * 255).astype(np.uint8)
    return Image.fromarray(gray).resize((side, side), Image.Resampling.NEAREST)


def _fitted(picture: np.ndarray) -> Image.Image:
    """In the middle of a square, so that the strip is even."""
    image = Image.fromarray((np.clip(picture, 0, 1) * 255).astype(np.uint8))
    scale = SHOWN_SIDE / max(image.size)
    small = min(image.size) * scale >= 1 and max(image.size) <= 28
    size = tuple(max(1, round(length * scale)) for length in image.size)
    way = Image.Resampling.NEAREST if small else Image.Resampling.BILINEAR
    square = Image.new("L", (SHOWN_SIDE, SHOWN_SIDE))
    place = tuple((SHOWN_SIDE - length) // 2 for length in size)
    square.paste(image.resize(size, way), place)
    return square


def boxed(image: np.ndarray | Image.Image, groups: tuple[Group, ...]) -> Image.Image:
    """The picture as the preparation sees it, a box around each digit."""
    shown = Image.fromarray(to_grayscale(image).astype(np.uint8)).convert("RGB")
    pen = ImageDraw.Draw(shown)
    width = max(2, max(shown.size) // 140)
    for group in groups:
        pen.rectangle(group.box, outline="#56B4E9", width=width)
    return shown
