"""A confusion matrix on a page, with its words; for Mistakes and Compare."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mnist_cnn.analysis.evaluation import confusions
from mnist_cnn.figures.confusion_matrix import confusion_figure
from mnist_cnn.ui.components.live_chart import live_chart
from mnist_cnn.ui.text import _

TOLD = 5


def confusion_chart(
    matrix: np.ndarray,
    *,
    key: str,
    height: str,
    on_click: Callable[[Any, Any], None] | None = None,
    **settings: Any,
) -> None:
    """The matrix, and in words its most frequent mistakes.

    Args:
        matrix: int (10, 10), rows the truth.
        key, height, on_click: as in ``live_chart``.
        settings: as in ``confusion_figure``.
    """
    told = [
        _("{true} predicted as {predicted}: {count:,}").format(
            true=true, predicted=predicted, count=count
        )
        for true, predicted, count in confusions(matrix)[:TOLD]
    ]
    live_chart(
        confusion_figure(matrix, _=_, **settings),
        key=key,
        label=_("Confusion matrix. Most frequent mistakes: {told}.").format(
            told=", ".join(told) or _("none")
        ),
        height=height,
        on_click=on_click,
    )
