"""Paper, boards and desks that nobody reported: a kind each."""

from __future__ import annotations

import numpy as np
from PIL import Image

from benchmarks.sheets import (
    BLACK,
    BLUE,
    ZOOM,
    Kind,
    Sheet,
    Stroke,
    grid,
    inked,
    lamp,
    mask,
    on_desk,
    page,
    photo,
    ruled,
    saved,
    shadow,
)


def drawn_frame(sheet: Sheet, round_: bool) -> bytes:
    """A box or a circle that somebody drew around the digit."""
    rows, columns = np.nonzero(sheet.cover > 0.5)
    low, high = (
        np.array([columns.min(), rows.min()]),
        np.array([columns.max(), rows.max()]),
    )
    middle, half = (low + high) / 2, (high - low) / 2 * (1.5 if round_ else 1.25) + 12

    def pen(draw):
        box = [*((middle - half) * ZOOM), *((middle + half) * ZOOM)]
        (draw.ellipse if round_ else draw.rectangle)(box, outline=255, width=4 * ZOOM)

    cover = np.maximum(sheet.cover, mask(sheet.size, pen))
    return photo(Sheet(cover, sheet.rng))


def spiral(sheet: Sheet) -> bytes:
    def pen(draw):
        for y in range(20, sheet.size[1], 40):
            draw.ellipse([12 * ZOOM, y * ZOOM, 30 * ZOOM, (y + 18) * ZOOM], fill=255)

    holes = mask(sheet.size, pen)
    ruling = ruled(sheet, (150, 170, 205))
    return photo(
        sheet, BLUE, under=lambda ground: inked(ruling(ground), holes, (50, 45, 40))
    )


def whiteboard(sheet: Sheet) -> bytes:
    x, y = np.meshgrid(np.arange(sheet.size[0]), np.arange(sheet.size[1]))
    at = sheet.rng.uniform(0.2, 0.8, 2) * sheet.size
    glare = 0.78 + 0.25 * np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / 2 / 130**2)
    ink = [(30, 60, 170), (190, 40, 40), (30, 120, 60), (30, 30, 35)][
        sheet.rng.integers(4)
    ]
    return photo(sheet, ink, (225, 230, 232), light=glare[..., None])


def folded(sheet: Sheet) -> bytes:
    """Two shades, and the crease between them: a thin dark line."""
    at = round(sheet.rng.uniform(0.35, 0.65) * sheet.size[0])
    light = np.ones((sheet.size[1], sheet.size[0], 1), np.float32)
    light[:, at:] *= 0.82
    light[:, at : at + 2] *= 0.85
    return photo(sheet, light=light * lamp(sheet.size, sheet.rng))


def crumpled(sheet: Sheet) -> bytes:
    rough = sheet.rng.normal(0, 1, (sheet.size[1] // 25, sheet.size[0] // 25))
    rough = Image.fromarray(rough.astype(np.float32)).resize(
        sheet.size, Image.Resampling.BICUBIC
    )
    return photo(sheet, light=(0.85 + 0.06 * np.asarray(rough))[..., None])


def finger(sheet: Sheet) -> bytes:
    """A fingertip that holds the paper at the picture's lower edge."""
    x = sheet.rng.uniform(0.15, 0.85) * sheet.size[0]

    def pen(draw):
        draw.ellipse(
            [
                v * ZOOM
                for v in (x - 45, sheet.size[1] - 60, x + 45, sheet.size[1] + 120)
            ],
            fill=255,
        )

    tip = mask(sheet.size, pen)
    return photo(sheet, under=lambda ground: inked(ground, tip, (170, 120, 100)))


def hand_shadow(sheet: Sheet) -> bytes:
    one = shadow(sheet.size, sheet.rng, 6, 0.45)
    other = shadow(sheet.size, sheet.rng, 25, 0.25)
    return photo(sheet, BLUE, light=one * other)


def neighbors(sheet: Sheet) -> bytes:
    """Other writing, cut off by the picture's edge."""
    wide = Image.fromarray((sheet.cover * 255).astype(np.uint8))
    box = wide.getbbox()
    cut = wide.crop(box)
    at = (
        sheet.size[0] - round(cut.width * 0.4),
        sheet.rng.integers(0, sheet.size[1] - cut.height),
    )
    other = Image.new("L", sheet.size)
    other.paste(cut.transpose(Image.Transpose.FLIP_LEFT_RIGHT), at)
    return photo(
        Sheet(np.maximum(sheet.cover, np.asarray(other) / np.float32(255)), sheet.rng)
    )


def turned_page(sheet: Sheet) -> bytes:
    """Paper that lies a little turned on the desk, the desk at all sides."""
    return photo(
        sheet,
        under=on_desk(
            sheet, (0.08, 0.06, 0.93, 0.95), turned=sheet.rng.uniform(-7, 7), grain=0.15
        ),
    )


def on_note(strokes: Stroke, rng: np.random.Generator) -> Sheet:
    return page(
        strokes, rng, (800, 600), (0.3, 0.4), (0.03, 0.06), (0.36, 0.24, 0.74, 0.76)
    )


KINDS: dict[str, Kind] = {
    "sticky note on a desk": Kind(
        lambda s: photo(
            s,
            paper=(240, 225, 110),
            under=on_desk(
                s, (0.33, 0.2, 0.77, 0.8), (115, 85, 60), s.rng.uniform(-5, 5)
            ),
        ),
        on_note,
    ),
    "whiteboard, glare": Kind(whiteboard),
    "chalkboard": Kind(lambda s: photo(s, (215, 220, 215), (45, 70, 60), 0.85)),
    "dark paper, light chalk, desk": Kind(
        lambda s: photo(
            s,
            (200, 190, 185),
            (40, 40, 48),
            0.8,
            under=on_desk(s, (-1, -1, 0.9, 2), (190, 160, 120)),
        ),
        lambda d, r: page(d, r, free=(0.05, 0.05, 0.83, 0.95)),
    ),
    "paper turned on a desk": Kind(
        turned_page, lambda d, r: page(d, r, free=(0.17, 0.17, 0.84, 0.84))
    ),
    "light desk": Kind(
        lambda s: photo(
            s, under=on_desk(s, (-1, -1, 0.9, 0.9), (180, 150, 115), grain=0.06)
        ),
        lambda d, r: page(d, r, free=(0.05, 0.05, 0.82, 0.83)),
    ),
    "out of focus": Kind(lambda s: photo(s, blur=4)),
    "low light": Kind(
        lambda s: photo(s, light=lamp(s.size, s.rng) * 0.3, noise=9, quality=60)
    ),
    "JPEG of quality 10": Kind(lambda s: photo(s, quality=10)),
    "dark grid": Kind(
        lambda s: photo(s, BLACK, under=grid(s, (90, 100, 120), 45, 1.5))
    ),
    "dark rulings": Kind(
        lambda s: photo(s, BLACK, under=ruled(s, (60, 65, 80), 60, 2))
    ),
    "spiral's holes": Kind(spiral),
    "shadow of a hand": Kind(hand_shadow),
    "folded paper": Kind(folded),
    "crumpled paper": Kind(crumpled),
    "finger at the edge": Kind(
        finger, lambda d, r: page(d, r, free=(0.05, 0.05, 0.95, 0.85))
    ),
    "writing cut off by the edge": Kind(
        neighbors, lambda d, r: page(d, r, free=(0.05, 0.05, 0.7, 0.95))
    ),
    "box drawn around": Kind(
        lambda s: drawn_frame(s, False),
        lambda d, r: page(d, r, share=(0.3, 0.5), free=(0.15, 0.15, 0.85, 0.85)),
    ),
    "circle drawn around": Kind(
        lambda s: drawn_frame(s, True),
        lambda d, r: page(d, r, share=(0.3, 0.45), free=(0.2, 0.2, 0.8, 0.8)),
    ),
    "colored paper": Kind(
        lambda s: photo(
            s,
            [(150, 30, 40), (30, 60, 150), (25, 110, 60)][s.rng.integers(3)],
            [(245, 200, 205), (200, 225, 245), (205, 235, 200)][s.rng.integers(3)],
        )
    ),
    "dark screenshot": Kind(
        lambda s: saved(
            Image.fromarray((30 + 200 * s.cover).astype(np.uint8)).convert("RGB"),
            "JPEG",
            quality=60,
        )
    ),
}
