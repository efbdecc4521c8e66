"""What people reported of pictures, and what was read well before: a kind each."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.sheets import (
    BLUE,
    WHITE,
    Kind,
    Sheet,
    Stroke,
    grid,
    margin,
    on_desk,
    page,
    photo,
    ruled,
    saved,
    scan,
    shadow,
    written,
)


def layout(rows: tuple[int, ...]) -> Callable[..., Sheet]:
    """Rows of digits, each about 90 pixels high."""

    def sheet(digits: list[Stroke], rng: np.random.Generator) -> Sheet:
        size = (150 * max(rows) + 60, 150 * len(rows) + 60)
        cover = np.zeros(size[::-1], np.float32)
        width, rest = rng.uniform(3, 6), iter(digits)
        for row, count in enumerate(rows):
            for column in range(count):
                at = (
                    105 + 150 * column + rng.uniform(-8, 8),
                    105 + 150 * row + rng.uniform(-8, 8),
                )
                cover = np.maximum(
                    cover, written(next(rest), size, rng.uniform(85, 105), at, width)
                )
        return Sheet(cover, rng)

    return sheet


def cell(side: int) -> Callable[..., Sheet]:
    def sheet(strokes: Stroke, rng: np.random.Generator) -> Sheet:
        height = rng.uniform(0.6, 0.72) * side
        at = side * (0.5 + rng.uniform(-0.04, 0.04, 2)) + side / 28
        return Sheet(
            written(strokes, (side, side), height, at, max(1.4, side / 22)), rng
        )

    return sheet


def framed(sheet: Sheet) -> bytes:
    """Lines at some of the picture's sides, as when cells are cut from a table."""
    side = sheet.size[0]
    thick = max(1, round(side / 28 * sheet.rng.choice([1, 1, 1.5])))
    gray = 255 - 235 * sheet.cover
    sides = sheet.rng.permutation(4)[: sheet.rng.integers(1, 5)]
    for each in sides:
        np.rot90(gray, each)[:thick] = 20
    return saved(Image.fromarray(gray.astype(np.uint8)))


def transparent(sheet: Sheet, radius: float = 0.0, margin: float = 0.0) -> bytes:
    image = Image.open(io.BytesIO(scan(sheet))).convert("RGB")
    alpha = Image.new("L", image.size, 0)
    edge = round(margin * image.width)
    box = (edge, edge, image.width - edge - 1, image.height - edge - 1)
    ImageDraw.Draw(alpha).rounded_rectangle(box, radius * image.width, fill=255)
    image.putalpha(alpha)
    black = Image.new("RGBA", image.size, (0, 0, 0, 0))
    return saved(Image.composite(image, black, alpha))


def twelve_bits(sheet: Sheet) -> bytes:
    deep = (4095 - 3700 * sheet.cover).astype(np.uint16)
    return saved(Image.fromarray(deep))


def two_in_one(sheet: Sheet) -> bytes:
    large = Image.open(io.BytesIO(scan(sheet))).resize(
        (5600, 4200), Image.Resampling.BILINEAR
    )
    small = large.resize((64, 48))
    return saved(large, "MPO", save_all=True, append_images=[small], quality=60)


def tight(sheet: Sheet) -> bytes:
    image = Image.open(io.BytesIO(scan(sheet)))
    box = Image.fromarray(sheet.cover > 0.5).getbbox()
    return saved(image.crop(box))


def touching(sheet: Sheet) -> bytes:
    """The digit's box touches one side of the picture."""
    image = Image.open(io.BytesIO(scan(sheet)))
    left, top, right, bottom = Image.fromarray(sheet.cover > 0.5).getbbox()
    cuts = [
        (left, 0, *image.size),
        (0, top, *image.size),
        (0, 0, right, image.height),
        (0, 0, image.width, bottom),
    ]
    return saved(image.crop(cuts[sheet.rng.integers(4)]))


def exif_turned(sheet: Sheet) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = Image.open(io.BytesIO(photo(sheet))).transpose(Image.Transpose.ROTATE_90)
    return saved(lying, "JPEG", exif=exif, quality=90)


def ink_in_alpha(sheet: Sheet) -> bytes:
    alpha = Image.fromarray((sheet.cover * 255).astype(np.uint8))
    image = Image.new("RGBA", sheet.size, (0, 0, 0, 0))
    image.putalpha(alpha)
    return saved(image)


def paint(sheet: Sheet) -> bytes:
    small = Image.open(io.BytesIO(scan(sheet))).resize((28, 28), Image.Resampling.BOX)
    return saved(small.point(lambda value: 255 if value > 150 else 0))


def square(strokes: Stroke, rng: np.random.Generator) -> Sheet:
    return page(
        strokes, rng, (280, 280), (0.45, 0.7), (0.06, 0.1), (0.08, 0.08, 0.92, 0.92)
    )


def fine(strokes: Stroke, rng: np.random.Generator) -> Sheet:
    return page(strokes, rng, (1200, 900), (1 / 6.5, 1 / 5.5), (0.012, 0.02))


KINDS: dict[str, Kind] = {
    # Read well before: they stay so.
    "photo, a lamp at one side": Kind(photo),
    "lined paper, blue ink, shadow": Kind(
        lambda s: photo(
            s,
            BLUE,
            under=ruled(s, (150, 170, 205)),
            light=shadow(s.size, s.rng, 25, 0.4),
        )
    ),
    "graph paper": Kind(lambda s: photo(s, BLUE, under=grid(s, (170, 190, 215)))),
    "hard pencil": Kind(lambda s: photo(s, (130, 130, 135))),
    "turned by EXIF": Kind(exif_turned),
    "ink in the alpha channel": Kind(ink_in_alpha),
    "28×28 from Paint": Kind(
        paint,
        lambda d, rng: page(
            d, rng, (280, 280), (0.65, 0.8), (0.1, 0.14), (0.05, 0.05, 0.95, 0.95)
        ),
    ),
    "digit at the picture's edge": Kind(touching),
    "cut out to its box": Kind(tight),
    # The table.
    "fine pen, a sixth of the height": Kind(photo, fine),
    "red margin line": Kind(lambda s: photo(s, BLUE, under=margin(s))),
    "desk on one side": Kind(
        lambda s: photo(s, under=on_desk(s, (-1, -1, 0.92, 2))),
        lambda d, r: page(d, r, free=(0.05, 0.05, 0.85, 0.95)),
    ),
    "desk on two sides": Kind(
        lambda s: photo(s, under=on_desk(s, (-1, -1, 0.89, 0.9))),
        lambda d, r: page(d, r, free=(0.05, 0.05, 0.82, 0.83)),
    ),
    "cell with frame, 28 px": Kind(framed, cell(28)),
    "cell with frame, 64 px": Kind(framed, cell(64)),
    "cell with frame, 100 px": Kind(framed, cell(100)),
    "round transparent corners": Kind(lambda s: transparent(s, 0.14), square),
    "transparent margin": Kind(lambda s: transparent(s, 0.0, 0.04), square),
    "two rows of four": Kind(photo, layout((4, 4)), (4, 4)),
    "column of three": Kind(photo, layout((1, 1, 1)), (1, 1, 1)),
    "12 bits in a file of 16": Kind(twelve_bits, square),
    "two pictures in one, 24 megapixels": Kind(two_in_one),
    "highlighter": Kind(
        lambda s: photo(s, (250, 240, 70), WHITE, 0.9),
        lambda d, r: page(d, r, pen=(0.06, 0.1)),
    ),
    "ink and paper of one gray": Kind(
        lambda s: photo(s, (215, 95, 80), (95, 146, 170))
    ),
}
