"""Digits that are missing, damaged or of the wrong shape; downloads that fail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mnist_cnn import runs
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.nn.architecture import Architecture

pytestmark = pytest.mark.usefixtures("runs_folder")


def wrong_shape(path: Path, whole: Path) -> None:
    with np.load(whole) as arrays:
        np.savez(path, **{n: a[:, :20] if "x" in n else a for n, a in arrays.items()})


def swapped_bits(path: Path, whole: Path) -> None:
    content = bytearray(whole.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


FAULTS: dict[str, Callable[[Path, Path], object]] = {
    "missing": lambda path, whole: None,
    "empty": lambda path, whole: path.touch(),
    "a folder": lambda path, whole: path.mkdir(),
    "torn": lambda path, whole: path.write_bytes(whole.read_bytes()[:-5000]),
    "swapped bits": swapped_bits,
    "wrong shape": wrong_shape,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_bad_digits_are_a_sentence_on_every_page_and_of_a_training(
    pages, visit, fault, small_mnist, tmp_path, monkeypatch, all_faults, wanted_workers
):
    if not all_faults and fault not in ("torn", "wrong shape"):
        pytest.skip("make faults")
    from mnist_cnn.training.fit import Training

    path = tmp_path / "digits.npz"
    FAULTS[fault](path, small_mnist)
    monkeypatch.setenv("MNIST_CNN_DATA", str(path))
    for page in pages:
        at = visit(page)
        if "Mistakes" in page:
            assert "digits.npz" in at.error[0].value
    run = runs.submit(TrainingConfig(network=Architecture((), 0, (8,)), examples=500))
    assert Training(run).train().state == "failed"
    assert "digits.npz" in run.status().reason
