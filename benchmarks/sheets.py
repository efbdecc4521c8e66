"""Pen digits on paper: where their ink is, and what a camera makes of the page."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

ZOOM = 3
WHITE, BLACK = (255, 255, 255), (20, 20, 22)
PAPER, BLUE, RED = (228, 224, 212), (40, 60, 150), (200, 60, 70)
Color = tuple[int, int, int]
Stroke = list[list[list[float]]]


@dataclass
class Sheet:
    """Where ink is on a page: `cover` is float (height, width) in [0, 1]."""

    cover: np.ndarray
    rng: np.random.Generator

    @property
    def size(self) -> tuple[int, int]:
        return self.cover.shape[1], self.cover.shape[0]


def mask(
    size: tuple[int, int], pen: Callable[[ImageDraw.ImageDraw], None]
) -> np.ndarray:
    """Antialiased, in [0, 1]; `pen` draws in pixels times ZOOM."""
    image = Image.new("L", (size[0] * ZOOM, size[1] * ZOOM), 0)
    pen(ImageDraw.Draw(image))
    return np.asarray(image.reduce(ZOOM), np.float32) / 255


def written(
    strokes: Stroke,
    size: tuple[int, int],
    height: float,
    place: tuple[float, float],
    width: float,
) -> np.ndarray:
    """The digit `height` pixels high (or wide), its middle at `place`."""
    points = np.concatenate([np.asarray(stroke, float) for stroke in strokes])
    low, high = points.min(0), points.max(0)
    scale = (height - width) / max(float((high - low).max()), 1.0)
    radius = width * ZOOM / 2

    def pen(draw: ImageDraw.ImageDraw) -> None:
        for stroke in strokes:
            at = (np.asarray(stroke, float) - (low + high) / 2) * scale
            at[:, 1] *= -1
            path = [tuple(point) for point in (at + place) * ZOOM]
            if len(path) > 1:
                draw.line(path, fill=255, width=max(1, round(width * ZOOM)))
            for x, y in path:
                draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)

    return mask(size, pen)


def page(
    strokes: Stroke,
    rng: np.random.Generator,
    size: tuple[int, int] = (800, 600),
    share: tuple[float, float] = (0.3, 0.6),
    pen: tuple[float, float] = (0.02, 0.05),
    free: tuple[float, float, float, float] = (0.1, 0.05, 0.95, 0.95),
) -> Sheet:
    """A digit somewhere in `free` (left, top, right, bottom as shares)."""
    height = rng.uniform(*share) * size[1]
    width = max(1.0, rng.uniform(*pen) * height)
    at = [
        rng.uniform(
            low * side + height / 2,
            max(high * side - height / 2, low * side + height / 2 + 1),
        )
        for low, high, side in zip(free[:2], free[2:], size, strict=True)
    ]
    return Sheet(written(strokes, size, height, (at[0], at[1]), width), rng)


@dataclass
class Kind:
    """`sheet` lays a digit (or several) out, `picture` disturbs it: a file's bytes."""

    picture: Callable[[Sheet], bytes]
    sheet: Callable[..., Sheet] = page
    rows: tuple[int, ...] = (1,)


def colored(size: tuple[int, int], color: Color) -> np.ndarray:
    return np.full((size[1], size[0], 3), color, np.float32)


def inked(
    picture: np.ndarray, cover: np.ndarray, color: Color, most: float = 1.0
) -> np.ndarray:
    share = cover[..., None] * most
    return picture * (1 - share) + np.array(color, np.float32) * share


def lines(
    size: tuple[int, int], gap: float, width: float, slope: float, upright: bool = False
) -> np.ndarray:
    """Parallel lines all over the page."""

    def pen(draw: ImageDraw.ImageDraw) -> None:
        long, across = (size[1], size[0]) if upright else size
        for at in np.arange(gap / 2 - across, 2 * across, gap):
            path = [(0, at * ZOOM), (long * ZOOM, (at + slope * long) * ZOOM)]
            path = [(y, x) for x, y in path] if upright else path
            draw.line(path, fill=255, width=max(1, round(width * ZOOM)))

    return mask(size, pen)


def rectangle(
    size: tuple[int, int], box: tuple[float, ...], turned: float = 0
) -> np.ndarray:
    """1 within `box` (shares of the sides), turned by degrees about its middle."""
    corners = (
        np.array(
            [[box[0], box[1]], [box[2], box[1]], [box[2], box[3]], [box[0], box[3]]]
        )
        * size
    )
    middle, angle = corners.mean(0), np.deg2rad(turned)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    path = [tuple(point * ZOOM) for point in (corners - middle) @ turn.T + middle]
    return mask(size, lambda draw: draw.polygon(path, fill=255))


def lamp(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Light from one side: 1 down to 0.65."""
    across = np.linspace(0, 1, size[0])[None, :, None]
    down = np.linspace(0, 1, size[1])[:, None, None]
    angle = rng.uniform(0, 2 * np.pi)
    ramp = np.cos(angle) * (across - 0.5) + np.sin(angle) * (down - 0.5)
    return (0.83 + 0.24 * ramp).astype(np.float32)


def shadow(
    size: tuple[int, int], rng: np.random.Generator, sharp: float, depth: float
) -> np.ndarray:
    """A straight shadow's edge somewhere across; `sharp` is its width in pixels."""
    x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    angle = rng.uniform(0, 2 * np.pi)
    at = np.cos(angle) * (x - size[0] * rng.uniform(0.3, 0.7)) + np.sin(angle) * (
        y - size[1] / 2
    )
    return (1 - depth / (1 + np.exp(np.clip(-at / sharp, -50, 50))))[..., None].astype(
        np.float32
    )


def shot(
    picture: np.ndarray,
    rng: np.random.Generator,
    noise: float = 3,
    blur: float = 0.7,
    quality: int = 85,
    **options: object,
) -> bytes:
    """As a camera writes it."""
    smooth = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)).filter(
        ImageFilter.GaussianBlur(blur)
    )
    noisy = np.asarray(smooth, np.float32) + rng.normal(0, noise, picture.shape)
    return saved(
        Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)),
        "JPEG",
        quality=quality,
        **options,
    )


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def scan(sheet: Sheet) -> bytes:
    """The undisturbed one: black on white."""
    return saved(Image.fromarray((255 - 235 * sheet.cover).astype(np.uint8)))


def photo(
    sheet: Sheet,
    ink: Color = BLACK,
    paper: Color = PAPER,
    most: float = 0.95,
    under: Callable | None = None,
    light: np.ndarray | None = None,
    **camera,
) -> bytes:
    ground = colored(sheet.size, paper)
    if under is not None:
        ground = under(ground)
    picture = inked(ground, sheet.cover, ink, most)
    light = lamp(sheet.size, sheet.rng) if light is None else light
    return shot(picture * light, sheet.rng, **camera)


def ruled(
    sheet: Sheet,
    color: Color,
    gap: float = 42,
    width: float = 1.5,
    upright: bool = False,
):
    slope = sheet.rng.uniform(-0.03, 0.03)
    return lambda ground: inked(
        ground, lines(sheet.size, gap, width, slope, upright), color, 0.8
    )


def grid(sheet: Sheet, color: Color, gap: float = 30, width: float = 1.3):
    slope = sheet.rng.uniform(-0.03, 0.03)

    def under(ground):
        ground = inked(ground, lines(sheet.size, gap, width, slope), color, 0.8)
        return inked(ground, lines(sheet.size, gap, width, -slope, True), color, 0.8)

    return under


def margin(sheet: Sheet, color: Color = RED):
    """Ruled, and a line for the margin."""
    ruling = ruled(sheet, (150, 170, 205))
    x, lean = sheet.size[0] * 0.06, sheet.rng.uniform(-6, 6)

    def pen(draw):
        draw.line(
            [(x * ZOOM, 0), ((x + lean) * ZOOM, sheet.size[1] * ZOOM)],
            fill=255,
            width=2 * ZOOM,
        )

    return lambda ground: inked(ruling(ground), mask(sheet.size, pen), color, 0.9)


def on_desk(
    sheet: Sheet,
    box: tuple[float, ...],
    color: Color = (60, 40, 28),
    turned: float = 0,
    grain: float = 0,
):
    """The desk around the paper, which lies in `box`."""
    out = 1 - rectangle(sheet.size, box, turned)
    wood = 1 + grain * np.sin(
        np.arange(sheet.size[1]) / 5
        + sheet.rng.normal(0, 0.4, sheet.size[1]).cumsum() * 0.3
    )

    def under(ground):
        return (
            ground * (1 - out[..., None])
            + np.array(color) * wood[:, None, None] * out[..., None]
        )

    return under
