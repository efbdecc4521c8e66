"""Dense layers and softmax: what pushes a unit up and down, in tables that add up."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from mnist_cnn.figures.activations import map_over_digit
from mnist_cnn.nn import layer_arithmetic
from mnist_cnn.nn.layer_arithmetic import DenseUnit, Term
from mnist_cnn.nn.layers import OUTPUT, Layer
from mnist_cnn.nn.network import ForwardPass
from mnist_cnn.nn.saliency import Contributions
from mnist_cnn.ui.arithmetic_words import activation_sentence
from mnist_cnn.ui.inside.numbers import exact
from mnist_cnn.ui.text import _

ORIGIN_WIDTH = 260  # pixels; where there is no room for it, it goes below the table
TABLE_STYLE = """<style>
[class*="st-key-inside-table"] :is(td, th) {
  padding: 0.2rem 0.6rem; font-variant-numeric: tabular-nums;
}
@media (max-width: 640px) {
  [class*="st-key-inside-table"] :is(td, th) { padding: 0.1rem 0.25rem; }
}
</style>"""


def show_dense(forward: ForwardPass, layer: Layer, unit: int) -> None:
    """The sum behind one unit, its largest parts, and where they come from."""
    found = layer_arithmetic.dense_unit(forward, layer.name, unit)
    layers = forward.network.layers
    inputs = layers[layers.index(layer) - 1].name
    left, right = st.columns([1, 1] if layer.name == OUTPUT else [3, 2], gap="large")
    with left:
        if layer.name == OUTPUT:
            _show_softmax(forward)
        else:
            _show_sum(found, unit, layer)
            _show_terms(found, inputs)
    with right:
        if layer.name != OUTPUT:
            _show_origin(forward, found.contributions)
            return
        _show_sum(found, unit, layer)
        with st.container(horizontal=True, gap="small"):
            with st.container(width="content"):
                _show_terms(found, inputs)
            with st.container(width=ORIGIN_WIDTH):
                _show_origin(forward, found.contributions)


def _show_softmax(forward: ForwardPass) -> None:
    """Scores, exponentials, their sum, probabilities."""
    steps = layer_arithmetic.softmax(forward.pre_activations[OUTPUT][0])
    rows = [
        (
            f"**{digit}**" if digit == forward.predicted_class else str(digit),
            exact(steps.scores[digit]),
            exact(steps.shifted[digit]),
            exact(steps.exponentials[digit], 6),
            f"{steps.percent[digit]:.4f}%",
        )
        for digit in range(10)
    ]
    total, percent = steps.exponentials.sum(), steps.percent.sum()
    rows.append((_("sum"), "", "", exact(total, 6), f"{percent:.4f}%"))
    heads = _("digit"), _("score"), _("less the largest"), _("exponential")
    _show_table("softmax", (*heads, _("probability")), rows)
    st.markdown(
        _(
            "**Softmax** turns the ten scores into probabilities: each exponential, "
            "divided by the sum of all ten. Subtracting the largest score first "
            "changes no probability and keeps the exponentials small."
        )
    )


def _show_sum(found: DenseUnit, unit: int, layer: Layer) -> None:
    if layer.name == OUTPUT:
        text = _(
            "**The score of {unit}**: {count:,} products add up to {total}; + bias "
            "{bias} = {pre_activation}. What pushes it up most, and down most:"
        )
    elif layer.activation:
        text = _(
            "**Unit {unit}**: {count:,} products add up to {total}; + bias {bias} = "
            "{pre_activation}; {activation}. What pushes it up most, and down most:"
        )
    else:
        text = _(
            "**Unit {unit}**: {count:,} products add up to {total}; + bias {bias} = "
            "{pre_activation}. What pushes it up most, and down most:"
        )
    activation = activation_sentence(layer).format(
        result=exact(found.activation), slope=f"{layer.slope:g}"
    )
    st.markdown(
        text.format(
            unit=unit,
            count=found.count,
            total=exact(found.total),
            bias=exact(found.bias),
            pre_activation=exact(found.pre_activation),
            activation=activation,
        )
    )


def _show_terms(found: DenseUnit, inputs: str) -> None:
    """The largest products up and down, and the rest, so that the table adds up."""

    def row(term: Term) -> tuple[str, ...]:
        numbers = (term.value, term.weight, term.product)
        return _input_name(found, term.input, inputs), *map(exact, numbers)

    others = _("{count:,} others").format(count=found.rest_count)
    rows = [
        *map(row, found.positive),
        (others, "", "", exact(found.rest)),
        *map(row, reversed(found.negative)),
        (_("bias"), "", "", exact(found.bias_term)),
        (f"**{_('sum')}**", "", "", f"**{exact(found.sum_of_terms)}**"),
    ]
    heads = (_("input"), _("value"), _("weight"), _("value · weight"))
    _show_table("dense", heads, rows)


def _input_name(found: DenseUnit, index: int, inputs: str) -> str:
    origin = found.from_flattened.get(index)
    if origin is None:
        return _("unit {unit} of {layer}").format(unit=index, layer=inputs)
    sees = origin.sees
    if sees.top == sees.bottom:
        text = _("pixel in row {row}, column {column}")
    else:
        text = _(
            "map {map}, row {row}, column {column}; sees rows {top}–{bottom}, "
            "columns {left}–{right}"
        )
    return text.format(
        map=origin.channel,
        row=origin.row,
        column=origin.column,
        top=sees.top,
        bottom=sees.bottom,
        left=sees.left,
        right=sees.right,
    )


def _show_origin(forward: ForwardPass, found: Contributions) -> None:
    words = _(
        "Where in the digit it comes from: orange places push up, by {high} at most, "
        "blue ones down, by {low} at most. Exact: all places together give {sum}, the "
        "biases {constant}, and that is {total}."
    ).format(
        high=exact(found.positions.max(initial=0)),
        low=exact(found.positions.min(initial=0)),
        sum=exact(found.total - found.constant),
        constant=exact(found.constant),
        total=exact(found.total),
    )
    st.image(map_over_digit(forward.pixels, found.map), alt=words)
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
