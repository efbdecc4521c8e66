"""The same training with several seeds."""

from dataclasses import replace

import pytest

from mnist_cnn import runs
from mnist_cnn.experiments.config import RANGES, TrainingConfig
from mnist_cnn.runs.store import submit_seeds

pytestmark = pytest.mark.usefixtures("runs_folder")

CONFIG = TrainingConfig(epochs=2, augmentation=("turn",))


def test_three_seeds_wait_in_the_queue_and_differ_in_nothing_else():
    options = {"preset": "seed, changed", "owner": "ab" * 32}
    submitted = submit_seeds(CONFIG, 3, "seed {}".format, **options)
    assert {run.id for run in runs.queue()} == {run.id for run in submitted}
    assert [run.config.seed for run in submitted] == [1, 2, 3]
    assert [run.name for run in submitted] == ["seed 1", "seed 2", "seed 3"]
    assert {replace(run.config, seed=1) for run in submitted} == {CONFIG}
    assert {(run.preset, run.owner) for run in submitted} == {
        ("seed, changed", "ab" * 32)
    }


def test_after_the_highest_seed_comes_the_lowest():
    last = replace(CONFIG, seed=RANGES["seed"][1])
    assert [run.config.seed for run in submit_seeds(last, 2, str)] == [last.seed, 0]
