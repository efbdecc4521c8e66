"""Dense layers and softmax: what pushes a unit up and down, in tables that add up."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from mnist_cnn.figures.activations import over_drawing
from mnist_cnn.nn import explain_dense, saliency
from mnist_cnn.nn.architecture import Layer
from mnist_cnn.nn.receptive_field import over_image, place_of_feature, seen
from mnist_cnn.ui.inside.reading import Reading, exact
from mnist_cnn.ui.text import _

SHOWN = 6
# On a phone a table scrolls by itself, not the whole page.
TABLE_STYLE = """<style>
[class*="st-key-inside-table"] table { display: block; overflow-x: auto; }
[class*="st-key-inside-table"] :is(td, th) {
  padding: 0.2rem 0.6rem; font-variant-numeric: tabular-nums;
}
@media (max-width: 640px) {
  [class*="st-key-inside-table"] :is(td, th) {
    padding: 0.1rem 0.3rem; font-size: 0.8rem;
  }
}
</style>"""


def show_softmax(reading: Reading) -> None:
    """Scores, exponentials, their sum, probabilities."""
    step = explain_dense.softmax(reading.trace.before["output"][0])
    probabilities = explain_dense.round_to_add_up(step.probabilities * 100, 4)
    exponentials = explain_dense.round_to_add_up(step.exponentials, 6)
    rows = [
        (
            f"**{digit}**" if digit == reading.answer else str(digit),
            exact(step.scores[digit]),
            exact(step.shifted[digit]),
            exact(exponentials[digit], 6),
            f"{probabilities[digit]:.4f}%",
        )
        for digit in range(10)
    ]
    rows.append(
        (_("sum"), "", "", exact(exponentials.sum(), 6), f"{probabilities.sum():.4f}%")
    )
    heads = (
        _("digit"),
        _("score"),
        _("less the largest"),
        _("exponential"),
        _("probability"),
    )
    st.markdown(
        _(
            "**Softmax** turns the ten scores into probabilities: each exponential, "
            "divided by the sum of all ten. Subtracting the largest score first "
            "changes no probability and keeps the exponentials small."
        )
    )
    _show_table("softmax", heads, rows)


def show_dense(reading: Reading, layer: Layer, unit: int) -> None:
    """The sum behind one unit, its largest parts, and where they come from."""
    step = explain_dense.dense(reading.network, reading.trace, layer.name, unit)
    title = (
        _("The score of {unit}") if layer.name == "output" else _("Unit {unit}")
    ).format(unit=unit)
    st.markdown(
        f"**{title}**: "
        + _("{count:,} products add up to {total}; + bias {bias} = {before}").format(
            count=len(step.products),
            total=exact(step.total),
            bias=exact(step.bias),
            before=exact(step.before),
        )
        + (
            _("; ReLU: max(0, …) = {result}").format(result=exact(step.result))
            if layer.activation == "relu"
            else ""
        )
        + "."
    )
    first = layer.input_shape == reading.layer("flatten").output_shape and (
        _previous(reading, layer).kind == "flatten"
    )
    left, right = st.columns([3, 2], gap="large")
    with left:
        name_of = _feature_name(reading) if first else _unit_name(reading, layer)
        _pushes(step.products, step.inputs, step.weights, name_of, step)
    with right:
        _where_from(reading, layer, unit)


def _previous(reading: Reading, layer: Layer) -> Layer:
    layers = reading.network.layers
    return layers[layers.index(layer) - 1]


def _feature_name(reading: Reading) -> Callable[[int], str]:
    flatten = reading.layer("flatten")
    maps = [x.name for x in reading.network.layers if len(x.output_shape) == 3]

    def name(feature: int) -> str:
        row, column, channel = place_of_feature(flatten.input_shape, feature)
        if not maps:
            return _("pixel in row {row}, column {column}").format(
                row=row, column=column
            )
        field = seen(reading.network.architecture, maps[-1], row, column).inside()
        return _(
            "map {map}, row {row}, column {column}; sees rows {top}–{bottom}, "
            "columns {left}–{right}"
        ).format(
            map=channel,
            row=row,
            column=column,
            top=field.top,
            bottom=field.bottom,
            left=field.left,
            right=field.right,
        )

    return name


def _unit_name(reading: Reading, layer: Layer) -> Callable[[int], str]:
    before = _previous(reading, layer).name
    return lambda unit: _("unit {unit} of {layer}").format(unit=unit, layer=before)


def _pushes(
    products: np.ndarray,
    inputs: np.ndarray,
    weights: np.ndarray,
    name_of: Callable[[int], str],
    step: explain_dense.DenseStep,
) -> None:
    """The largest products up and down, and the rest, so that the table adds up."""
    order = np.argsort(-products, kind="stable")
    up = [int(i) for i in order[:SHOWN] if products[i] > 0]
    down = [int(i) for i in order[::-1][:SHOWN] if products[i] < 0]
    rest = float(products.sum() - products[up].sum() - products[down].sum())
    others = len(products) - len(up) - len(down)
    parts = np.array(
        [*products[up], rest, *products[down[::-1]], step.bias], np.float64
    )
    rounded = explain_dense.round_to_add_up(parts, 4)
    rows = [
        (name_of(i), exact(inputs[i]), exact(weights[i]), exact(value))
        for i, value in zip(up, rounded, strict=False)
    ]
    middle = len(up)
    rows.append(
        (_("{count:,} others").format(count=others), "", "", exact(rounded[middle]))
    )
    rows += [
        (name_of(i), exact(inputs[i]), exact(weights[i]), exact(value))
        for i, value in zip(down[::-1], rounded[middle + 1 :], strict=False)
    ]
    rows.append((_("bias"), "", "", exact(rounded[-1])))
    rows.append((f"**{_('sum')}**", "", "", f"**{exact(rounded.sum())}**"))
    st.markdown(_("What pushes it up most, and down most:"))
    heads = (_("input"), _("value"), _("weight"), _("value · weight"))
    _show_table("dense", heads, rows)


def _where_from(reading: Reading, layer: Layer, unit: int) -> None:
    found = saliency.contributions(reading.network, reading.trace, unit, layer.name)
    limit = float(np.abs(found.places).max(initial=0))
    spread = over_image(reading.network.architecture, "flatten", found.places)
    words = _(
        "Where in the digit it comes from: orange places push up, by {high} at most, "
        "blue ones down, by {low} at most. Exact: all places together give {sum}, the "
        "biases {constant}, and that is {total}."
    ).format(
        high=exact(max(0.0, float(found.places.max()))),
        low=exact(min(0.0, float(found.places.min()))),
        sum=exact(found.total - found.constant),
        constant=exact(found.constant),
        total=exact(found.total),
    )
    st.image(over_drawing(reading.pixels, spread, limit), alt=words)
    st.caption(words)


def _show_table(name: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A Markdown table, the first column left, the others right; scrolls if wide."""
    lines = [
        f"| {' | '.join(heads)} |",
        f"|:---|{'---:|' * (len(heads) - 1)}",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
    with st.container(key=f"inside-table-{name}"):
        st.html(TABLE_STYLE)
        st.markdown("\n".join(lines))
