"""What other people's digits are worth: ``python -m benchmarks.writers``.

Fine-tunes the network that was trained on MNIST alone, with the pen digits of some
writers, and reads others with it. First three times with 20 writers, each time read by
the 10 others, as the lab's network was trained on all 30; then with 1, 3, 10 and 20
writers, three draws each, read by the same 10. Prints tables in Markdown. No setting
was chosen by these figures: all were measured on other people before.

    python -m benchmarks.writers --part folds --missed docs/missed.png
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mnist_cnn import runs
from mnist_cnn.analysis.evaluation import accuracy, accuracy_by_group
from mnist_cnn.digits import SIDE, datasets, mnist
from mnist_cnn.digits.dataset import Dataset
from mnist_cnn.digits.handwriting import prepared
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.runs import Run
from mnist_cnn.training.environment import prepare_keras

FOLDS = 3
WRITERS = (1, 3, 10, 20)
DRAWS = 3
EXAMPLES = 6000  # an epoch of a class's fine-tuning: half of it MNIST
COMMON = TrainingConfig(
    epochs=3,
    learning_rate=5e-4,
    augmentation=("shear", "stroke", "elastic"),
    leave_out_offline_digits=True,
    start_from=runs.MNIST_ONLY,
)


def train(writers: np.ndarray, config: TrainingConfig) -> Run:
    """Fine-tunes with MNIST and all digits of these writers."""
    from mnist_cnn.training.fit import Training

    found = prepared.read(datasets.prepared_file("pen"))
    chosen = np.isin(found.writers, writers)
    name = f"{hash(tuple(writers.tolist())) & (2**64 - 1):016x}"
    path = datasets.prepared_file(name)
    np.savez(
        path,
        images=found.images[chosen],
        labels=found.labels[chosen],
        writers=found.writers[chosen],
    )
    run = runs.submit(
        replace(config, data=("mnist", f"{name}{datasets.ALL}")), state="preparing"
    )
    status = Training(run).train()
    if status.state != "done":
        raise SystemExit(status.reason)
    return run


def read(run_id: str, digits: Dataset) -> np.ndarray:
    """Probabilities (N, 10) of the test digits."""
    return runs.load_network(run_id).probabilities(digits.x_test / np.float32(255))


def only(digits: Dataset, writers: np.ndarray) -> Dataset:
    """The test digits of these writers."""
    kept = np.isin(digits.groups, writers.astype(str))
    return replace(
        digits,
        x_test=digits.x_test[kept],
        y_test=digits.y_test[kept],
        groups=digits.groups[kept],
    )


def picture(missed: list[tuple[int, int, np.ndarray]]) -> Image.Image:
    """Digits with what each is and was read as, in the order of what they are."""
    columns, wide, high = 16, 2 * SIDE + 4, 2 * SIDE + 22
    rows = -(-len(missed) // columns)
    sheet = Image.new("L", (columns * wide, rows * high), 255)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(15)
    for place, (label, answer, pixels) in enumerate(
        sorted(missed, key=lambda x: x[:2])
    ):
        x, y = place % columns * wide + 2, place // columns * high + 2
        sheet.paste(Image.fromarray(255 - pixels).resize((2 * SIDE, 2 * SIDE)), (x, y))
        draw.text((x + SIDE, y + 2 * SIDE), f"{label} as {answer}", 0, font, "ma")
    return sheet


def folds(pen: Dataset, names: np.ndarray, path: Path | None) -> None:
    """Cross-validated accuracy: over writers, and by digit."""
    print("\n| fold | before | after | worst, best writer | MNIST | seconds |")
    print("|---|---|---|---|---|---|")
    by_writer: dict[str, float] = {}
    right, labels = [], []
    missed: list[tuple[int, int, np.ndarray]] = []
    for fold in range(FOLDS):
        others = names[fold::FOLDS]
        digits = only(pen, others)
        began = time.perf_counter()
        run = train(np.setdiff1d(names, others), COMMON)
        seconds = time.perf_counter() - began
        before = accuracy(read(runs.MNIST_ONLY, digits), digits.y_test)
        probabilities = read(run.id, digits)
        each = accuracy_by_group(probabilities, digits.y_test, digits.groups)
        by_writer |= each
        answers = probabilities.argmax(1)
        right.append(answers == digits.y_test)
        missed += [
            (int(digits.y_test[place]), int(answers[place]), digits.x_test[place])
            for place in np.flatnonzero(~right[-1])
        ]
        labels.append(digits.y_test)
        print(
            f"| {fold + 1} | {before:.4f} | {right[-1].mean():.4f} "
            f"| {min(each.values()):.3f}, {max(each.values()):.3f} "
            f"| {run.status().test_accuracy:.4f} | {seconds:.0f} |",
            flush=True,
        )
    every = np.array(list(by_writer.values()))
    print(f"\n30 writers: mean {every.mean():.4f}, deviation {every.std():.4f}.")
    all_right, all_labels = np.concatenate(right), np.concatenate(labels)
    shares = [f"{all_right[all_labels == digit].mean():.3f}" for digit in range(10)]
    print("By digit:", json.dumps(dict(enumerate(shares))))
    print(f"{len(missed)} of {len(all_labels):,} missed.", flush=True)
    if path is not None:
        picture(missed).save(path, optimize=True)


def gain(pen: Dataset, names: np.ndarray, _path: Path | None) -> None:
    """What 1, 3, 10 and 20 writers are worth to 10 others."""
    others, rest = names[::FOLDS], np.setdiff1d(names, names[::FOLDS])
    digits, test = only(pen, others), mnist.load()
    before = accuracy(read(runs.MNIST_ONLY, digits), digits.y_test)
    print(f"\n| writers | 10 others (before: {before:.4f}) | MNIST |\n|---|---|---|")
    for count in WRITERS:
        found, kept = [], []
        for draw in range(DRAWS):
            rng = np.random.default_rng(draw)
            chosen = rng.choice(rest, count, replace=False)
            run = train(chosen, replace(COMMON, examples=EXAMPLES, seed=draw))
            found.append(accuracy(read(run.id, digits), digits.y_test))
            kept.append(run.status().test_accuracy)
        print(
            f"| {count} | {np.mean(found):.4f} ± {np.std(found):.4f} "
            f"| {np.mean(kept):.4f} ± {np.std(kept):.4f} |",
            flush=True,
        )
    print(f"\n{len(test.y_test):,} digits of MNIST, {len(digits.y_test):,} of others.")


def main() -> None:
    """Reads the arguments and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", choices=("folds", "gain"), help="both if not given")
    parser.add_argument("--missed", type=Path, help="a picture of what the folds miss")
    options = parser.parse_args()
    if options.missed and options.part == "gain":
        parser.error("--missed is made by --part folds.")
    default = Path("../shared/data/pen_digits.json.gz")
    if default.is_file():
        os.environ.setdefault("MNIST_CNN_PEN_DIGITS", str(default.absolute()))
    prepare_keras()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MNIST_CNN_RUNS"] = folder
        pen = datasets.load(f"pen{datasets.ALL}", download_missing=True)
        names = np.unique(prepared.read(datasets.prepared_file("pen")).writers)
        names = np.random.default_rng(0).permutation(names)
        for name, part in (("folds", folds), ("gain", gain)):
            if options.part in (None, name):
                part(pen, names, options.missed)


if __name__ == "__main__":
    main()
