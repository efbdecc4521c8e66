"""``python -m mnist_cnn.training.bundle``: trains the network that comes with the lab.

The lecture's network on MNIST alone, with augmentation, without the 5,000 digits that
test it where there is no network. See ``pretrained/MODEL_CARD.md``.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace

from mnist_cnn import runs
from mnist_cnn.experiments.presets import DEFAULT_PRESET, PRESETS
from mnist_cnn.runs import Run
from mnist_cnn.training.environment import prepare_keras

CONFIG = replace(
    PRESETS[DEFAULT_PRESET].config,
    epochs=10,
    augmentation=("shear", "stroke", "elastic"),
    leave_out_offline_digits=True,
)
# Not model.keras: with its optimizer it is three times as large as the network.
FILES = (
    "config.json",
    "status.json",
    "metrics.jsonl",
    "summary.txt",
    "weights.npz",
    "test_predictions.npz",
)


def train() -> Run:
    """Trains it, with a progress bar."""
    prepare_keras()
    from mnist_cnn.training.callbacks.progress_bar import ProgressBar
    from mnist_cnn.training.fit import Training

    run = runs.submit(CONFIG, preset=DEFAULT_PRESET, state="preparing")
    with ProgressBar(CONFIG.batch_size) as bar:
        status = Training(run, [bar]).train()
    if status.state != "done":
        sys.exit(f"The training ended as {status.state}: {status.reason}")
    return run


def bundle(run: Run) -> None:
    """Copies what the server needs of a run into ``mnist_cnn/pretrained``."""
    target = runs.PRETRAINED_FOLDER
    target.mkdir(exist_ok=True)
    for name in FILES:
        shutil.copyfile(run.path / name, target / name)


if __name__ == "__main__":
    bundle(runs.find(sys.argv[1]) if len(sys.argv) > 1 else train())
