"""Saved predictions are read with suspicion, and made anew as the network says."""

import pickle
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from mnist_cnn.digits import mnist
from mnist_cnn.runs import predictions
from mnist_cnn.runs.predictions import Predictions, PredictionsError


@pytest.fixture
def digits(few_digits):
    return mnist.load()


@pytest.fixture
def network(architectures, random_network):
    return random_network(architectures["three blocks, no hidden dense"])


@pytest.fixture
def made(network, digits) -> Predictions:
    return predictions.predict(network, digits)


def damaged(made: Predictions, path, **changed) -> None:
    values = {
        "probabilities": made.probabilities,
        "labels": made.labels,
        "fingerprint": np.array(made.fingerprint),
    } | changed
    np.savez(
        path, **{name: value for name, value in values.items() if value is not None}
    )


def test_the_whole_test_set_is_read_in_order_as_the_network_reads_each(
    made, network, digits
):
    for index in (0, 57, 199):
        alone = network.probabilities(digits.x_test[index].astype(np.float32) / 255)
        assert np.allclose(made.probabilities[index], alone[0], atol=1e-6)
    assert np.array_equal(made.labels, digits.y_test)


def test_progress_is_told_and_ends_with_all(network, digits):
    told = []
    predictions.predict(network, digits, lambda *where: told.append(where))
    assert told[-1] == (200, 200)


def test_what_is_saved_is_what_is_loaded(made, tmp_path):
    predictions.save(made, tmp_path / "test.npz")
    loaded = predictions.load(tmp_path / "test.npz")
    assert np.array_equal(loaded.probabilities, made.probabilities)
    assert np.array_equal(loaded.labels, made.labels)
    assert loaded.fingerprint == made.fingerprint


def test_predictions_fit_their_own_test_set_and_no_other(made, digits):
    assert made.matches(digits)
    assert not made.matches(replace(digits, fingerprint="0" * 16))
    assert not made.matches(replace(digits, y_test=digits.y_test[::-1]))


def test_a_missing_file_says_when_it_will_be_there(tmp_path):
    with pytest.raises(PredictionsError, match="when its training ends"):
        predictions.load(tmp_path / "none.npz")


@pytest.mark.parametrize(
    "changed",
    [
        {"probabilities": None},
        {"fingerprint": None},
        {"probabilities": np.zeros((200, 9), np.float32)},
        {"probabilities": np.zeros((199, 10), np.float32)},
        {"probabilities": np.full((200, 10), np.nan, np.float32)},
        {"probabilities": np.full((200, 10), 3, np.float32)},
        {"labels": np.full(200, 10, np.uint8)},
        {"labels": np.zeros((200, 1), np.uint8)},
        {
            "labels": np.zeros(0, np.uint8),
            "probabilities": np.zeros((0, 10), np.float32),
        },
    ],
)
def test_anything_else_is_refused_with_a_sentence(made, tmp_path, changed):
    damaged(made, tmp_path / "test.npz", **changed)
    with pytest.raises(PredictionsError, match="cannot be read"):
        predictions.load(tmp_path / "test.npz")


def test_a_file_that_is_no_archive_is_refused_with_a_sentence(tmp_path):
    (tmp_path / "test.npz").write_bytes(b"no archive")
    with pytest.raises(PredictionsError, match="damaged"):
        predictions.load(tmp_path / "test.npz")


class _Evil:
    def __reduce__(self):
        return (eval, ("open('evil', 'w')",))


def test_a_pickle_in_the_archive_is_never_run(made, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    damaged(made, "test.npz", fingerprint=np.array(_Evil(), dtype=object))
    with pytest.raises(PredictionsError):
        predictions.load(tmp_path / "test.npz")
    assert not (tmp_path / "evil").exists()
    pickle.loads(pickle.dumps(_Evil())).close()
    assert (tmp_path / "evil").exists()  # so it would have done harm


def test_an_archive_that_unfolds_without_end_is_not_unfolded(tmp_path):
    path = tmp_path / "test.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("probabilities.npy", bytes(predictions.MAX_BYTES + 1))
    with pytest.raises(PredictionsError, match="too large"):
        predictions.load(path)
