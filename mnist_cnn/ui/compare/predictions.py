"""What the chosen networks predict: confusion matrices, and digits they disagree on.

Only predictions of one and the same test set stand side by side.
"""

from __future__ import annotations

import streamlit as st

from mnist_cnn.analysis.comparison import by_test_set, disagreement
from mnist_cnn.analysis.evaluation import accuracy, confusion_matrix
from mnist_cnn.digits.mnist import Dataset
from mnist_cnn.nn.weights import NetworkError
from mnist_cnn.runs import RunError
from mnist_cnn.ui.compare.runs import Compared
from mnist_cnn.ui.components.digit_gallery import Reader, digit_gallery
from mnist_cnn.ui.confusion import confusion_chart
from mnist_cnn.ui.networks import load_network
from mnist_cnn.ui.test_set import look_inside
from mnist_cnn.ui.text import _, escape

ACROSS = 3
MATRIX_HEIGHT = "clamp(330px, 25vw, 48vh)"


def show_predictions(chosen: list[Compared], digits: Dataset | None) -> None:
    """Matrices and disagreements of those that were tested on the same digits."""
    readers: dict[str, Reader] = {}
    for each in chosen:
        found, why_not = each.predictions(digits)
        if found is None:
            st.info(
                _("{name}: {reason}").format(name=escape(each.name), reason=_(why_not))
            )
            continue
        readers[each.run.id] = Reader(found, each.name, each.color, each.mark)
    groups = by_test_set({run_id: own.predictions for run_id, own in readers.items()})
    for group in groups[1:]:
        _not_comparable([readers[run_id] for run_id in group])
    if groups:
        shown = {run_id: readers[run_id] for run_id in groups[0]}
        if len(shown) > 1:
            _disagreements(shown, digits)
        _matrices(shown)


def _not_comparable(others: list[Reader]) -> None:
    st.warning(
        _(
            "Tested on another test set, of {count:,} digits, and so not compared "
            "here: {names}. Open it in Mistakes to have it read the test digits at "
            "hand."
        ).format(
            count=len(others[0].predictions.labels),
            names=", ".join(escape(each.name) for each in others),
        )
    )


def _matrices(readers: dict[str, Reader]) -> None:
    st.header(_("Confusion matrices"), anchor=False)
    across = min(len(readers), ACROSS)
    row = list(readers.items())
    for start in range(0, len(row), across):
        part = row[start : start + across]
        for column, (run_id, each) in zip(
            st.columns(across, gap="small"), part, strict=False
        ):
            with column:
                _matrix(run_id, each)
    st.caption(
        _(
            "A row is a true digit, a column the network's prediction. Blue: right. "
            "Orange: mistakes, the deeper the more, each matrix on its own scale. "
            "Point at a cell, or tap it, for its numbers."
        )
    )


def _matrix(run_id: str, each: Reader) -> None:
    predictions = each.predictions
    matrix = confusion_matrix(predictions.probabilities, predictions.labels)
    wrong = int(matrix.sum() - matrix.trace())
    st.markdown(
        _("{name}  \n{accuracy:.2%}, {wrong:,} of {all:,} wrong").format(
            name=escape(each.name),
            accuracy=accuracy(predictions.probabilities, predictions.labels),
            wrong=wrong,
            all=len(predictions.labels),
        )
    )
    confusion_chart(matrix, key=f"compare-confusion-{run_id}", height=MATRIX_HEIGHT)


@st.fragment
def _disagreements(readers: dict[str, Reader], digits: Dataset | None) -> None:
    st.header(_("Digits on which they disagree"), anchor=False)
    group = list(readers.values())
    seen = disagreement([each.predictions for each in group])
    total = len(group[0].predictions.labels)
    st.markdown(
        _(
            "They predict different classes for **{differ:,}** of {total:,} digits. "
            "{right:,} are predicted correctly by all, {none:,} by none."
        ).format(
            differ=len(seen.indices),
            total=total,
            right=seen.all_right,
            none=seen.none_right,
        )
    )
    st.markdown(
        "\n".join(
            _("- {name} alone is right on {count:,}.").format(
                name=escape(each.name), count=count
            )
            for each, count in zip(group, seen.only_right, strict=True)
        )
    )
    if not len(seen.indices):
        return
    if digits is None or not group[0].predictions.matches(digits):
        st.caption(
            _(
                "Their images are not at hand: these predictions are of another test "
                "set than the one on this machine."
            )
        )
        return
    st.caption(
        _(
            "Above: what the test set says. Below: each network's prediction and its "
            "probability, those first where all are confident. Click: look inside."
        )
    )
    opened = digit_gallery(seen.indices, group, digits, key="gallery-disagreements")
    if opened is not None:
        _open(opened, readers)


def _open(index: int, readers: dict[str, Reader]) -> None:
    """In the first network that predicts it wrongly, if its weights are there."""
    truth = next(iter(readers.values())).predictions.labels[index]
    wrong = [
        run_id
        for run_id, each in readers.items()
        if each.predictions.probabilities[index].argmax() != truth
    ]
    try:
        look_inside(load_network(wrong[0]), index)
    except (RunError, NetworkError) as error:
        st.warning(_(error.message))
