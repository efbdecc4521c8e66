"""When the snapshots of the kernels reach the disk."""

from types import SimpleNamespace

import numpy as np
import pytest

from mnist_cnn import runs
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.nn.architecture import Architecture, ConvBlock

pytestmark = pytest.mark.usefixtures("runs_folder")

TINY = Architecture((ConvBlock(4, 3, pool=4),), dropout=0, dense=())


def test_they_are_written_at_most_once_a_second_and_at_the_end_of_an_epoch(
    monkeypatch,
):
    from mnist_cnn.training import model, snapshots

    clock = SimpleNamespace(seconds=100.0)
    monkeypatch.setattr(snapshots.time, "monotonic", lambda: clock.seconds)
    run = runs.submit(TrainingConfig(network=TINY), state="preparing")
    report = SimpleNamespace(step=0)
    keep = snapshots.KeepKernels(run, report, total_steps=1)
    keep.set_model(model.build(TINY))

    def on_disk() -> list[int]:
        with np.load(run.kernels_path) as kept:
            assert len(kept["kernels"]) == len(kept["steps"])
            return kept["steps"].tolist()

    def batch_at(seconds: float) -> list[int]:
        clock.seconds = seconds
        report.step += 1
        keep.on_train_batch_end(report.step)
        return on_disk()

    keep.on_train_begin()
    assert on_disk() == [0]
    assert batch_at(100.4) == [0]
    assert batch_at(100.9) == [0]
    assert batch_at(101.1) == [0, 1, 2, 3]
    assert batch_at(101.2) == [0, 1, 2, 3]
    keep.on_epoch_end(0)
    assert on_disk() == [0, 1, 2, 3, 4]
