"""What is said of pictures without a digit: ``python -m benchmarks.no_digits``.

Empty paper and boards, desks, cloth, a face, a page of print: whether the lab says that
there is no digit, says that it is in doubt, or just answers. ``benchmarks.photos`` says
what the same rules cost pictures with a digit.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from PIL import Image

from benchmarks import clutter, papers, reported, surfaces
from benchmarks.clutter import WOOD, WORDS_WITHOUT_DIGITS, printed
from benchmarks.sheets import Sheet, colored, lamp, on_desk, photo, saved, shot
from benchmarks.surfaces import clouds
from mnist_cnn import runs
from mnist_cnn.analysis.reading import UNSURE, read_number
from mnist_cnn.digits.ink import ink_of
from mnist_cnn.digits.photo.image_files import open_image

SIZE = (800, 600)
# Kinds whose disturbance lies about the digit, or is no part of a photo.
ABOUT_A_DIGIT = {
    "turned by EXIF",
    "ink in the alpha channel",
    "28×28 from Paint",
    "digit at the picture's edge",
    "cut out to its box",
    "two rows of four",
    "column of three",
    "two pictures in one, 24 megapixels",
    "writing cut off by the edge",
    "box drawn around",
    "circle drawn around",
    "crossed-out attempt beside",
    "boxes of a form",
    # With print, which has digits.
    "receipt",
    "envelope",
    "marker over print",
}


def empty_kinds() -> dict[str, Callable[[np.random.Generator], bytes]]:
    """What the photos' kinds are before anybody writes on them."""
    kinds = reported.KINDS | papers.KINDS | surfaces.KINDS | clutter.KINDS

    def picture(kind):
        return lambda rng: kind.picture(Sheet(np.zeros(SIZE[::-1], np.float32), rng))

    return {
        f"{name}: empty": picture(kind)
        for name, kind in kinds.items()
        if name not in ABOUT_A_DIGIT
    }


def desk(rng: np.random.Generator) -> bytes:
    """Bare wood: its grain, and a knot or two."""
    sheet = Sheet(np.zeros(SIZE[::-1], np.float32), rng)
    x, y = np.meshgrid(np.arange(SIZE[0]), np.arange(SIZE[1]))
    bend = 30 * clouds(SIZE, rng, 250, 1.0)[..., 0]
    for _ in range(int(rng.integers(3))):
        at, reach = rng.uniform(0, 1, 2) * SIZE, rng.uniform(30, 60)
        far = np.hypot((x - at[0]) / 2, y - at[1])
        bend = bend + 40 * np.exp(-((far / reach) ** 2))
    rings = np.sin((y + bend) / rng.uniform(4, 9)) + 0.5 * np.sin((y + bend) / 2.3)
    ground = np.array(WOOD) * (1 + 0.12 * rings[..., None])
    return shot(ground * lamp(sheet.size, rng), rng)


def cloth(rng: np.random.Generator) -> bytes:
    """A woven tablecloth with folds."""
    x, y = np.meshgrid(np.arange(SIZE[0]), np.arange(SIZE[1]))
    pitch = rng.uniform(3, 7)
    weave = np.sin(x / pitch) * np.sin(y / pitch)
    folds = clouds(SIZE, rng, 150, 0.15)
    ground = colored(SIZE, (150, 160, 175)) * (1 + 0.1 * weave[..., None]) * folds
    return shot(ground, rng)


def checked(rng: np.random.Generator) -> bytes:
    """A checked tablecloth."""
    x, y = np.meshgrid(np.arange(SIZE[0]), np.arange(SIZE[1]))
    turn, pitch = rng.uniform(-0.2, 0.2), rng.uniform(30, 70)
    u, v = x + turn * y, y - turn * x
    checks = (u % (2 * pitch) < pitch) * 0.5 + (v % (2 * pitch) < pitch) * 0.5
    ground = 235 - np.array((40, 150, 150)) * checks[..., None]
    return shot(ground * lamp(SIZE, rng), rng)


def print_page(rng: np.random.Generator) -> bytes:
    """A page of a book."""
    sheet = Sheet(np.zeros(SIZE[::-1], np.float32), rng)
    height = rng.uniform(14, 24)
    rows = int(0.9 * SIZE[1] / height / 1.6)
    text = printed(sheet, (0.06, 0.04, 0.94, 1), height, rows, WORDS_WITHOUT_DIGITS)
    return photo(Sheet(text, rng))


def print_on_desk(rng: np.random.Generator) -> bytes:
    """The same, some lines only, the desk around it."""
    sheet = Sheet(np.zeros(SIZE[::-1], np.float32), rng)
    text = printed(sheet, (0.2, 0.2, 0.8, 1), 18, 12, WORDS_WITHOUT_DIGITS)
    box = (0.12, 0.06, 0.88, 0.95)
    return photo(Sheet(text, rng), under=on_desk(sheet, box, turned=2, grain=0.1))


def keyboard(rng: np.random.Generator) -> bytes:
    """Rows of keys, their letters left away."""
    ground = colored(SIZE, (60, 60, 64))
    side = rng.uniform(50, 80)
    for row in np.arange(10, SIZE[1], side):
        shift = rng.uniform(-side / 2, 0)
        for column in np.arange(shift, SIZE[0], side):
            top, left = int(row), int(max(0, column))
            ground[top : int(row + 0.85 * side), left : int(column + 0.85 * side)] = 30
    return shot(ground * lamp(SIZE, rng), rng)


def cut(path: Path) -> Callable[[np.random.Generator], bytes]:
    """Some part of a photo."""
    whole = Image.open(path).convert("RGB")

    def picture(rng: np.random.Generator) -> bytes:
        share = rng.uniform(0.4, 1)
        size = [round(share * side) for side in whole.size]
        left, top = (
            int(rng.integers(0, most - side + 1))
            for side, most in zip(size, whole.size, strict=True)
        )
        part = whole.crop((left, top, left + size[0], top + size[1]))
        return saved(part.resize(SIZE, Image.Resampling.BICUBIC), "JPEG", quality=85)

    return picture


def photographs() -> dict[str, Callable[[np.random.Generator], bytes]]:
    """Those that come with Matplotlib and scikit-learn, where they are installed."""
    places = {
        "a face": ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg"),
        "a temple": ("sklearn", "datasets/images/china.jpg"),
        "a flower": ("sklearn", "datasets/images/flower.jpg"),
    }
    found = {}
    for name, (package, inside) in places.items():
        spec = importlib.util.find_spec(package)
        path = Path(spec.origin).parent / inside if spec and spec.origin else None
        if path and path.exists():
            found[name] = cut(path)
    return found


def kinds() -> dict[str, Callable[[np.random.Generator], bytes]]:
    """Makers of pictures by name."""
    made = {
        "bare wood": desk,
        "cloth": cloth,
        "checked cloth": checked,
        "page of print": print_page,
        "some print, desk": print_on_desk,
        "keys without letters": keyboard,
    }
    return made | photographs() | empty_kinds()


def main() -> None:
    """Reads the arguments and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=10, help="pictures of each kind")
    parser.add_argument("--kinds", default="", help="only names that hold this text")
    parser.add_argument("--run", default=runs.PRETRAINED)
    parser.add_argument("--keep", type=Path, help="a folder for those just answered")
    options = parser.parse_args()
    network = runs.load_network(options.run)
    print("| picture | no digit, it says | in doubt | answered |\n|---|---|---|---|")
    totals = np.zeros(3, int)
    seen: set[bytes] = set()  # kinds that differ in their writing alone look the same
    for name, make in kinds().items():
        if options.kinds not in name:
            continue
        counts = np.zeros(3, int)
        for number in range(options.count):
            file = make(np.random.default_rng((11, number)))
            if file in seen:
                continue
            seen.add(file)
            ink = ink_of(open_image(file))
            read = read_number(network, ink)
            text, is_doubtful = (
                read.text,
                ink.is_doubtful or read.min_confidence < UNSURE,
            )
            outcome = 0 if not text else 1 if is_doubtful else 2
            counts[outcome] += 1
            if outcome == 2 and options.keep:
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / f"{name}-{number}-{text[:12]}.jpg").write_bytes(file)
        if not counts.any():
            continue
        totals += counts
        print(f"| {name} | {' | '.join(map(str, counts))} |", flush=True)
    print(f"| all | {' | '.join(map(str, totals))} |")


if __name__ == "__main__":
    main()
