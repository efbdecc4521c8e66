"""A person's own settings of Keras, and what TensorFlow says, stay outside."""

import json
import os
import subprocess
import sys

import pytest

TRAIN = ("train", "--epochs", "1", "--examples", "500", "--batch-size", "250")


@pytest.fixture
def trained(tmp_path, runs_folder, few_digits, pytestconfig):
    """Trains in a terminal, with this environment and this keras.json."""

    def train(environment: dict[str, str], **settings: str):
        (tmp_path / "keras.json").write_text(json.dumps(settings))
        return subprocess.run(
            [sys.executable, "-m", "mnist_cnn", *TRAIN],
            cwd=pytestconfig.rootpath,
            env=os.environ | {"KERAS_HOME": str(tmp_path)} | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=200,
        )

    return train


@pytest.mark.parametrize(
    ("environment", "settings"),
    [
        ({"KERAS_BACKEND": "torch"}, {}),
        ({}, {"image_data_format": "channels_first"}),
        ({}, {"floatx": "float64"}),
    ],
)
def test_a_training_does_not_heed_a_persons_settings_of_keras(
    trained, environment, settings
):
    ended = trained(environment, **settings)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["state"] == "done"


def test_a_quiet_training_says_what_the_lab_says_and_no_more(trained):
    ended = trained({"TF_CPP_MIN_LOG_LEVEL": "3"})
    said = [line.split()[0] for line in ended.stderr.splitlines() if line.strip()]
    assert said[0] == "Run"
    assert set(said) <= {"Run", "Epoch"}
