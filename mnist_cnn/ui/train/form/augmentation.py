"""What the chosen augmentation does to digits: reasons, and a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from mnist_cnn.digits import mnist
from mnist_cnn.digits.augmentation import AUGMENTATIONS, augment
from mnist_cnn.digits.mnist import DataError
from mnist_cnn.ui.text import _

DIGITS_SHOWN = 10
VARIATIONS = 3
ZOOM = 2


def augmentation_choice(chosen: Sequence[str], **widget: Any) -> None:
    """A box to choose augmentations, why each helps, and digits varied that way.

    Args:
        chosen: what it begins with.
        widget: its key and what else ``st.multiselect`` takes.
    """
    names = st.multiselect(
        _("Vary the digits"),
        list(AUGMENTATIONS),
        list(chosen),
        format_func=lambda name: _(AUGMENTATIONS[name].title),
        **widget,
    )
    st.caption(_("Augmentation: each digit is changed a little each time it is seen."))
    if not names:
        return
    for name in names:
        each = AUGMENTATIONS[name]
        st.caption(f"**{_(each.title)}**: {_(each.reason)}")
    try:
        digits = mnist.load().x_train[:DIGITS_SHOWN].astype(np.float32) / 255
    except DataError as error:
        st.caption(_(error.message))
        return
    told = _("Above: training digits. Below: the same, varied three times.")
    st.image(sheet(digits, names), caption=told, output_format="PNG", alt=told)


def sheet(digits: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """The digits in a row, and below them each of their variations.

    Args:
        digits: float32 (N, 28, 28) in [0, 1].
        names: of augmentations.

    Returns:
        uint8 (4 · 56, N · 56).
    """
    rng = np.random.default_rng(0)
    rows = [digits, *(augment(digits, names, rng) for _row in range(VARIATIONS))]
    picture = np.concatenate([np.concatenate(list(row), axis=1) for row in rows])
    gray = (np.clip(picture, 0, 1) * 255).astype(np.uint8)
    return gray.repeat(ZOOM, axis=0).repeat(ZOOM, axis=1)
