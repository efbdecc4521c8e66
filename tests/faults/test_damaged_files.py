"""Each file of a run empty, torn, garbage, gone or of a newer lab, on every page."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from mnist_cnn import runs
from mnist_cnn.digits import mnist
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.nn.architecture import Architecture, ConvBlock
from mnist_cnn.runs import Status, predictions
from mnist_cnn.runs.predictions import Predictions

RECORDING = Path(__file__).parents[1] / "recordings" / "overfitting.jsonl"
SMALL = Architecture((ConvBlock(4, 3, pool=4),), 0.25, (16,))
TABS = ("Predictions", "Time machine", "All four curves", "Learning rate", "Last batch")
FILES = (
    *("config.json", "status.json", "metrics.jsonl", "control.jsonl", "weights.npz"),
    *("model.keras", "summary.txt", "kernels.npz", "last_batch.npz", "drawing.bin"),
    *("test_predictions.npz", "label.json", "heartbeat", "lock"),
)


def npz(**arrays: object) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def of_wrong_kinds(content: bytes) -> bytes:
    """The same JSON with a value of another kind at every place."""
    wrong = {name: [{"value": value}] for name, value in json.loads(content).items()}
    return json.dumps(wrong).encode()


def from_a_newer_lab(name: str, content: bytes) -> bytes:
    """What a lab may write that knows more than this one."""
    if name.endswith(".json"):
        return json.dumps(
            json.loads(content) | {"format": 2, "state": "teleported", "new": [1]}
        ).encode()
    if name.endswith(".jsonl"):
        return content + b'{"kind":"sculpture","what":"sing","step":[],"epoch":{}}\n'
    if name.endswith((".npz", ".keras")):
        return npz(steps=[[0.5]], kernels=["x"], labels={}, new=np.zeros((2, 3, 4)))
    return content + b"\nnew: 1\n"


DAMAGES = {
    "gone": lambda name, content: None,
    "empty": lambda name, content: b"",
    "torn": lambda name, content: content[: len(content) * 2 // 3],
    "garbage": lambda name, content: bytes(range(256)) * 40,
    "text": lambda name, content: (
        b'["\\ud800", NaN, 1e999, {"kind": 3}]\n[]\nnull\n3\n'
    ),
    "newer": from_a_newer_lab,
    "of wrong kinds": lambda name, content: (
        of_wrong_kinds(content)
        if name.endswith(".json")
        else npz(
            **dict.fromkeys(("steps", "kernels", "pixels", "labels", "losses"), "x"),
            probabilities=np.zeros((3, 7)),
            epoch="three",
        )
    ),
    "a folder": lambda name, content: "folder",
}


@pytest.fixture(scope="module")
def complete_run(random_digits, random_network, tmp_path_factory, small_mnist) -> Path:
    """A run folder with every file that a training, a page or a person writes."""
    folder = tmp_path_factory.mktemp("complete")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MNIST_CNN_RUNS", str(folder))
        patch.setenv("MNIST_CNN_DATA", str(small_mnist))
        digits = mnist.load()
        config = TrainingConfig(network=SMALL, epochs=12, examples=500)
        drawing = (random_digits(1)[0] * 255).astype(np.uint8)
        run = runs.submit(config, preset="seed", name="mine", drawing=drawing)
    network = random_network(SMALL)
    run.metrics_path.write_bytes(RECORDING.read_bytes())
    run.control_path.write_text('{"what": "pause", "value": null, "time": 1}\n')
    np.savez(run.weights_path, **network.weights, epoch=np.array(12))
    with zipfile.ZipFile(run.model_path, "w") as archive:
        archive.writestr("model.weights.h5", b"numbers")
    run.summary_path.write_text("a table\n")
    kernels = np.stack([network.weights["conv_1/kernel"]] * 3)
    np.savez(run.kernels_path, steps=[0, 5, 10], kernels=kernels)
    pixels = random_digits(16)
    read = network.probabilities(pixels)
    np.savez(
        run.last_batch_path,
        pixels=pixels,
        labels=np.arange(16) % 10,
        probabilities=read,
        losses=-np.log(read[np.arange(16), np.arange(16) % 10]),
    )
    shares = network.probabilities(digits.x_test / np.float32(255))
    found = Predictions(shares, digits.y_test.astype(np.uint8), digits.fingerprint)
    predictions.save(found, run.predictions_path)
    (run.path / "heartbeat").write_text("elsewhere\nabc\n1\n")
    (run.path / "lock").touch()
    run.write_status(
        Status(
            "stopped",
            "Stopped.",
            source=digits.source,
            fingerprint=digits.fingerprint,
            examples=500,
            test_examples=200,
            steps_per_epoch=4,
            epochs_done=12,
            test_accuracy=0.9,
            test_loss=0.3,
            started=1.0,
            ended=9.0,
            seconds=8.0,
        )
    )
    assert {path.name for path in run.path.iterdir()} == set(FILES)
    return run.path


@pytest.fixture
def damaged(complete_run, runs_folder, few_digits, wanted_workers):
    """Makes that run, with one file damaged, the newest of this test's runs folder."""

    def damage(name: str, kind: str, **status: object) -> runs.Run | None:
        run = runs_folder / complete_run.name
        shutil.rmtree(run, ignore_errors=True)
        shutil.copytree(complete_run, run)
        if status:
            values = json.loads((run / "status.json").read_text())
            (run / "status.json").write_text(json.dumps(values | status))
        path = run / name
        content = DAMAGES[kind](name, path.read_bytes())
        path.unlink()
        if content == "folder":
            path.mkdir()
        elif content is not None:
            path.write_bytes(content)

    return damage


@pytest.mark.parametrize("name", FILES)
def test_no_page_shows_a_traceback_for_a_damaged_file(
    pages, visit, name, damaged, complete_run, all_faults
):
    kinds = list(DAMAGES)
    if not all_faults:
        # Every kind is met by some file.
        kinds = [kinds[FILES.index(name) % len(kinds)]]
    for kind in kinds:
        damaged(name, kind)
        for page in pages:
            visit(page, run=complete_run.name, why=f"with {name} {kind}")


@pytest.mark.parametrize("tab", TABS)
def test_no_tab_of_a_paused_training_shows_a_traceback_for_a_damaged_file(
    visit, tab, damaged, complete_run, all_faults, monkeypatch
):
    monkeypatch.setattr(runs.Run, "is_locked", lambda self: True)
    names = ("last_batch.npz", "kernels.npz", "metrics.jsonl", "drawing.bin")
    kinds = DAMAGES if all_faults else ("empty",)
    for name in names:
        for kind in kinds:
            damaged(name, kind, state="paused")
            why = f"with {name} {kind}, tab {tab}"
            visit("pages/1_Train.py", run=complete_run.name, why=why, details=tab)
