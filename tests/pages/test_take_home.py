"""Take it home, a run from another lab, and an experiment's link, without a browser."""

import io
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mnist_cnn import runs
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.experiments.presets import PRESETS
from mnist_cnn.jobs.keras_export import KerasExport
from mnist_cnn.runs import Status
from mnist_cnn.runs.exchange.archive import to_zip

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def lab(runs_folder):
    return runs_folder


KERAS_FILE = Path(__file__).parents[1] / "recordings" / "keras" / "3.0.5.keras"


def page(script: str, **query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    for name, value in query.items():
        at.query_params[name] = value
    at.switch_page(script).run()
    assert not at.exception
    return at


def train(**query: str) -> AppTest:
    return page("pages/1_Train.py", **query)


def architecture(**query: str) -> AppTest:
    return page("pages/2_Architecture.py", **query)


@pytest.fixture
def run() -> runs.Run:
    made = runs.submit(TrainingConfig(), preset="seed")
    pretrained = runs.find(runs.PRETRAINED)
    for name in ("weights.npz", "metrics.jsonl"):
        shutil.copy(pretrained.path / name, made.path / name)
    made.write_status(replace(pretrained.status(), source="MNIST"))
    return made


def words(at: AppTest) -> str:
    return "\n".join(each.value for each in at.markdown)


def downloads(at: AppTest) -> list[str]:
    return [each.label for each in at.download_button]


def test_a_finished_run_offers_every_file(run):
    at = train(run=run.id)
    assert downloads(at) == [
        *("Python file", "Curve as CSV", "Page that reads", "Run as a zip")
    ]
    labels = [each.label for each in at.button]
    assert "Make the Keras file (.keras)" in labels
    assert "Make the LiteRT file (.tflite)" in labels


def test_a_keras_file_that_is_there_need_not_be_made(run):
    run.model_path.write_bytes(b"a model")
    assert "Keras file (.keras)" in downloads(train(run=run.id))


def test_a_training_that_goes_on_offers_its_python_file(run):
    run.write_status(Status("queued"))
    assert downloads(train(run=run.id)) == ["Python file"]


def test_the_pretrained_network_is_taken_home_from_the_architecture_page():
    at = architecture()
    assert downloads(at) == [
        *("Python file", "Curve as CSV", "Page that reads", "Run as a zip")
    ]


def test_a_file_is_made_when_asked_for_and_a_failure_is_a_sentence(run, monkeypatch):
    started = []
    monkeypatch.setattr(
        KerasExport, "start", lambda self: started.append(self.path.suffix)
    )
    at = train(run=run.id)
    at.button(key=f"make-litert-{run.id}").click().run()
    assert not at.exception
    assert started == [".tflite"]
    export = KerasExport(run, "litert")
    with pytest.raises(ValueError):
        export.make(lambda _report: int("x"))
    assert any("invalid literal" in each.value for each in train(run=run.id).error)
    export.path.write_bytes(b"a model")
    assert "LiteRT file (.tflite)" in downloads(train(run=run.id))


def bring(at, *files):
    """Uploads the files on Train and presses the button."""
    box = at.file_uploader[-1]  # the first is for digits of one's own
    box.set_value(
        [(name, content, "application/octet-stream") for name, content in files]
    )
    box.run()
    next(each for each in at.button if each.label == "Bring it in").click().run()


def test_a_keras_model_and_its_history_become_a_run_that_is_shown(run):
    at = train(run=run.id)
    history = b'{"loss": [0.5], "accuracy": [0.9], "val_accuracy": [0.8]}'
    bring(at, ("mine.keras", KERAS_FILE.read_bytes()), ("history.json", history))
    assert not at.exception
    (shown,) = [each for each in runs.list_runs() if each.id != run.id]
    assert (shown.name, shown.status().test_accuracy) == ("mine", 0.8)
    assert at.query_params["run"] in (shown.id, [shown.id])
    # It can be trained on as it is: it has no fields.
    at.button(key="unfold").click().run()
    box = next(each for each in at.selectbox if each.label == "Starts from")
    box.set_value(shown.id).run()
    assert not at.exception
    assert any("comes from a Keras model" in each.value for each in at.caption)
    at.button(key="start").click().run()
    newest = runs.list_runs()[0].config
    assert (newest.network, newest.start_from) == (shown.config.network, shown.id)


@pytest.mark.parametrize(
    ("names", "sentence"),
    [(["a.json"], "one network"), (["a.zip", "b.zip"], "one network")],
)
def test_files_that_are_not_one_network_are_refused(names, sentence, run):
    at = train(run=run.id)
    bring(at, *[(name, b"{}") for name in names])
    assert any(sentence in each.value for each in at.error)


def test_a_zip_from_another_lab_becomes_a_run_that_is_shown(run):
    at = train(run=run.id)
    bring(at, ("run.zip", to_zip(run)))
    assert not at.exception
    assert len(runs.list_runs()) == 2
    (shown,) = [each for each in runs.list_runs() if each.id != run.id]
    assert at.query_params["run"] in (shown.id, [shown.id])
    assert any("The run is here" in each.value for each in at.success)
    assert any("imported; MNIST" in each.value for each in at.caption)
    at.run()
    assert len(runs.list_runs()) == 2


def test_a_zip_that_is_no_run_is_refused_with_a_sentence(run):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("../evil", "x")
    at = train(run=run.id)
    bring(at, ("run.zip", file.getvalue()))
    assert not at.exception
    assert any("does not belong in there" in each.value for each in at.error)
    assert [each.id for each in runs.list_runs()] == [run.id]


def test_the_architecture_page_takes_the_link_to_an_experiment():
    at = architecture(preset="seed", dense="50")
    network = replace(PRESETS["seed"].config.network, dense=(50,))
    assert f"of {network.parameters:,} parameters" in words(at)
    assert not any("kernels it learned" in each.value for each in at.header)
    next(b for b in at.button if b.label == "Show the trained networks").click().run()
    assert not at.exception
    assert "of its 3,156,098 parameters" in words(at)


def test_a_link_that_cannot_be_is_a_sentence_there_too():
    at = architecture(preset="seed", dense="x")
    assert "whole number" in at.warning[0].value
    assert "of its 3,156,098 parameters" in words(at)


def test_the_architecture_page_shows_the_link_to_a_runs_experiment(run):
    at = architecture(network=run.id)
    assert any("preset=" in each.value for each in at.code)
