"""The two networks that come with the lab: the same network, other data."""

import numpy as np
import pytest

from mnist_cnn import runs
from mnist_cnn.analysis.evaluation import accuracy
from mnist_cnn.digits import datasets, mnist
from mnist_cnn.runs import predictions

ALL = pytest.mark.parametrize("run_id", runs.BUNDLED)


def test_they_differ_in_their_data_and_share_the_network():
    both, alone = (runs.find(run_id) for run_id in runs.BUNDLED)
    assert (both.name, alone.name) == ("MNIST and pen digits", "MNIST only")
    assert both.config.network == alone.config.network
    assert both.config.start_from == alone.id
    assert both.config.data == ("mnist", "pen:all") and alone.config.data == ("mnist",)
    assert datasets.was_trained_on("pen:all", both.config.data)


@ALL
def test_their_saved_predictions_are_as_good_as_promised(run_id):
    run = runs.find(run_id)
    read = predictions.load(run.predictions_path)
    assert len(read.labels) == 10_000
    assert accuracy(read.probabilities, read.labels) >= 0.994
    assert run.status().test_accuracy == pytest.approx(
        accuracy(read.probabilities, read.labels)
    )


@ALL
def test_where_there_is_no_mnist_their_predictions_are_there_at_once(
    run_id, offline_digits, runs_folder, monkeypatch, tmp_path
):
    monkeypatch.delenv("MNIST_CNN_DATA", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    mnist.offline_file().write_bytes(offline_digits.read_bytes())
    run = runs.find(run_id)
    for digits, count in ((mnist.load(), 1000), (datasets.load("offline"), 5000)):
        read = predictions.of_run(run, digits)
        assert read.matches(digits) and len(read.labels) == count
        assert accuracy(read.probabilities, read.labels) > 0.99
        again = runs.load_network(run_id).probabilities(digits.x_test[:20] / 255)
        np.testing.assert_allclose(again, read.probabilities[:20], atol=2e-3)


def test_together_they_are_small():
    files = [path for path in runs.PRETRAINED_FOLDER.iterdir() if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 6_000_000
