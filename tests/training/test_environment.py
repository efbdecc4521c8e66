"""A person's own settings of Keras, and what TensorFlow says, stay outside."""

import importlib
import json
import os
import subprocess
import sys

import pytest

from mnist_cnn.training.environment import _as_if_missing

TRAIN = ("train", "--epochs", "1", "--examples", "500", "--batch-size", "250")


# What would train another network, or none at all.
BACKEND = {"KERAS_BACKEND": "torch"}
SETTINGS = {"image_data_format": "channels_first", "floatx": "float64"}


@pytest.fixture(scope="module")
def trained(
    tmp_path_factory, small_mnist, pytestconfig
) -> subprocess.CompletedProcess[str]:
    """A training in the terminal of a person who has set all that."""
    home = tmp_path_factory.mktemp("keras")
    (home / "keras.json").write_text(json.dumps(SETTINGS))
    return subprocess.run(
        [sys.executable, "-m", "mnist_cnn", *TRAIN],
        cwd=pytestconfig.rootpath,
        env=os.environ
        | BACKEND
        | {
            "KERAS_HOME": str(home),
            "MNIST_CNN_RUNS": str(home / "runs"),
            "MNIST_CNN_DATA": str(small_mnist),
            "TF_CPP_MIN_LOG_LEVEL": "3",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )


def test_a_training_does_not_heed_a_persons_settings_of_keras(trained):
    assert trained.returncode == 0, trained.stderr
    assert json.loads(trained.stdout)["state"] == "done"


def test_a_quiet_training_says_what_the_lab_says_and_no_more(trained):
    said = [line.split()[0] for line in trained.stderr.splitlines() if line.strip()]
    assert said[0] == "Run"
    assert set(said) <= {"Run", "Epoch"}


def test_what_keras_does_not_need_is_there_again_after_its_import(monkeypatch):
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    with _as_if_missing(["colorsys", "json"]):
        with pytest.raises(ImportError):
            importlib.import_module("colorsys")
        # What somebody has loaded already stays.
        assert importlib.import_module("json") is json
    assert importlib.import_module("colorsys").rgb_to_hsv
