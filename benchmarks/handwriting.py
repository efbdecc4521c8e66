"""How well networks read handwriting: ``python -m benchmarks.handwriting``.

Draws the pen digits of 30 writers on a 280x280 canvas as white round strokes and reads
them after several preparations, brushes and sizes. The writers are no part of any
training. Prints tables in Markdown; accuracy as a share.

    python -m benchmarks.handwriting --runs pretrained,RUN_ID --digits 2000
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from PIL import Image, ImageDraw

from mnist_cnn import runs
from mnist_cnn.digits import preprocessing
from mnist_cnn.nn import network

CANVAS = 280
ZOOM = 3  # drawn larger and reduced, since a browser's canvas is antialiased
BRUSHES = (8, 14, 20, 30)
SIZES = {
    "small": (0.35, 0.5),
    "medium": (0.5, 0.7),
    "large": (0.7, 0.9),
    "all": (0.35, 0.9),
}
PEN_DIGITS = Path("../shared/data/pen_digits.json.gz")
MNIST = Path(os.environ.get("MNIST_CNN_DATA", "../shared/data/mnist.npz"))


@dataclass(frozen=True)
class PenDigits:
    """Digits as strokes of (x, y), y upward, with who wrote them."""

    strokes: list[list[list[list[float]]]]
    labels: np.ndarray
    writers: np.ndarray


def pen_digits(path: Path, count: int | None, seed: int = 0) -> PenDigits:
    """`count` of the file's digits, or all of them."""
    with gzip.open(path) as file:
        samples = json.load(file)
    order = np.random.default_rng(seed).permutation(len(samples))[:count]
    chosen = [samples[place] for place in order]
    return PenDigits(
        [sample["strokes"] for sample in chosen],
        np.array([sample["label"] for sample in chosen]),
        np.array([sample["writer"] for sample in chosen]),
    )


def draw(
    strokes: list[list[list[float]]],
    rng: np.random.Generator,
    brush: int = 20,
    size: tuple[float, float] = SIZES["all"],
) -> np.ndarray:
    """uint8 (280, 280): the digit at a random size (a share of the side) and place."""
    points = np.concatenate([np.asarray(stroke, float) for stroke in strokes])
    low, high = points.min(0), points.max(0)
    scale = rng.uniform(*size) * CANVAS / max(float((high - low).max()), 1.0)
    extent = (high - low) * scale
    corner = brush / 2 + rng.uniform(0, 1, 2) * np.maximum(CANVAS - brush - extent, 0)
    image = Image.new("L", (CANVAS * ZOOM, CANVAS * ZOOM), 0)
    pen = ImageDraw.Draw(image)
    radius = brush * ZOOM / 2
    for stroke in strokes:
        place = (np.asarray(stroke, float) - low) * scale
        place[:, 1] = extent[1] - place[:, 1]
        path = [tuple(point) for point in (place + corner) * ZOOM]
        if len(path) > 1:
            pen.line(path, fill=255, width=brush * ZOOM)
        for x, y in path:
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(image.reduce(ZOOM))


def resized(canvas: np.ndarray) -> np.ndarray:
    """The whole canvas squeezed into 28x28."""
    return preprocessing.resize_only(canvas).pixels


def boxed(canvas: np.ndarray) -> np.ndarray:
    """The ink's box fitted into 20x20, in the middle of 28x28."""
    small = _fitted(canvas)
    top, left = (28 - small.shape[0]) // 2, (28 - small.shape[1]) // 2
    return _placed(small, top, left)


def by_mass(canvas: np.ndarray) -> np.ndarray:
    """The same with the center of mass in the middle: LeCun's recipe."""
    small = _fitted(canvas)
    mass = small.sum()
    row = small.sum(1) @ np.arange(small.shape[0]) / mass
    column = small.sum(0) @ np.arange(small.shape[1]) / mass
    return _placed(small, round(14 - row), round(14 - column))


def ours(canvas: np.ndarray) -> np.ndarray:
    """`sketch.prepare`."""
    return preprocessing.prepare(canvas).pixels


PREPARATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "plain resize": resized,
    "box in the middle": boxed,
    "center of mass": by_mass,
    "ours": ours,
}


def _fitted(canvas: np.ndarray) -> np.ndarray:
    image = Image.fromarray(canvas)
    image = image.crop(image.getbbox())
    scale = 20 / max(image.size)
    size = [max(1, round(side * scale)) for side in image.size]
    small = image.resize(size, Image.Resampling.BILINEAR)
    return np.asarray(small, np.float32) / 255


def _placed(small: np.ndarray, top: int, left: int) -> np.ndarray:
    pixels = np.zeros((28, 28), np.float32)
    top = int(np.clip(top, 0, 28 - small.shape[0]))
    left = int(np.clip(left, 0, 28 - small.shape[1]))
    pixels[top : top + small.shape[0], left : left + small.shape[1]] = small
    return pixels


def accuracy(net: network.Network, pixels: np.ndarray, labels: np.ndarray) -> float:
    return float((net.probabilities(pixels).argmax(1) == labels).mean())


def print_table(head: list[str], rows: list[list[str | float]]) -> None:
    print("\n| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for row in rows:
        cells = [f"{cell:.4f}" if isinstance(cell, float) else cell for cell in row]
        print("| " + " | ".join(cells) + " |", flush=True)


def measure(nets: dict[str, network.Network], digits: PenDigits) -> None:
    """Prints every table."""
    labels = digits.labels

    def canvases(brush: int, size: str) -> list[np.ndarray]:
        rng = np.random.default_rng(1)
        return [draw(strokes, rng, brush, SIZES[size]) for strokes in digits.strokes]

    usual = canvases(20, "all")
    rows: list[list[str | float]] = []
    for title, way in PREPARATIONS.items():
        pixels = np.stack([way(canvas) for canvas in usual])
        rows.append([title, *(accuracy(net, pixels, labels) for net in nets.values())])
    print_table(["preparation (20 px brush, 0.35 to 0.9)", *nets], rows)

    prepared = np.stack([ours(canvas) for canvas in usual])
    guesses = {
        name: net.probabilities(prepared).argmax(1) for name, net in nets.items()
    }
    rows = []
    for digit in range(10):
        mine = labels == digit
        right = [float((guess[mine] == digit).mean()) for guess in guesses.values()]
        rows.append([str(digit), *right])
    print_table(["digit (ours)", *nets], rows)

    rows = []
    for writer in np.unique(digits.writers):
        mine = digits.writers == writer
        right = [
            float((guess[mine] == labels[mine]).mean()) for guess in guesses.values()
        ]
        rows.append([str(writer), *right])
    print_table(["writer (ours)", *nets], rows)

    head = [f"{name}, {size}" for name in nets for size in list(SIZES)[:3]]
    rows = []
    for brush in BRUSHES:
        by_size = [
            np.stack([ours(canvas) for canvas in canvases(brush, size)])
            for size in list(SIZES)[:3]
        ]
        cells = [accuracy(net, p, labels) for net in nets.values() for p in by_size]
        rows.append([f"{brush} px", *cells])
    print_table(["brush (ours)", *head], rows)

    start = time.perf_counter()
    for canvas in usual[:200]:
        ours(canvas)
    each = (time.perf_counter() - start) / len(usual[:200])
    print(f"\nOne preparation: {1000 * each:.2f} ms.")


def main() -> None:
    """Reads the arguments and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", default="pretrained", help="run ids, by comma")
    parser.add_argument("--digits", type=int, help="how many; all 7,494 if not given")
    parser.add_argument("--pen-digits", type=Path, default=PEN_DIGITS)
    options = parser.parse_args()
    nets = {run: runs.load_network(run) for run in options.runs.split(",")}
    if MNIST.exists():
        with np.load(MNIST) as arrays:
            images, labels = arrays["x_test"] / np.float32(255), arrays["y_test"]
        right = [accuracy(net, images, labels) for net in nets.values()]
        print_table(["", *nets], [["MNIST test set", *right]])
    if not options.pen_digits.exists():
        print(f"No pen digits at {options.pen_digits}: name their file, --pen-digits.")
        return
    measure(nets, pen_digits(options.pen_digits, options.digits))


if __name__ == "__main__":
    main()
