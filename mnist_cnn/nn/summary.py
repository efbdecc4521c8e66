"""What Keras' ``model.summary()`` prints, from the architecture alone."""

from __future__ import annotations

import math

from mnist_cnn.nn.layers import Layer, LayeredArchitecture

LINE_LENGTH = 80
BYTES_PER_PARAMETER = 4


def summary(architecture: LayeredArchitecture) -> str:
    """The text of ``model.summary(line_length=80)`` for a model not yet compiled.

    A test holds it equal to Keras' own, character by character; the table is drawn
    by rich, which Keras uses too.
    """
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Column, Table

    first, second = int(0.45 * LINE_LENGTH), int(0.80 * LINE_LENGTH)
    table = Table(
        Column("Layer (type)", width=first),
        Column("Output Shape", width=second - first),
        Column("Param #", justify="right", width=LINE_LENGTH - second),
        width=LINE_LENGTH,
        show_lines=True,
    )
    layers = architecture.layers()
    for layer in layers:
        table.add_row(
            escape(f"{layer.name} ({layer.keras_class})"),
            _shape_text(layer),
            f"{layer.parameters:,}",
        )
    total = sum(layer.parameters for layer in layers)
    trainable = sum(layer.trainable_parameters for layer in layers)
    console = Console(
        width=max(LINE_LENGTH, 80), highlight=False, color_system=None, markup=True
    )
    with console.capture() as capture:
        console.print('Model: "cnn"')
        console.print(table)
        console.print(f" Total params: {total:,} ({_memory(total)})")
        console.print(f" Trainable params: {trainable:,} ({_memory(trainable)})")
        rest = total - trainable
        console.print(f" Non-trainable params: {rest:,} ({_memory(rest)})")
    return capture.get()


def _shape_text(layer: Layer) -> str:
    return f"(None, {', '.join(str(length) for length in layer.output_shape)})"


def _memory(parameters: int) -> str:
    size = parameters * BYTES_PER_PARAMETER
    power = min(int(math.log(size, 1024)), 3) if size else 0
    return f"{size / 1024**power:.2f} {('B', 'KB', 'MB', 'GB')[power]}"
