"""How well pictures of paper are read: ``python -m benchmarks.photos``.

Renders pen digits as photos, scans, cells and screenshots, some kinds for each trouble
that people reported, and the undisturbed scan of the same digits beside it. Settings
are tuned on the writers 1 to 15 (``--tuning``) and reported on 16 to 30, who are no
part of the training of `mnist-only`.

    python -m benchmarks.photos --count 100
    python -m benchmarks.photos --kinds "desk" --tuning --keep /tmp/wrong
"""

from __future__ import annotations

import argparse
import io
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.handwriting import PEN_DIGITS, pen_digits
from benchmarks.sheets import (
    BLACK,
    BLUE,
    WHITE,
    ZOOM,
    Sheet,
    Stroke,
    grid,
    inked,
    lamp,
    margin,
    mask,
    on_desk,
    page,
    photo,
    ruled,
    saved,
    scan,
    shadow,
    written,
)
from mnist_cnn import runs
from mnist_cnn.analysis.reading import read_number
from mnist_cnn.digits.handwriting.pen_file import DigitFile
from mnist_cnn.digits.image_files import ImageError, open_image
from mnist_cnn.digits.ink import ink_of


@dataclass
class Kind:
    """`sheet` lays a digit (or several) out, `picture` disturbs it: a file's bytes."""

    picture: Callable[[Sheet], bytes]
    sheet: Callable[..., Sheet] = page
    rows: tuple[int, ...] = (1,)


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


def twelve_bits(sheet: Sheet) -> bytes:
    deep = (4095 - 3700 * sheet.cover).astype(np.uint16)
    return saved(Image.fromarray(deep))


def two_in_one(sheet: Sheet) -> bytes:
    large = Image.open(io.BytesIO(scan(sheet))).resize(
        (5600, 4200), Image.Resampling.BILINEAR
    )
    small = large.resize((64, 48))
    return saved(large, "MPO", save_all=True, append_images=[small], quality=60)


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


def turned_page(sheet: Sheet) -> bytes:
    """Paper that lies a little turned on the desk, the desk at all sides."""
    return photo(
        sheet,
        under=on_desk(
            sheet, (0.08, 0.06, 0.93, 0.95), turned=sheet.rng.uniform(-7, 7), grain=0.15
        ),
    )


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


def on_note(strokes: Stroke, rng: np.random.Generator) -> Sheet:
    return page(
        strokes, rng, (800, 600), (0.3, 0.4), (0.03, 0.06), (0.36, 0.24, 0.74, 0.76)
    )


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
    # What it does not name.
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


def texts(
    digits: DigitFile, kind: Kind, count: int, seed: int
) -> list[tuple[Sheet, str]]:
    """`count` sheets and what stands on each."""
    rng = np.random.default_rng(seed)
    sheets = []
    for number in range(count):
        each = np.random.default_rng((seed, number))
        places = rng.integers(0, len(digits.labels), sum(kind.rows))
        strokes = [digits.strokes[place] for place in places]
        letters = iter(str(digits.labels[place]) for place in places)
        text = "_".join("".join(next(letters) for _ in range(row)) for row in kind.rows)
        sheets.append(
            (kind.sheet(strokes if sum(kind.rows) > 1 else strokes[0], each), text)
        )
    return sheets


def read(network, file: bytes) -> str:
    try:
        return read_number(network, ink_of(open_image(file))).text
    except ImageError as error:
        return str(error)


def main() -> None:
    """Reads the arguments and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=40, help="pictures of each kind")
    parser.add_argument("--kinds", default="", help="only names that hold this text")
    parser.add_argument("--tuning", action="store_true", help="the writers 1 to 15")
    parser.add_argument("--run", default="mnist-only")
    parser.add_argument("--keep", type=Path, help="a folder for pictures read wrongly")
    parser.add_argument("--pen-digits", type=Path, default=PEN_DIGITS)
    options = parser.parse_args()
    if not options.pen_digits.exists():
        print(f"No pen digits at {options.pen_digits}: name their file, --pen-digits.")
        return
    everybody = pen_digits(options.pen_digits, None)
    mine = np.flatnonzero((everybody.writers <= 15) == options.tuning)
    digits = replace(
        everybody,
        strokes=[everybody.strokes[i] for i in mine],
        labels=everybody.labels[mine],
        writers=everybody.writers[mine],
    )
    network = runs.load_network(options.run)
    print("| picture | its scan | read rightly | points | ms |\n|---|---|---|---|---|")
    for name, kind in KINDS.items():
        if options.kinds not in name:
            continue
        wrong, seconds = [0, 0], 0.0
        for number, (sheet, text) in enumerate(texts(digits, kind, options.count, 7)):
            wrong[0] += read(network, scan(sheet)) != text
            file = kind.picture(sheet)
            start = time.perf_counter()
            found = read(network, file)
            seconds += time.perf_counter() - start
            wrong[1] += found != text
            if found != text and options.keep:
                options.keep.mkdir(parents=True, exist_ok=True)
                Image.open(io.BytesIO(file)).save(
                    options.keep / f"{name}-{number}-{text}-{found[:12]}.png"
                )
        plain, now = (1 - each / options.count for each in wrong)
        each = 1000 * seconds / options.count
        cells = [f"{plain:.3f}", f"{now:.3f}", f"{100 * (now - plain):+.1f}"]
        print(f"| {name} | {' | '.join(cells)} | {each:.0f} |", flush=True)


if __name__ == "__main__":
    main()
