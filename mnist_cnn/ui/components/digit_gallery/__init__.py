"""Test digits side by side, each with the truth, the answer and its probability."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from mnist_cnn.digits.mnist import Dataset
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


@dataclass(frozen=True)
class Reader:
    """One of several networks whose answers stand below a digit.

    Attributes:
        name, color, mark: for people, and on the page.
        read: its answers to the test set.
    """

    name: str
    color: str
    mark: str
    read: Predictions


def digit_gallery(
    indices: Sequence[int] | np.ndarray,
    predictions: Predictions,
    digits: Dataset,
    *,
    key: str,
) -> int | None:
    """Show test digits, in the order given.

    Args:
        indices: into the test set; at least one.
        predictions: of that very test set.
        digits: whose test images are shown.
        key: the same key is the same gallery.

    Returns:
        The index whose image has just been clicked; None otherwise.
    """
    return _gallery(
        indices, [_item(index, predictions) for index in indices], digits, key
    )


def compared_digits(
    indices: Sequence[int] | np.ndarray,
    readers: Sequence[Reader],
    digits: Dataset,
    *,
    key: str,
) -> int | None:
    """The same with the answers of several networks below each digit.

    Args:
        indices, digits, key: as in ``digit_gallery``.
        readers: the networks, whose answers are of that very test set.

    Returns:
        The index whose image has just been clicked; None otherwise.
    """
    return _gallery(
        indices, [_compared(index, readers) for index in indices], digits, key
    )


def _gallery(
    indices: Sequence[int] | np.ndarray,
    items: list[dict[str, object]],
    digits: Dataset,
    key: str,
) -> int | None:
    shown = [int(index) for index in indices]
    data = packed(
        {"key": key, "items": items, "clickable": True},
        {"sheet": _sheet(digits.x_test[shown])},
    )
    sent = _component(
        data=data, key=key, height="content", on_opened_change=lambda: None
    )
    opened = sent.get("opened")
    return opened if opened in shown else None


def _item(index: int, predictions: Predictions) -> dict[str, object]:
    probabilities = predictions.probabilities[index]
    true, answer = int(predictions.labels[index]), int(probabilities.argmax())
    share = f"{probabilities[answer]:.1%}"
    title = (
        _("Test digit {index:,}: a {true}, read as {answer} with {share}")
        if true != answer
        else _("Test digit {index:,}: a {true}, read rightly with {share}")
    ).format(index=index, true=true, answer=answer, share=share)
    return {
        "index": int(index),
        "title": title,
        "words": f"{true} → {answer}",
        "share": share,
    }


def _compared(index: int, readers: Sequence[Reader]) -> dict[str, object]:
    true = int(readers[0].read.labels[index])
    told, lines = [], []
    for each in readers:
        probabilities = each.read.probabilities[index]
        answer = int(probabilities.argmax())
        share = f"{probabilities[answer]:.1%}"
        told.append(
            _("{name}: {answer} with {share}").format(
                name=each.name, answer=answer, share=share
            )
        )
        lines.append(
            {"mark": each.mark, "color": each.color, "text": f"{answer} · {share}"}
        )
    title = _("Test digit {index:,}: a {true}. {told}").format(
        index=index, true=true, told="; ".join(told)
    )
    return {
        "index": int(index),
        "title": title,
        "words": f"{true}",
        "lines": lines,
    }


def _sheet(images: np.ndarray) -> bytes:
    """All images in one PNG, one below the other."""
    buffer = io.BytesIO()
    column = images.reshape(-1, images.shape[-1])
    Image.fromarray(column).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
