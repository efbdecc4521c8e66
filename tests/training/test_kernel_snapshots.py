"""When the snapshots of the kernels reach the disk."""

from types import SimpleNamespace

import numpy as np

from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.nn.architecture import Architecture, ConvBlock

TINY = Architecture((ConvBlock(4, 3, pool=4),), dropout=0, dense=())


def test_they_are_written_at_most_once_a_second_and_at_the_end_of_an_epoch(
    monkeypatch, tmp_path
):
    from mnist_cnn.training import model
    from mnist_cnn.training.callbacks import kernel_snapshots

    clock = SimpleNamespace(seconds=100.0)
    monkeypatch.setattr(kernel_snapshots.time, "monotonic", lambda: clock.seconds)
    path = tmp_path / "kernels.npz"
    snapshots = kernel_snapshots.KernelSnapshots(path)
    network = model.build(TINY)
    model.compile_model(network, TrainingConfig(network=TINY))
    snapshots.set_model(network)
    snapshots.set_params({"epochs": 1, "steps": 10})

    def on_disk() -> list[int]:
        with np.load(path) as kept:
            assert len(kept["kernels"]) == len(kept["steps"])
            return kept["steps"].tolist()

    def batch_at(seconds: float) -> list[int]:
        clock.seconds = seconds
        snapshots.on_train_batch_end(0)
        return on_disk()

    snapshots.on_train_begin()
    assert on_disk() == [0]
    assert batch_at(100.4) == [0]
    assert batch_at(100.9) == [0]
    assert batch_at(101.1) == [0, 1, 2, 3]
    assert batch_at(101.2) == [0, 1, 2, 3]
    snapshots.on_epoch_end(0)
    assert on_disk() == [0, 1, 2, 3, 4]
