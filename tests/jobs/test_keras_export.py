"""Exported files, opened with plain Keras and with LiteRT's interpreter."""

import os
import time
import warnings

import numpy as np
import pytest

from mnist_cnn import runs
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.jobs.keras_export import FORMATS, KEPT_SECONDS, STEPS, KerasExport
from mnist_cnn.runs import RunError
from mnist_cnn.storage import child_process
from mnist_cnn.training import export as exporter


def waited_for(export: KerasExport) -> str:
    until = time.monotonic() + 240
    while export.progress().state == "running" and time.monotonic() < until:
        time.sleep(0.1)
    return export.progress().state


def litert_probabilities(path, digits: np.ndarray) -> np.ndarray:
    import tensorflow as tf

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # TensorFlow moves it to another package.
        warnings.filterwarnings("ignore", ".*tf.lite.Interpreter is deprecated")
        interpreter = tf.lite.Interpreter(str(path))
    (entry,), (exit_,) = (
        interpreter.get_input_details(),
        interpreter.get_output_details(),
    )
    interpreter.resize_tensor_input(entry["index"], (len(digits), 28, 28, 1))
    interpreter.allocate_tensors()
    interpreter.set_tensor(entry["index"], digits[..., None])
    interpreter.invoke()
    return interpreter.get_tensor(exit_["index"])


def test_the_pretrained_network_for_keras_has_its_accuracy(runs_folder, mnist):
    import keras

    export = KerasExport(runs.find(runs.PRETRAINED), "keras")
    assert export.progress().state == "none"
    export.start()
    assert waited_for(export) == "done"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = keras.saving.load_model(export.path)
    images, labels = mnist.x_test[:1000].astype(np.float32) / 255, mnist.y_test[:1000]
    _loss, accuracy = model.evaluate(images[..., None], labels, verbose=0)
    ours = runs.load_network().probabilities(images)
    assert accuracy == pytest.approx((ours.argmax(1) == labels).mean())
    theirs = model.predict(images[..., None], verbose=0)
    assert np.allclose(theirs, ours, atol=1e-4)
    assert list(runs_folder.glob("exports/.writing*")) == []


@pytest.mark.parametrize("optimizer", ["sgd", "rmsprop"])
def test_a_runs_keras_file_has_its_optimizer(
    architectures, random_network, runs_folder, optimizer
):
    import keras

    network = architectures["batch norm, valid, rest dropped"]
    run = runs.submit(TrainingConfig(network=network, optimizer=optimizer))
    np.savez(run.weights_path, **random_network(network).weights)
    export = KerasExport(run, "keras")
    assert exporter.main(run.id, str(export.path)) == 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = keras.saving.load_model(export.path)
    assert type(model.optimizer).__name__.lower() == optimizer


@pytest.mark.parametrize(
    "name", ["lecture", "batch norm, valid, rest dropped", "dense only"]
)
def test_a_litert_file_gives_the_probabilities_of_the_lab(
    architectures, random_digits, random_network, runs_folder, name
):
    architecture = architectures[name]
    run = runs.submit(TrainingConfig(network=architecture))
    weights = random_network(architecture).weights
    np.savez(run.weights_path, **weights)
    export = KerasExport(run, "litert")
    assert exporter.main(run.id, str(export.path)) == 0
    digits = random_digits(20)
    ours = runs.load_network(run.id).probabilities(digits)
    assert np.allclose(litert_probabilities(export.path, digits), ours, atol=1e-4)


def test_every_step_that_the_process_reports_has_words():
    assert len(STEPS) == exporter.STEPS


def test_a_damaged_network_is_a_sentence(runs_folder):
    run = runs.submit(TrainingConfig())
    run.weights_path.write_bytes(b"no weights")
    export = KerasExport(run, "litert")
    assert exporter.main(run.id, str(export.path)) == exporter.EXIT_FAILED
    progress = export.progress()
    assert progress.state == "failed"
    assert "cannot be read" in progress.reason


def test_what_keras_cannot_write_is_a_sentence(
    architectures, random_network, runs_folder, monkeypatch
):
    import keras

    def broken(*_arguments, **_named):
        raise RuntimeError("no such operation\nand a long trace")

    monkeypatch.setattr(keras.Model, "export", broken)
    run = runs.submit(TrainingConfig(network=architectures["dense only"]))
    np.savez(run.weights_path, **random_network(run.config.network).weights)
    export = KerasExport(run, "litert")
    assert exporter.main(run.id, str(export.path)) == exporter.EXIT_FAILED
    reason = export.progress().reason
    assert reason == "Keras could not make this file (RuntimeError: no such operation)."


def test_a_run_without_a_network_cannot_be_exported(runs_folder):
    with pytest.raises(RunError, match="has no network"):
        KerasExport(runs.submit(TrainingConfig()), "keras")


def test_files_are_kept_for_a_day(runs_folder, monkeypatch):
    monkeypatch.setattr(child_process, "start", lambda *_, **__: None)
    export = KerasExport(runs.find(runs.PRETRAINED), "litert")
    export.path.parent.mkdir()
    old, new = (export.path.parent / f"{age}{FORMATS['keras']}" for age in "ab")
    old.touch()
    new.touch()
    past = time.time() - KEPT_SECONDS - 60
    os.utime(old, (past, past))
    export.start()
    assert not old.exists()
    assert new.exists()
