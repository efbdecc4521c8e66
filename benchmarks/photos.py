"""How well pictures of paper are read: ``python -m benchmarks.photos``.

Renders pen digits as photos, scans, cells and screenshots, some kinds for each trouble
that people reported, and the undisturbed scan of the same digits beside it. Settings
are tuned on the writers 1 to 15 (``--tuning``) and reported on 16 to 30, who are no
part of the training of `mnist-only`. Last, what photos of 12 and 24 megapixels take.

    python -m benchmarks.photos --count 100
    python -m benchmarks.photos --kinds "desk" --tuning --keep /tmp/wrong
"""

from __future__ import annotations

import argparse
import io
import os
import time
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from PIL import Image

from benchmarks import clutter, everyday, papers, reported, surfaces
from benchmarks.handwriting import PEN_DIGITS, pen_digits
from benchmarks.sheets import Kind, Sheet, scan
from mnist_cnn import runs
from mnist_cnn.analysis.reading import read_number
from mnist_cnn.digits.handwriting.pen_file import DigitFile
from mnist_cnn.digits.ink import ink_of
from mnist_cnn.digits.photo.image_files import ImageError, open_image

KINDS: dict[str, Kind] = (
    reported.KINDS | papers.KINDS | surfaces.KINDS | clutter.KINDS | everyday.KINDS
)
TURNS = 7  # of each time that is measured


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


def print_times(network, digits: DigitFile) -> None:
    """The processor time that a phone's photos take: opened, and read altogether."""
    kind = KINDS["lined paper, blue ink, shadow"]
    sheet, _text = texts(digits, kind, 1, 7)[0]
    small = Image.open(io.BytesIO(kind.picture(sheet)))
    print("\n| megapixels | decoded, ms | decoded and read, ms |\n|---|---|---|")
    for size in ((4000, 3000), (6000, 4000)):
        file = io.BytesIO()
        small.resize(size, Image.Resampling.BICUBIC).save(file, "JPEG", quality=90)
        times = []
        for do in (open_image, lambda photo: read(network, photo)):
            took = []
            for _ in range(TURNS):
                start = time.process_time()
                do(file.getvalue())
                took.append(time.process_time() - start)
            times.append(f"{1000 * np.median(took):.0f}")
        print(f"| {size[0] * size[1] / 1e6:.0f} | {' | '.join(times)} |", flush=True)


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
    print_times(network, digits)


if __name__ == "__main__":
    main()
