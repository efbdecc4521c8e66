"""What else is in the picture: print, stamps, stains, hands, crossed-out digits.

Nobody reported these.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.papers import on_note
from benchmarks.sheets import (
    BLACK,
    BLUE,
    WHITE,
    ZOOM,
    Color,
    Kind,
    Sheet,
    Stroke,
    grid,
    inked,
    mask,
    on_desk,
    page,
    photo,
    rectangle,
)
from benchmarks.surfaces import blurred, clouds, thick

WOOD = (115, 85, 60)
WORDS = [
    "Total",
    "12.80",
    "EUR",
    "thank",
    "you",
    "for",
    "your",
    "visit",
    "2024-11-03",
    "table",
    "7",
    "no.",
    "41",
]
WORDS_WITHOUT_DIGITS = [word for word in WORDS if word.strip(".").isalpha()]


def printed(
    sheet: Sheet,
    box: tuple[float, ...],
    height: float,
    rows: int,
    words: list[str] = WORDS,
) -> np.ndarray:
    """Rows of small print from the left of `box` (shares of the sides)."""
    rng = np.random.default_rng((0, int(sheet.rng.integers(1 << 30))))
    image = Image.new("L", sheet.size)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(round(height))
    left, top, right, _ = np.array(box) * np.tile(sheet.size, 2)
    for row in range(rows):
        line: list[str] = []
        while draw.textlength(" ".join(line), font) < (right - left) * 0.8:
            line.append(words[rng.integers(len(words))])
        draw.text((left, top + 1.6 * row * height), " ".join(line), 255, font)
    image.paste(0, (round(right), 0, *image.size))
    return np.asarray(image, np.float32) / 255


def receipt(sheet: Sheet) -> bytes:
    """A strip of paper on a table, with print above the digit."""
    text = printed(sheet, (0.3, 0.05, 0.7, 1), 15, 5)
    desk = on_desk(sheet, (0.26, -0.1, 0.74, 1.1), WOOD, sheet.rng.uniform(-2, 2), 0.1)
    return photo(
        sheet,
        BLUE,
        (238, 238, 235),
        under=lambda ground: desk(inked(ground, text, (95, 95, 105))),
    )


def note_with_shadow(sheet: Sheet) -> bytes:
    """A sticky note whose lower edge stands off the desk."""
    turned = sheet.rng.uniform(-6, 6)
    dark = blurred(rectangle(sheet.size, (0.35, 0.26, 0.79, 0.85), turned), 9)
    desk = on_desk(sheet, (0.33, 0.2, 0.77, 0.8), (176, 160, 140), turned, 0.04)
    note = rectangle(sheet.size, (0.33, 0.2, 0.77, 0.8), turned)[..., None]

    def under(ground):
        lying = desk(ground)
        return lying * (note + (1 - note) * (1 - 0.5 * dark[..., None]))

    return photo(sheet, BLACK, (245, 228, 120), under=under)


def in_hand(sheet: Sheet) -> bytes:
    """Paper held up before a room, a thumb upon it."""
    room = clouds(sheet.size, sheet.rng, 160, 0.35)
    thumb = np.zeros(sheet.size[::-1], np.float32)
    for share, width in ((0.35, 62), (0.62, 55), (0.78, 50)):
        y = share * sheet.size[1]

        def pen(draw, y=y, width=width, long=150 if width > 60 else 60):
            box = [-90, y - width / 2, long, y + width / 2]
            draw.rounded_rectangle([v * ZOOM for v in box], width / 2 * ZOOM, fill=255)

        thumb = np.maximum(thumb, mask(sheet.size, pen))
    paper = rectangle(sheet.size, (0.1, 0.07, 0.9, 0.93), sheet.rng.uniform(-5, 5))

    def under(ground):
        behind = np.array((105, 100, 95), np.float32) * np.clip(room, 0.2, 1.8)
        ground = ground * paper[..., None] + behind * (1 - paper[..., None])
        return inked(ground, thumb, (196, 150, 126))

    return photo(sheet, BLUE, under=under)


def envelope(sheet: Sheet) -> bytes:
    """A sender's address, a stamp and its postmark."""
    text = printed(sheet, (0.04, 0.05, 0.36, 1), 14, 3)
    stamp = rectangle(sheet.size, (0.82, 0.06, 0.95, 0.27))
    picture = clouds(sheet.size, sheet.rng, 14, 0.25)
    x, y = 0.8 * sheet.size[0], 0.19 * sheet.size[1]

    def pen(draw):
        for radius in (52, 44):
            box = [x - radius, y - radius, x + radius, y + radius]
            draw.ellipse([v * ZOOM for v in box], outline=255, width=2 * ZOOM)

    mark = mask(sheet.size, pen)

    def under(ground):
        ground = inked(ground, text, (60, 60, 70))
        ground = ground * (1 - stamp[..., None]) + stamp[..., None] * (
            np.array((150, 70, 60)) * picture
        )
        return inked(ground, mark, (70, 70, 80), 0.7)

    return photo(sheet, BLUE, (236, 228, 205), under=under)


def crossed_out(sheet: Sheet) -> bytes:
    """A first attempt beside it, with some lines across, or scribbled over."""
    rows, columns = np.nonzero(sheet.cover > 0.5)
    (top, bottom), (left, right) = (
        (each.min(), each.max() + 1) for each in (rows, columns)
    )
    high, wide = bottom - top, right - left
    is_left = left > sheet.size[0] / 2
    step = -round(wide + 0.4 * high) if is_left else round(wide + 0.4 * high)
    attempt = np.roll(np.flipud(sheet.cover[top:bottom]), step, 1)
    passes = int(sheet.rng.integers(7, 26))
    span = max(wide, 0.5 * high)
    x = np.where(np.arange(passes) % 2, -0.6, 0.6) * span + (left + right) / 2 + step
    y = np.linspace(top, bottom, passes) + sheet.rng.normal(0, 0.06 * high, passes)
    path = np.stack([x + sheet.rng.normal(0, 0.04 * span, passes), y], 1)
    stroke = max(2, round(0.04 * high * ZOOM))

    def pen(draw):
        draw.line([tuple(point * ZOOM) for point in path], 255, stroke, "curve")

    cover = np.maximum(sheet.cover, mask(sheet.size, pen))
    cover[top:bottom] = np.maximum(cover[top:bottom], attempt)
    return photo(Sheet(cover, sheet.rng), BLUE)


def dotted(sheet: Sheet) -> bytes:
    gap, turn = 28, sheet.rng.uniform(-0.03, 0.03)

    def pen(draw):
        for y in np.arange(8, sheet.size[1], gap):
            for x in np.arange(8, sheet.size[0], gap):
                a, b = (x - turn * y) * ZOOM, (y + turn * x) * ZOOM
                draw.ellipse([a - 4, b - 4, a + 4, b + 4], fill=255)

    dots = mask(sheet.size, pen)
    return photo(sheet, BLUE, under=lambda ground: inked(ground, dots, (130, 140, 160)))


def isometric(sheet: Sheet) -> bytes:
    """Lines in three directions, 60° apart."""
    width, height = sheet.size

    def pen(draw):
        for slope in (np.tan(np.pi / 6), -np.tan(np.pi / 6)):
            for at in np.arange(-width, height + width, 34):
                path = [(0, at * ZOOM), (width * ZOOM, (at + slope * width) * ZOOM)]
                draw.line(path, 255, round(1.3 * ZOOM))
        for x in np.arange(10, width, 34 * np.cos(np.pi / 6)):
            draw.line([(x * ZOOM, 0), (x * ZOOM, height * ZOOM)], 255, ZOOM)

    lines = mask(sheet.size, pen)
    return photo(
        sheet, BLUE, under=lambda ground: inked(ground, lines, (170, 190, 215))
    )


def folded_twice(sheet: Sheet) -> bytes:
    """Four shades and a cross of creases, dark on one side and bright on the other."""
    x, y = (round(sheet.rng.uniform(0.35, 0.65) * side) for side in sheet.size)
    light = np.ones((sheet.size[1], sheet.size[0], 1), np.float32)
    light[:, x:] *= 0.85
    light[y:] *= 1.08
    light[:, x - 2 : x] *= 1.08
    light[:, x : x + 2] *= 0.8
    light[y - 2 : y] *= 0.8
    light[y : y + 2] *= 1.06
    return photo(sheet, light=light * 0.9)


def coffee(sheet: Sheet) -> bytes:
    """The ring of a cup and a few drops."""
    at = sheet.rng.uniform(0.25, 0.75, 2) * sheet.size

    def pen(draw):
        for radius, width in ((150, 7), (141, 2)):
            box = [*(at - radius), *(at + radius)]
            draw.ellipse([v * ZOOM for v in box], outline=255, width=width * ZOOM)
        for _ in range(4):
            spot, radius = (
                sheet.rng.uniform(0, 1, 2) * sheet.size,
                sheet.rng.uniform(4, 12),
            )
            draw.ellipse(
                [v * ZOOM for v in [*(spot - radius), *(spot + radius)]], fill=255
            )

    stain = blurred(mask(sheet.size, pen), 1.5)
    return photo(
        sheet, BLACK, under=lambda ground: inked(ground, stain, (150, 105, 60), 0.65)
    )


def marker_over_print(sheet: Sheet) -> bytes:
    """A colored marker across a printed page."""
    text = printed(sheet, (0.06, 0.04, 0.94, 1), 17, 21)
    ink: Color = [(225, 60, 40), (30, 120, 220), (220, 60, 150)][sheet.rng.integers(3)]
    return photo(
        sheet, ink, WHITE, 0.85, under=lambda ground: inked(ground, text, (70, 70, 75))
    )


def thick_frame(sheet: Sheet) -> bytes:
    """Squared paper with a heavy frame around its field."""
    squares = grid(sheet, (150, 175, 205), 26)
    box = np.array([0.05, 0.05, 0.95, 0.95]) * np.tile(sheet.size, 2)

    def pen(draw):
        draw.rectangle([v * ZOOM for v in box], outline=255, width=6 * ZOOM)

    frame = mask(sheet.size, pen)
    return photo(
        sheet, BLACK, under=lambda ground: inked(squares(ground), frame, (40, 50, 80))
    )


def form(sheet: Sheet) -> bytes:
    """Boxes of a printed form in a row, one of them filled in."""
    rows, columns = np.nonzero(sheet.cover > 0.5)
    middle = np.array([columns.min() + columns.max(), rows.min() + rows.max()]) / 2
    half = 0.75 * max(np.ptp(rows), np.ptp(columns))

    def pen(draw):
        for step in range(-4, 5):
            x = middle[0] + 2.1 * half * step
            box = [x - half, middle[1] - half, x + half, middle[1] + half]
            draw.rectangle([v * ZOOM for v in box], outline=255, width=2 * ZOOM)

    boxes = mask(sheet.size, pen)
    text = printed(sheet, (0.05, 0.03, 0.6, 1), 16, 2)
    return photo(
        sheet,
        BLUE,
        WHITE,
        under=lambda g: inked(g, np.maximum(boxes, text), (60, 60, 60)),
    )


def small(strokes: Stroke, rng: np.random.Generator) -> Sheet:
    return page(strokes, rng, share=(0.28, 0.4), free=(0.36, 0.45, 0.66, 0.95))


def inner(strokes: Stroke, rng: np.random.Generator) -> Sheet:
    return page(strokes, rng, share=(0.3, 0.5), free=(0.28, 0.2, 0.86, 0.86))


def lone(strokes: Stroke, rng: np.random.Generator) -> Sheet:
    return page(strokes, rng, share=(0.12, 0.16), free=(0.2, 0.3, 0.8, 0.9))


KINDS: dict[str, Kind] = {
    "receipt": Kind(receipt, small),
    "sticky note and its shadow": Kind(note_with_shadow, on_note),
    "paper held in a hand": Kind(in_hand, inner),
    "envelope": Kind(
        envelope, lambda d, r: page(d, r, share=(0.3, 0.5), free=(0.2, 0.35, 0.8, 0.95))
    ),
    "crossed-out attempt beside": Kind(
        crossed_out,
        lambda d, r: page(d, r, share=(0.3, 0.4), free=(0.3, 0.1, 0.7, 0.9)),
    ),
    "dotted paper": Kind(dotted),
    "isometric paper": Kind(isometric),
    "folded twice": Kind(folded_twice),
    "coffee stain": Kind(coffee),
    "marker over print": Kind(marker_over_print, thick),
    "squared paper, thick frame": Kind(
        thick_frame, lambda d, r: page(d, r, free=(0.1, 0.1, 0.9, 0.9))
    ),
    "boxes of a form": Kind(form, lone),
}
