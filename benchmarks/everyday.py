"""What else is sent from phones and desks: apps, shirts, photocopies, old pages.

Nobody reported these.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from benchmarks.clutter import WORDS_WITHOUT_DIGITS, printed
from benchmarks.sheets import (
    BLUE,
    PAPER,
    RED,
    WHITE,
    ZOOM,
    Color,
    Kind,
    Sheet,
    Stroke,
    colored,
    grid,
    inked,
    lamp,
    mask,
    on_desk,
    page,
    photo,
    ruled,
    saved,
)
from benchmarks.surfaces import blurred, clouds, thick

PENCIL: Color = (95, 95, 100)


def box_of(sheet: Sheet) -> tuple[int, int, int, int]:
    """The digit's left, top, right and bottom in pixels."""
    return Image.fromarray(sheet.cover > 0.5).getbbox()


def drawn(sheet: Sheet, paths: list, width: float) -> np.ndarray:
    """Lines through points in pixels."""

    def pen(draw: ImageDraw.ImageDraw) -> None:
        for path in paths:
            at = [(x * ZOOM, y * ZOOM) for x, y in path]
            draw.line(at, 255, max(1, round(width * ZOOM)), "curve")

    return mask(sheet.size, pen)


def index_card(sheet: Sheet) -> bytes:
    """Ruled, a red line on top, holes at the side through which the desk is seen."""
    height = sheet.size[1]

    def punch(draw):
        for y in (0.2, 0.5, 0.8):
            box = [22, y * height - 16, 54, y * height + 16]
            draw.ellipse([v * ZOOM for v in box], fill=255)

    holes, ruling = mask(sheet.size, punch), ruled(sheet, (150, 170, 205))
    red = drawn(sheet, [[(0, 0.1 * height), (sheet.size[0], 0.1 * height)]], 2)

    def under(ground):
        ground = inked(ruling(ground), red, RED, 0.9)
        return inked(ground, holes, (90, 70, 55))

    return photo(sheet, BLUE, under=under)


def aslant(sheet: Sheet) -> bytes:
    """A ruled page seen from the side: further off it is smaller."""
    flat = photo(sheet, BLUE, under=ruled(sheet, (150, 170, 205)))
    image = Image.open(io.BytesIO(flat))
    width, height = image.size
    low = 0.12 * height * sheet.rng.uniform(0.5, 1)
    corners = (0, low, 0, height - low, width, height + low, width, -low)
    if sheet.rng.random() < 0.5:
        corners = (0, -low, 0, height + low, width, height - low, width, low)
    way = Image.Transform.QUAD, corners, Image.Resampling.BICUBIC
    return saved(image.transform(image.size, *way), "JPEG", quality=85)


def overwritten(sheet: Sheet) -> bytes:
    """Written in pencil, and traced in ink a little beside it."""
    shift = sheet.rng.integers(-3, 4, 2)
    pencil = np.roll(sheet.cover, tuple(shift), (0, 1))

    def under(ground):
        return inked(ground, pencil, PENCIL, 0.7)

    return photo(sheet, BLUE, under=under)


def erased(sheet: Sheet) -> bytes:
    """What an eraser leaves of another digit: a gray trace, and smears."""
    other = np.roll(np.flipud(sheet.cover), sheet.size[0] // 2, 1)
    smear = blurred(other, 12)

    def under(ground):
        return inked(inked(ground, other, PENCIL, 0.18), smear, PENCIL, 0.12)

    return photo(sheet, PENCIL, under=under)


def underlined(sheet: Sheet) -> bytes:
    left, top, right, bottom = box_of(sheet)
    gap, high = 0.14 * (bottom - top), bottom - top
    ends = [(left - 0.1 * high, bottom + gap), (right + 0.1 * high, bottom + 1.2 * gap)]
    paths = [ends]
    if sheet.rng.random() < 0.5:
        paths.append([(x, y + 0.6 * gap) for x, y in ends])
    cover = np.maximum(sheet.cover, drawn(sheet, paths, 4))
    return photo(Sheet(cover, sheet.rng))


def circled_in_red(sheet: Sheet) -> bytes:
    """As a teacher does: with another pen, and not quite closed."""
    left, top, right, bottom = box_of(sheet)
    x, y = (left + right) / 2, (top + bottom) / 2
    radius = 0.75 * np.array([max(right - left, 0.6 * (bottom - top)), bottom - top])
    angle = np.linspace(0.3, 0.3 + 1.9 * np.pi, 60)
    circle = np.stack([x + radius[0] * np.cos(angle), y + radius[1] * np.sin(angle)], 1)
    red = drawn(sheet, [circle], 4)
    return photo(sheet, BLUE, under=lambda ground: inked(ground, red, RED, 0.9))


def on_newspaper(sheet: Sheet) -> bytes:
    """A slip of paper on a page of print, a headline across."""
    text = printed(sheet, (0.0, 0.0, 1.2, 1), 15, 25, WORDS_WITHOUT_DIGITS)
    image = Image.fromarray((text * 255).astype(np.uint8))
    font = ImageFont.load_default(70)
    ImageDraw.Draw(image).text((60, 30), "Table for you", 255, font)
    text = np.asarray(image, np.float32) / 255
    news = inked(colored(sheet.size, (205, 200, 190)), text, (60, 60, 62))
    slip = on_desk(sheet, (0.2, 0.2, 0.85, 0.85), turned=sheet.rng.uniform(-6, 6))

    def under(ground):
        is_slip = slip(ground).sum(2, keepdims=True) > ground.sum(2, keepdims=True) / 2
        return np.where(is_slip, ground, news)

    return photo(sheet, BLUE, (238, 236, 230), under=under)


def shirt(sheet: Sheet) -> bytes:
    """White print on black cloth: a weave, and folds."""
    x, y = np.meshgrid(np.arange(sheet.size[0]), np.arange(sheet.size[1]))
    weave = 1 + 0.12 * np.sin(x / 1.1) * np.sin(y / 1.1)
    light = lamp(sheet.size, sheet.rng) * clouds(sheet.size, sheet.rng, 110, 0.16)
    return photo(
        sheet, (225, 225, 228), (38, 38, 42), 0.92, light=light * weave[..., None]
    )


def notes_app(sheet: Sheet, ink: Color, ground: Color, bar: Color) -> bytes:
    """A phone's screen: time and battery, a title, tools at the bottom."""
    width, height = sheet.size
    picture = Image.fromarray(
        inked(colored(sheet.size, ground), sheet.cover, ink).astype(np.uint8)
    )
    draw, small = ImageDraw.Draw(picture), ImageFont.load_default(22)
    draw.rectangle([0, 0, width, 110], fill=bar)
    draw.text((30, 14), "12:47", ink, small)
    draw.rounded_rectangle([width - 70, 18, width - 30, 36], 5, outline=ink, width=2)
    draw.rectangle([width - 66, 22, width - 44, 32], fill=ink)
    draw.text((30, 62), "< Notes", (240, 180, 40), ImageFont.load_default(28))
    draw.rectangle([0, height - 90, width, height], fill=bar)
    for x in np.linspace(0.12, 0.88, 5) * width:
        y = height - 50
        draw.ellipse([x - 16, y - 16, x + 16, y + 16], outline=(240, 180, 40), width=3)
    draw.rounded_rectangle(
        [width * 0.33, height - 12, width * 0.67, height - 6], 3, fill=ink
    )
    return saved(picture)


def photocopy(sheet: Sheet) -> bytes:
    """Black and white only: specks of toner, and the lid's shadow at two sides."""
    gray = 235 - 215 * blurred(sheet.cover, 0.8)
    gray = gray + sheet.rng.normal(0, 42, gray.shape)
    x, y = (np.arange(side) for side in sheet.size)
    gray = gray - 190 * np.exp(-x / 12)[None, :] - 190 * np.exp(-y / 9)[:, None]
    dots = sheet.rng.random(gray.shape) < 0.0004
    gray[np.asarray(Image.fromarray(dots).filter(ImageFilter.MaxFilter(3)))] = 0
    return saved(Image.fromarray(gray > 128))


def dithered(sheet: Sheet) -> bytes:
    """A photo as a fax or a receipt's printer gives it."""
    image = Image.open(io.BytesIO(photo(sheet))).convert("L")
    return saved(image.convert("1"), "GIF")


def shaken(sheet: Sheet) -> bytes:
    """The camera moved."""
    angle, reach = sheet.rng.uniform(0, np.pi), 9
    steps = np.linspace(-reach / 2, reach / 2, 10)
    covers = [
        np.roll(
            sheet.cover, (round(s * np.sin(angle)), round(s * np.cos(angle))), (0, 1)
        )
        for s in steps
    ]
    return photo(Sheet(np.mean(covers, 0, np.float32), sheet.rng), BLUE)


def flash(sheet: Sheet) -> bytes:
    """A flash's spot on the paper, dark corners."""
    x, y = np.meshgrid(*(np.linspace(-1, 1, side) for side in sheet.size))
    at = sheet.rng.uniform(-0.5, 0.5, 2)
    far = np.hypot(x - at[0], y - at[1])
    light = 0.5 + 0.6 * np.exp(-(far**2) / 0.5)
    return photo(sheet, BLUE, WHITE, light=light[..., None])


def shows_through(sheet: Sheet) -> bytes:
    """The writing of the page's other side shines through, mirrored."""
    back = blurred(np.fliplr(np.roll(sheet.cover, sheet.size[1] // 4, 0)), 2)
    return photo(sheet, BLUE, under=lambda g: inked(g, back, (120, 120, 150), 0.22))


def crayon(sheet: Sheet) -> bytes:
    """Wax on rough paper, which shows through the stroke."""
    rough = clouds(sheet.size, sheet.rng, 3, 1.0)[..., 0]
    cover = blurred(sheet.cover, 1) * np.clip(1.25 - 0.5 * np.abs(rough - 1), 0, 1)
    ink: Color = [(205, 60, 50), (60, 110, 190), (70, 140, 70)][sheet.rng.integers(3)]
    return photo(Sheet(cover, sheet.rng), ink, (240, 238, 230))


def pencil_on_squares(sheet: Sheet) -> bytes:
    """The squares are as dark as the pencil."""
    return photo(sheet, (105, 105, 112), under=grid(sheet, (120, 135, 165), 34, 1.3))


def tiles(sheet: Sheet) -> bytes:
    """A marker on a kitchen's tiles: dark joints, each tile's own shade."""
    width, height = sheet.size
    side = 260
    shade = sheet.rng.normal(1, 0.03, (height // side + 2, width // side + 2))
    shade = np.kron(shade, np.ones((side, side)))[:height, :width, None]
    x = [[(k, 0), (k, height)] for k in range(side, width, side)]
    y = [[(0, k), (width, k)] for k in range(side, height, side)]
    joints = drawn(sheet, x + y, 5)
    return photo(
        sheet,
        (30, 60, 170),
        (222, 224, 222),
        light=shade * lamp(sheet.size, sheet.rng),
        under=lambda ground: inked(ground, joints, (130, 125, 118)),
    )


def tiny(strokes: Stroke, rng: np.random.Generator) -> Sheet:
    return page(
        strokes, rng, (4000, 3000), (0.07, 0.09), (0.04, 0.06), (0.1, 0.1, 0.9, 0.9)
    )


def portrait(strokes: Stroke, rng: np.random.Generator) -> Sheet:
    return page(
        strokes, rng, (540, 960), (0.2, 0.35), (0.05, 0.09), (0.1, 0.2, 0.9, 0.8)
    )


KINDS: dict[str, Kind] = {
    "index card with holes": Kind(
        index_card, lambda d, r: page(d, r, free=(0.12, 0.14, 0.95, 0.95))
    ),
    "page seen from the side": Kind(
        aslant, lambda d, r: page(d, r, share=(0.3, 0.5), free=(0.15, 0.2, 0.85, 0.8))
    ),
    "pencil traced in ink": Kind(overwritten),
    "erased beside": Kind(
        erased,
        lambda d, r: page(d, r, share=(0.3, 0.4), free=(0.05, 0.1, 0.45, 0.9)),
    ),
    "underlined": Kind(
        underlined,
        lambda d, r: page(d, r, share=(0.3, 0.5), free=(0.1, 0.05, 0.9, 0.8)),
    ),
    "circled in red, not closed": Kind(
        circled_in_red,
        lambda d, r: page(d, r, share=(0.25, 0.35), free=(0.25, 0.2, 0.75, 0.8)),
    ),
    "slip on a newspaper": Kind(
        on_newspaper,
        lambda d, r: page(d, r, share=(0.25, 0.4), free=(0.3, 0.3, 0.75, 0.75)),
    ),
    "white on a black shirt": Kind(shirt, thick),
    "notes app, dark": Kind(
        lambda s: notes_app(s, (240, 240, 240), (0, 0, 0), (28, 28, 30)), portrait
    ),
    "notes app, light": Kind(
        lambda s: notes_app(s, (20, 20, 20), (255, 255, 255), (246, 246, 248)), portrait
    ),
    "photocopy": Kind(photocopy, lambda d, r: page(d, r, free=(0.12, 0.1, 0.95, 0.95))),
    "dithered": Kind(dithered),
    "shaken camera": Kind(shaken, lambda d, r: page(d, r, pen=(0.04, 0.07))),
    "flash on paper": Kind(flash),
    "other side shows through": Kind(shows_through),
    "crayon": Kind(crayon, thick),
    "pencil, squares as dark": Kind(pencil_on_squares),
    "marker on tiles": Kind(tiles, lambda d, r: page(d, r, pen=(0.05, 0.08))),
    "12 megapixels, a tiny digit": Kind(photo, tiny),
    "tall and thin": Kind(
        photo, lambda d, r: page(d, r, (300, 1200), (0.1, 0.18), (0.04, 0.08))
    ),
    "a thumbnail of 80 pixels": Kind(
        lambda s: photo(s, quality=60, blur=0.4),
        lambda d, r: page(d, r, (80, 107), (0.4, 0.6), (0.06, 0.1)),
    ),
    "lying on a checked cloth": Kind(
        lambda s: photo(s, BLUE, PAPER, under=checked_cloth(s)),
        lambda d, r: page(d, r, share=(0.25, 0.4), free=(0.27, 0.27, 0.74, 0.74)),
    ),
}


def checked_cloth(sheet: Sheet):
    x, y = np.meshgrid(np.arange(sheet.size[0]), np.arange(sheet.size[1]))
    pitch = sheet.rng.uniform(30, 50)
    checks = (x % (2 * pitch) < pitch) * 0.5 + (y % (2 * pitch) < pitch) * 0.5
    cloth = 235 - np.array((40, 150, 150)) * checks[..., None]
    slip = on_desk(sheet, (0.18, 0.18, 0.84, 0.84), (0, 0, 0), sheet.rng.uniform(-6, 6))

    def under(ground):
        is_slip = slip(ground).sum(2, keepdims=True) > ground.sum(2, keepdims=True) / 2
        return np.where(is_slip, ground, cloth)

    return under
