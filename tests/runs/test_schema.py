import json
import zipfile

import msgspec
import numpy as np
import pytest

from mnist_cnn import runs
from mnist_cnn.experiments.config import ConfigError, TrainingConfig
from mnist_cnn.runs import RunError
from mnist_cnn.runs.commands import LONGEST_LINE, CommandReader, append
from mnist_cnn.runs.metrics_reader import MetricsReader
from mnist_cnn.runs.schema import Measured, clean
from mnist_cnn.storage.arrays import arrays


def test_text_is_one_short_line_that_can_be_encoded():
    assert clean("  a\n b\x00\ud800\u202e ", 10) == "a b"
    assert clean("x" * 10**6, 60) == "x" * 60


@pytest.mark.parametrize("value", [True, "1", [], -1.0, float("inf"), 10**400])
def test_what_is_no_finite_number_was_not_measured(value):
    with pytest.raises((ValueError, OverflowError)):
        msgspec.convert(value, Measured)


def test_a_label_is_cleaned_when_it_is_read(runs_folder):
    run = runs.submit(TrainingConfig(), name="blue")
    texts = ((" a\n\u202eb ", "a b"), ("x" * 99, "x" * 60), ("", run.id[:6]))
    for name, shown in texts:
        run.label_path.write_text(json.dumps({"name": name}))
        assert run.name == shown
    run.label_path.write_text('{"name": ["a"], "starred": 1}')
    assert (run.name, run.starred) == (run.id[:6], False)


@pytest.mark.parametrize(
    "changed",
    [
        {"state": ["done"]},
        {"state": "finished"},
        {"examples": "many"},
        {"epochs_done": -1},
        {"commands_read": 1e3},
        {"pid": 10**400},
        {"test_accuracy": "high"},
        {"reason": {"a": 1}},
    ],
)
def test_a_status_of_other_types_is_a_sentence(changed, runs_folder):
    run = runs.submit(TrainingConfig())
    path = run.status_path
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))
    with pytest.raises(RunError, match="newer version of the lab"):
        run.status()


def test_a_diverged_trainings_status_is_read(runs_folder):
    run = runs.submit(TrainingConfig())
    run.write_status(runs.Status("done", test_loss=float("nan"), seconds=3))
    assert (run.status().test_loss, run.status().seconds) == (None, 3.0)


def test_a_number_with_hundreds_of_digits_is_refused_in_a_sentence():
    for name in ("epochs", "learning_rate"):
        with pytest.raises(ConfigError, match="hundreds of digits"):
            TrainingConfig(**{name: 10**400})


def test_arrays_that_unfold_to_too_much_are_refused(tmp_path):
    path = tmp_path / "bomb.npz"
    np.savez_compressed(path, zeros=np.zeros(10**6))
    assert path.stat().st_size < 10**5
    with pytest.raises(ValueError, match="too large"), arrays(path, 10**6):
        pass


def test_pickles_are_refused(tmp_path):
    path = tmp_path / "pickle.npz"
    np.savez(path, objects=np.array([{}], dtype=object))
    with arrays(path) as opened, pytest.raises(ValueError, match="allow_pickle"):
        opened["objects"]
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["objects.npy"]


def test_a_command_after_a_line_without_end_is_obeyed(tmp_path):
    path = tmp_path / "control.jsonl"
    path.write_bytes(b'{"what": "stop"' + b" " * (3 * LONGEST_LINE) + b"}\n")
    append(path, "pause")
    reader = CommandReader(path)
    assert [command.what for command in reader.new()] == ["pause"]
    assert reader.read == path.stat().st_size


def test_a_measurement_after_an_endless_line_is_read(tmp_path):
    path = tmp_path / "metrics.jsonl"
    point = {"kind": "batch", "step": 1, "epoch": 1, "loss": 1, "accuracy": 0}
    path.write_bytes(b"[" * 5_000_000 + b"\n" + json.dumps(point).encode() + b"\n")
    assert len(MetricsReader(path).read()) == 1
