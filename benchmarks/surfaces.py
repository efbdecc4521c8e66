"""What else people write on: blackboards, cardboard, screens, sand. A kind each.

Nobody reported these.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from benchmarks.sheets import (
    Color,
    Kind,
    Sheet,
    Stroke,
    inked,
    lamp,
    page,
    photo,
    rectangle,
    shot,
)


def clouds(
    size: tuple[int, int], rng: np.random.Generator, cell: int, depth: float
) -> np.ndarray:
    """Soft patches about 1, (height, width, 1); `cell` is their size in pixels."""
    rough = rng.normal(0, 1, (max(2, size[1] // cell), max(2, size[0] // cell)))
    rough = Image.fromarray(rough.astype(np.float32))
    rough = rough.resize(size, Image.Resampling.BICUBIC)
    return (1 + depth * np.asarray(rough))[..., None]


def blurred(cover: np.ndarray, radius: float) -> np.ndarray:
    image = Image.fromarray((np.clip(cover, 0, 1) * 255).astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(radius)), np.float32) / 255


def chalk(sheet: Sheet) -> bytes:
    """Grainy strokes on a board that was wiped with a dry cloth."""
    grain = sheet.rng.uniform(0.45, 1, sheet.cover.shape)
    cover = Sheet(blurred(sheet.cover * grain, 0.6), sheet.rng)
    light = lamp(sheet.size, sheet.rng) * clouds(sheet.size, sheet.rng, 120, 0.08)
    return photo(cover, (225, 228, 222), (52, 70, 62), light=light)


def cardboard(sheet: Sheet) -> bytes:
    """Pencil on brown cardboard, whose flutes show."""
    flutes = 1 + 0.03 * np.sin(np.arange(sheet.size[0]) / 3)[None, :, None]
    light = lamp(sheet.size, sheet.rng) * flutes
    light = light * clouds(sheet.size, sheet.rng, 6, 0.02)
    return photo(sheet, (78, 68, 62), (176, 138, 98), 0.85, light=light)


def glossy(sheet: Sheet) -> bytes:
    """A whiteboard in which a window and a lamp are seen."""
    left = sheet.rng.uniform(-0.1, 0.6)
    pane = rectangle(sheet.size, (left, -0.1, left + 0.3, 0.5), sheet.rng.uniform(4, 9))
    cross = rectangle(sheet.size, (left + 0.14, -0.1, left + 0.16, 0.5))
    shine = blurred(pane * (1 - cross), 5)
    ink: Color = [(30, 60, 170), (190, 40, 40), (30, 30, 35)][sheet.rng.integers(3)]
    picture = inked(np.full((*sheet.cover.shape, 3), 205.0), sheet.cover, ink, 0.95)
    picture = picture * lamp(sheet.size, sheet.rng) + 38 * shine[..., None]
    return shot(picture, sheet.rng)


def moire(sheet: Sheet) -> bytes:
    """A screen's pixels seen through a camera's."""
    x, y = np.meshgrid(np.arange(sheet.size[0]), np.arange(sheet.size[1]))
    turn = np.deg2rad(sheet.rng.uniform(2, 8))
    pitch = sheet.rng.uniform(2.05, 2.4)
    u = x * np.cos(turn) + y * np.sin(turn)
    v = y * np.cos(turn) - x * np.sin(turn)
    dots = [
        1 + 0.13 * np.sin(2 * np.pi * (u / pitch + k / 3)) * np.sin(np.pi * v / pitch)
        for k in range(3)
    ]
    return photo(sheet, (35, 35, 40), (225, 230, 240), light=np.stack(dots, -1))


def neon(sheet: Sheet) -> bytes:
    """A glowing tube before a dark wall of bricks."""
    color = np.array(
        [(255, 60, 120), (60, 200, 255), (255, 140, 40)][sheet.rng.integers(3)]
    )
    bricks = 34 * clouds(sheet.size, sheet.rng, 8, 0.15)
    bricks[::40] *= 0.6
    glow = 0.9 * blurred(sheet.cover, 4) + 0.6 * blurred(sheet.cover, 25)
    picture = bricks + glow[..., None] * color
    picture = inked(picture, blurred(sheet.cover, 1), (255, 245, 240), 0.8)
    return shot(picture, sheet.rng, noise=5)


def window(sheet: Sheet) -> bytes:
    """A finger's path on a fogged window, the evening behind it."""
    behind = (
        120 * clouds(sheet.size, sheet.rng, 180, 0.12) * lamp(sheet.size, sheet.rng)
    )
    picture = inked(np.repeat(behind, 3, 2), sheet.cover, (40, 48, 62), 0.85)
    return shot(picture, sheet.rng, noise=4)


def sand(sheet: Sheet) -> bytes:
    """A stick's groove in wet sand: its one bank dark, the other bright."""
    deep = blurred(sheet.cover, 2)
    relief = np.roll(deep, 3, (0, 1)) - np.roll(deep, -3, (0, 1))
    grains = clouds(sheet.size, sheet.rng, 3, 0.06)
    picture = (
        np.array((186, 160, 122)) * grains * (1 - 0.35 * deep - 0.3 * relief)[..., None]
    )
    return shot(picture, sheet.rng)


def thick(strokes: Stroke, rng: np.random.Generator) -> Sheet:
    return page(strokes, rng, share=(0.5, 0.75), pen=(0.06, 0.1))


KINDS: dict[str, Kind] = {
    "chalk on a wiped blackboard": Kind(chalk, thick),
    "pencil on cardboard": Kind(cardboard),
    "glossy whiteboard, a window in it": Kind(glossy),
    "photo of a screen": Kind(moire),
    "neon sign": Kind(neon, lambda d, r: page(d, r, pen=(0.04, 0.07))),
    "finger on a fogged window": Kind(window, thick),
    "groove in sand": Kind(sand, thick),
}
