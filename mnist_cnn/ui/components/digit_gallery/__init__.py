"""Test digits side by side, each with the truth and what networks read in it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from mnist_cnn.digits.mnist import Dataset
from mnist_cnn.figures.probabilities import percent
from mnist_cnn.runs.predictions import Predictions
from mnist_cnn.ui.components.payload import packed
from mnist_cnn.ui.text import _

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "mnist_cnn_digit_gallery",
    css=(_HERE / "digit_gallery.css").read_text(encoding="utf-8"),
    js="\n".join(
        (_HERE / name).read_text(encoding="utf-8")
        for name in ("../payload.js", "digit_gallery.js")
    ),
)


PAGE = 24


@dataclass(frozen=True)
class Reader:
    """A network whose predictions stand below a digit.

    Attributes:
        predictions: for the test set.
        name, color, mark: for people, and on the page; empty for one network alone.
    """

    predictions: Predictions
    name: str = ""
    color: str = ""
    mark: str = ""


def digit_gallery(
    indices: np.ndarray, readers: Sequence[Reader], digits: Dataset, *, key: str
) -> int | None:
    """Show test digits in the order given, the first of them, and more when asked.

    Args:
        indices: into the test set; int (N,), at least one.
        readers: one network, or several; their predictions are of that very test set.
        digits: whose test images are shown.
        key: the same key is the same gallery.

    Returns:
        The index whose image has just been clicked; None otherwise.
    """
    # Other digits begin with their first page again.
    pages_key = f"{key}-{hash(indices.tobytes())}"
    pages = st.session_state.get(pages_key, 1)
    shown = indices[: pages * PAGE].tolist()
    item = _item if len(readers) == 1 else _compared
    data = packed(
        {"key": key, "items": [item(index, readers) for index in shown]},
        {"sheet": _sheet(digits.x_test[shown])},
    )
    sent = _component(
        data=data, key=key, height="content", on_opened_change=lambda: None
    )
    if left := len(indices) - len(shown):
        st.button(
            _("Show more ({count:,} left)").format(count=left),
            key=f"{key}-more",
            on_click=lambda: st.session_state.update({pages_key: pages + 1}),
        )
    opened = sent.get("opened")
    return opened if opened in shown else None


def _item(index: int, readers: Sequence[Reader]) -> dict[str, object]:
    true, predicted, confidence = _read(index, readers[0])
    title = _(
        "Test digit {index:,}: true {true}, predicted {predicted} ({confidence})"
    ).format(index=index, true=true, predicted=predicted, confidence=confidence)
    return {
        "index": index,
        "title": title,
        "words": f"{true} → {predicted}",
        "lines": [{"text": confidence}],
    }


def _compared(index: int, readers: Sequence[Reader]) -> dict[str, object]:
    told, lines = [], []
    for each in readers:
        true, predicted, confidence = _read(index, each)
        text = f"{predicted} · {confidence}"
        told.append(f"{each.name} {text}")
        lines.append({"mark": each.mark, "color": each.color, "text": text})
    title = _("Test digit {index:,}: true {true}; {told}").format(
        index=index, true=true, told="; ".join(told)
    )
    return {"index": index, "title": title, "words": f"{true}", "lines": lines}


def _read(index: int, reader: Reader) -> tuple[int, int, str]:
    probabilities = reader.predictions.probabilities[index]
    predicted = int(probabilities.argmax())
    true = int(reader.predictions.labels[index])
    return true, predicted, percent(probabilities[predicted])


def _sheet(images: np.ndarray) -> bytes:
    """All images in one PNG, one below the other."""
    buffer = io.BytesIO()
    column = images.reshape(-1, images.shape[-1])
    Image.fromarray(column).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
