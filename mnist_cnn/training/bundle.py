"""``python -m mnist_cnn.training.bundle``: trains the networks that come with the lab.

Two that differ in nothing but their data: the lecture's network on MNIST alone, and the
same trained on with MNIST and the pen digits of 30 people. Both do without the 5,000
digits that test them where there is no network. See ``pretrained/MODEL_CARD.md``.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace

import numpy as np

from mnist_cnn import runs
from mnist_cnn.digits import datasets
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.experiments.presets import DEFAULT_PRESET, PRESETS
from mnist_cnn.nn.weights import load_weights
from mnist_cnn.runs import Run, predictions
from mnist_cnn.runs.files import RunFiles
from mnist_cnn.storage.files import replacing
from mnist_cnn.training.environment import prepare_keras

MNIST_ONLY = replace(
    PRESETS[DEFAULT_PRESET].config,
    epochs=10,
    augmentation=("shear", "stroke", "elastic"),
    leave_out_offline_digits=True,
)
MNIST_AND_PEN_DIGITS = replace(
    MNIST_ONLY,
    epochs=3,
    learning_rate=5e-4,
    data=("mnist", "pen:all"),
    start_from=runs.MNIST_ONLY,
)
# By the name that the network has in the lab, in the order in which they are trained.
BUNDLES: dict[str, tuple[str, TrainingConfig]] = {
    runs.MNIST_ONLY: ("MNIST only", MNIST_ONLY),
    runs.PRETRAINED: ("MNIST and pen digits", MNIST_AND_PEN_DIGITS),
}
# Not model.keras: with its optimizer it is three times as large as the network.
FILES = ("config.json", "metrics.jsonl", "summary.txt")
# Of the 10 bits behind the point: probabilities change by less than 0.003 (measured),
# and the file is a tenth smaller than with all of them.
DROPPED_BITS = 2


def train(config: TrainingConfig, name: str) -> Run:
    """Trains it, with a progress bar."""
    prepare_keras()
    from mnist_cnn.training.callbacks.progress_bar import ProgressBar
    from mnist_cnn.training.fit import Training

    run = runs.submit(config, preset=DEFAULT_PRESET, state="preparing", name=name)
    with ProgressBar(config.batch_size) as bar:
        status = Training(run, [bar]).train()
    if status.state != "done":
        sys.exit(" ".join([status.state, *status.sentences]))
    return run


def bundle(run: Run, bundled: str, name: str) -> None:
    """Copies what the server needs of a run into ``mnist_cnn/pretrained``."""
    target = RunFiles(runs.BUNDLED[bundled])
    target.path.mkdir(parents=True, exist_ok=True)
    for each in FILES:
        shutil.copyfile(run.path / each, target.path / each)
    Run(target.path).write_status(replace(run.status(), host="", pid=None))
    with replacing(target.weights_path) as file:
        weights = load_weights(run.weights_path)
        np.savez_compressed(file, **{x: rounded(y) for x, y in weights.items()})
    Run(target.path).rename(name)
    network = runs.load_network(bundled)
    for digits, path in (
        (datasets.load("mnist"), target.predictions_path),
        (datasets.load("offline"), target.offline_predictions_path),
    ):
        predictions.save(predictions.predict(network, digits), path, small=True)


def rounded(weights: np.ndarray) -> np.ndarray:
    """float16 that end in as many zero bits, which take no room once compressed."""
    bits = weights.astype(np.float16).view(np.uint16).astype(np.uint32)
    half = 1 << (DROPPED_BITS - 1)
    kept = (bits + half) >> DROPPED_BITS << DROPPED_BITS
    return kept.astype(np.uint16).view(np.float16)


if __name__ == "__main__":
    chosen = sys.argv[1:] or BUNDLES
    for bundled in chosen:
        name, config = BUNDLES[bundled]
        bundle(train(config, name), bundled, name)
