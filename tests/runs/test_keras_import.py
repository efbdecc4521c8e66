"""A Keras model of somebody's own as a run."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mnist_cnn import runs
from mnist_cnn.__main__ import main
from mnist_cnn.nn.keras_layers import KerasFileError
from mnist_cnn.runs import RunError
from mnist_cnn.runs.exchange import keras_import
from mnist_cnn.runs.exchange.keras_import import from_keras

RECORDINGS = Path(__file__).parents[1] / "recordings" / "keras"
FILE = RECORDINGS / "3.0.5.keras"
HISTORY = {
    "accuracy": [0.8, 0.9],
    "loss": [0.5, 0.25],
    "val_accuracy": [0.85, 0.95],
    "val_loss": [0.4, float("nan")],
    "learning_rate": [0.1, 0.1],
}
CSV = "epoch,accuracy,loss,val_acc,val_loss\n0,0.8,0.5,0.85,0.4\n1,0.9,0.25,0.95,nan\n"


@pytest.mark.parametrize("history", [json.dumps(HISTORY), CSV])
def test_it_is_a_run_with_its_network_and_its_curve(history):
    run = from_keras(FILE.read_bytes(), "Minji's", history.encode(), owner="a" * 64)
    status = run.status()
    assert (status.state, status.epochs_done) == ("done", 2)
    assert status.test_accuracy == 0.95
    assert (run.name, run.owner) == ("Minji's", "a" * 64)
    epochs = run.metrics().epochs
    assert [each.loss for each in epochs] == [0.5, 0.25]
    assert [each.val_accuracy for each in epochs] == [0.85, 0.95]
    assert runs.load_network(run.id).probabilities([[0.0] * 28] * 28).shape == (1, 10)
    assert "conv_1 (Conv2D)" in run.summary_path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "history",
    [
        *(b"", b"{}", b"[]", b"\xff", b'{"loss": 3}', b'{"loss": ["x"]}', b"a,b\n"),
        b"loss\n" + b"1\n" * 1001,
        b"loss\n" + b"1" * 200_000,
        b'{"loss": [1' + b"0" * 400 + b"]}",
    ],
)
def test_a_history_that_is_none_makes_no_run(history):
    before = [run.id for run in runs.list_runs()]
    with pytest.raises(RunError, match=r"no history|more than 1,000 epochs"):
        from_keras(FILE.read_bytes(), history=history)
    assert [run.id for run in runs.list_runs()] == before


def test_models_that_come_at_once_are_read_one_after_the_other(monkeypatch):
    reading, most = [], []

    def read(content):
        reading.append(content)
        most.append(len(reading))
        time.sleep(0.05)
        reading.remove(content)
        raise KerasFileError("It is none.")

    monkeypatch.setattr(keras_import, "read_keras_file", read)
    with ThreadPoolExecutor(3) as browsers:
        made = [browsers.submit(from_keras, b"") for _browser in range(3)]
    assert all(isinstance(each.exception(), RunError) for each in made)
    assert max(most) == 1


def test_a_file_that_is_no_model_makes_no_run():
    before = [run.id for run in runs.list_runs()]
    with pytest.raises(RunError, match="zip"):
        from_keras(b"no model")
    assert [run.id for run in runs.list_runs()] == before


def test_the_command_brings_it_along(capsys, tmp_path):
    history = tmp_path / "history.json"
    history.write_text(json.dumps(HISTORY))
    assert main(["import", str(FILE), "--name", "Mine", "--history", str(history)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert runs.find(answer["run"]).name == answer["name"] == "Mine"
    assert main(["summary", "--run", answer["run"][:6]]) == 0
    assert "LeakyReLU" in capsys.readouterr().out
    assert main(["import", str(tmp_path / "none.keras")]) == 2
