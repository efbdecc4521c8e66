"""What networks read in a picture, by the server: where the browser does not.

A picture from a file is prepared here in any case: photos need more than a drawing.
"""

from __future__ import annotations

import numpy as np
import streamlit as st
from PIL import Image, ImageDraw

from mnist_cnn.analysis.reading import UNSURE, Number, read_number
from mnist_cnn.digits import preprocessing
from mnist_cnn.digits.drawing import Step
from mnist_cnn.digits.photo.grayscale import to_grayscale
from mnist_cnn.digits.preprocessing import Preparation
from mnist_cnn.digits.segmentation import Group
from mnist_cnn.figures.probabilities import (
    percent,
    probability_bars,
    probability_text,
)
from mnist_cnn.ui.board.drawing import Picture, remember_digit
from mnist_cnn.ui.components.live_chart import live_chart
from mnist_cnn.ui.networks import Chosen
from mnist_cnn.ui.text import _, escape

SECOND_FROM = 0.01
SHOWN_SIDE = 140


def prepared_digit(picture: Picture, networks: list[Chosen]) -> Preparation | None:
    """The one digit in it, remembered for the other pages.

    Returns:
        None if there is none, or several: then they are shown, each with its answer.
    """
    if picture.pixels is not None:
        remember_digit(picture.pixels)
        return Preparation(picture.pixels, False, "", lambda: ())
    found = preprocessing.prepare_ink(picture.ink)
    remember_digit(None)
    if found.is_empty:
        with st.container(key="no_digit"):
            st.info(_(found.message))
        return None
    if found.message:
        st.warning(_(found.message))
    if show_number(picture, networks):
        return None
    remember_digit(found.pixels)
    return found


def show_answers(ways: dict[str, np.ndarray], networks: list[Chosen]) -> None:
    """The prediction of each network.

    Args:
        ways: the digit's pixels by the name of their preparation.
    """
    read = _read(ways, networks)
    with st.container(horizontal=True):
        for title, probabilities in read:
            _metric(escape(title) if len(read) > 1 else "", probabilities)
    best = read[0][1].max()
    if best < UNSURE:
        st.warning(
            _(
                "The network is not sure: its best guess has only {confidence}. Its "
                "training digits may not have been written like this one."
            ).format(confidence=percent(best))
        )


def show_details(
    ways: dict[str, np.ndarray], networks: list[Chosen], preparation: Preparation
) -> None:
    """All ten probabilities, what the networks got, and how it came about."""
    read = _read(ways, networks)
    with st.container(horizontal=True):
        for name, pixels in ways.items():
            st.image(_enlarged(pixels), caption=name, alt=name)
    live_chart(
        probability_bars(*read, _=_),
        key="probabilities",
        label=". ".join(f"{title}: {probability_text(p)}" for title, p in read),
        height=260,
    )
    show_steps(preparation.steps)


def _read(
    ways: dict[str, np.ndarray], networks: list[Chosen]
) -> list[tuple[str, np.ndarray]]:
    names = [len(networks) > 1, len(ways) > 1]
    return [
        (
            " · ".join(
                name
                for name, is_told in zip((each.title, way), names, strict=True)
                if is_told
            ),
            each.network.probabilities(pixels)[0],
        )
        for way, pixels in ways.items()
        for each in networks
    ]


def _metric(title: str, probabilities: np.ndarray) -> None:
    first, second = np.argsort(-probabilities)[:2]
    with st.container(width=220):
        st.metric(
            _("Prediction"),
            str(first),
            percent(probabilities[first]),
            delta_color="off",
            delta_arrow="off",
        )
        if probabilities[second] >= SECOND_FROM:
            st.caption(
                _("Second guess: {digit}, {confidence}").format(
                    digit=second, confidence=percent(probabilities[second])
                )
            )
        if title:
            st.caption(title)


def show_steps(steps: tuple[Step, ...]) -> None:
    """A strip of pictures: from the drawing to what the network gets."""
    if not steps:
        return
    st.header(_("From the drawing to the network"), anchor=False)
    with st.container(horizontal=True):
        for number, step in enumerate(steps, start=1):
            with st.container(width=SHOWN_SIDE + 8):
                title = f"{number}. {_(step.name)}"
                st.image(
                    _fitted(step.picture), caption=title, alt=title, width=SHOWN_SIDE
                )
                st.caption(_(step.sentence))


def show_number(picture: Picture, networks: list[Chosen]) -> bool:
    """If the picture holds several digits: each read, row by row, and the number.

    Returns:
        False if there is one digit at most; then nothing is shown.
    """
    numbers = [read_number(each.network, picture.ink) for each in networks]
    groups = numbers[0].groups
    if len(groups) < 2:
        return False
    told = _("{count} digits, read from left to right").format(count=len(groups))
    if groups[-1].row:
        told = _("{count} digits, row by row").format(count=len(groups))
    if picture.is_drawn:
        st.image(boxed(picture.image, groups), caption=told, width=280, alt=told)
    else:
        st.caption(told)
    if (lowest := min(number.min_confidence for number in numbers)) < UNSURE:
        st.warning(
            _(
                "Not all of this looks like digits: once the network's best guess has "
                "only {confidence}. Choose a digit, or take a picture from nearer."
            ).format(confidence=percent(lowest))
        )
    for each, number in zip(networks, numbers, strict=True):
        if len(networks) > 1:
            st.caption(escape(each.title))
        for row, text in enumerate(number.text.split("_")):
            label = _("Row {number}").format(number=row + 1)
            st.metric(label if groups[-1].row else _("Prediction"), text)
            with st.container(horizontal=True):
                for index, group in enumerate(groups):
                    if group.row == row:
                        _small_digit(number, index)
    if not picture.is_drawn:
        ink = picture.ink
        found = Step("Ink found", ink.sentence, ink.ink)
        show_steps((*ink.before(), found))
    return True


def _small_digit(number: Number, index: int) -> None:
    probabilities = number.probabilities[index]
    digit = int(probabilities.argmax())
    told = f"{digit}: {percent(probabilities[digit])}"
    st.image(_enlarged(number.preparations[index].pixels, 84), caption=told, alt=told)


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
    square = Image.new("RGB", (SHOWN_SIDE, SHOWN_SIDE))
    corner = tuple((SHOWN_SIDE - length) // 2 for length in size)
    square.paste(image.resize(size, way), corner)
    return square


def boxed(image: np.ndarray | Image.Image, groups: tuple[Group, ...]) -> Image.Image:
    """The picture as the preparation sees it, a box around each digit."""
    shown = Image.fromarray(to_grayscale(image).astype(np.uint8)).convert("RGB")
    pen = ImageDraw.Draw(shown)
    width = max(2, max(shown.size) // 140)
    for group in groups:
        pen.rectangle(group.box, outline="#56B4E9", width=width)
    return shown
