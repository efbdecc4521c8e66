"""How well networks read handwriting: ``python -m benchmarks.handwriting``.

Draws the pen digits of 30 writers on a 280x280 canvas as white round strokes and reads
them after several preparations, brushes and sizes. The writers are no part of the
training of `mnist-only`. Prints tables in Markdown; accuracy as a share.

    python -m benchmarks.handwriting --runs pretrained,RUN_ID --digits 2000
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from PIL import Image

from mnist_cnn import runs
from mnist_cnn.digits import preprocessing
from mnist_cnn.digits.handwriting.canvas import draw
from mnist_cnn.digits.handwriting.pen_file import DigitFile, parse
from mnist_cnn.nn import network

BRUSHES = (8, 14, 20, 30)
SIZES = {
    "small": (0.35, 0.5),
    "medium": (0.5, 0.7),
    "large": (0.7, 0.9),
    "all": (0.35, 0.9),
}
PEN_DIGITS = Path("../shared/data/pen_digits.json.gz")
MNIST = Path(os.environ.get("MNIST_CNN_DATA", "../shared/data/mnist.npz"))


def pen_digits(path: Path, count: int | None, seed: int = 0) -> DigitFile:
    """`count` of the file's digits, or all of them, in a random order."""
    found = parse(path.read_bytes(), path.name)
    order = np.random.default_rng(seed).permutation(len(found.labels))[:count]
    return replace(
        found,
        strokes=[found.strokes[index] for index in order],
        labels=found.labels[order],
        writers=found.writers[order],
    )


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
    """What the lab does: `preprocessing.prepare`."""
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


def measure(nets: dict[str, network.Network], digits: DigitFile) -> None:
    """Prints every table."""
    labels = digits.labels

    def canvases(brush: int, size: str) -> list[np.ndarray]:
        rng = np.random.default_rng(1)
        return [
            draw(strokes, rng, (brush, brush), SIZES[size])
            for strokes in digits.strokes
        ]

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
    parser.add_argument("--runs", default="mnist-only", help="run ids, by comma")
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
