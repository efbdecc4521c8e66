"""The picture of a network's volumes, for Home and Architecture."""

from __future__ import annotations

import html

import streamlit as st

from mnist_cnn.figures.style import BLUE, GRAY, GREEN, VERMILLION
from mnist_cnn.figures.volumes import sheets
from mnist_cnn.nn.layers import IMAGE_SHAPE, LayeredArchitecture
from mnist_cnn.ui.text import _, ngettext

SHOWN_KINDS = {
    "conv": BLUE,
    "pool": GREEN,
    "average_pool": GREEN,
    "global_average_pool": GREEN,
    "dense": VERMILLION,
}
# One pixel of the image is --pixel wide: as much as the row has room for.
STYLE = """<style>
.volumes {
  --pixel: clamp(2.75px, 0.28vw, 9px);
  display: flex; flex-wrap: wrap; align-items: end;
  gap: 1rem clamp(1rem, 2.4vw, 3rem);
}
@media (min-width: 1200px) {
  .volumes { justify-content: space-between; }
}
.volumes figure { margin: 0; }
.volumes figure > div { position: relative; margin: 0 auto; }
.volumes i { position: absolute; opacity: 0.4; border: 1px solid; }
.volumes i:only-child { opacity: 0.8; }
.volumes figcaption {
  text-align: center; line-height: 1.3; min-height: 4.3em; padding-top: 0.4em;
}
.volumes :is(b, span) { display: block; white-space: nowrap; }
@media (max-width: 1199px) {
  .volumes figcaption { min-height: 5.6em; }
  .volumes .cost { width: min-content; margin: auto; white-space: normal; }
}
</style>"""


def volume_picture(architecture: LayeredArchitecture) -> None:
    """The volumes from the image to the ten probabilities, and what each costs."""
    figures = [_figure(_("image"), IMAGE_SHAPE, GRAY, None)]
    for layer in architecture.layers():
        if layer.kind in SHOWN_KINDS:
            color = SHOWN_KINDS[layer.kind]
            figures.append(
                _figure(layer.name, layer.output_shape, color, layer.parameters)
            )
    st.html(f'{STYLE}<div class="volumes">{"".join(figures)}</div>')
    st.caption(
        _(
            "Blue: after a convolution. Green: after pooling. Orange: dense layers. "
            "The picture gets smaller and deeper: less of *where*, more of *what*."
        )
    )


def _figure(
    name: str, shape: tuple[int, ...], color: str, parameters: int | None
) -> str:
    drawn = sheets(shape)
    width = max(sheet.left + sheet.width for sheet in drawn)
    height = max(sheet.bottom + sheet.height for sheet in drawn)
    rectangles = "".join(
        f'<i style="left: {_pixels(sheet.left)}; bottom: {_pixels(sheet.bottom)}; '
        f"width: {_pixels(sheet.width)}; height: {_pixels(sheet.height)}; "
        f'background: {color}; border-color: {color}"></i>'
        for sheet in drawn
    )
    cost = ""
    if parameters:
        cost = ngettext("{count:,} parameter", "{count:,} parameters", parameters)
        cost = f'<span class="cost">{html.escape(cost.format(count=parameters))}</span>'
    return (
        f'<figure><div style="width: {_pixels(width)}; height: {_pixels(height)}" '
        f'aria-hidden="true">{rectangles}</div><figcaption>'
        f"<b>{'×'.join(map(str, shape))}</b>"
        f"<span>{html.escape(name)}</span>{cost}</figcaption></figure>"
    )


def _pixels(length: float) -> str:
    return f"calc({length:.2f} * var(--pixel))"
