"""A full disk, a read-only or missing runs folder: real file systems, mounted here."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from mnist_cnn import runs
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.nn.architecture import Architecture
from mnist_cnn.runs import resume
from mnist_cnn.runs.metrics_reader import MetricsReader

EPOCHS = 12
TINY = TrainingConfig(
    network=Architecture((), 0, (8,)), epochs=EPOCHS, examples=500, batch_size=100
)

pytestmark = pytest.mark.usefixtures("few_digits", "wanted_workers")


def mount(path: Path, options: str) -> None:
    """Mounts a small disk there, or skips the test, loudly."""
    path.mkdir(exist_ok=True)
    mounting = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(path)]
    mounted = subprocess.run(mounting, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"NOT TRIED: this system lets nobody mount ({mounted.stderr})")


@pytest.fixture
def small_disk(tmp_path, monkeypatch) -> Iterator[Path]:
    """A disk of 1 MB that holds the runs folder."""
    path = tmp_path / "disk"
    mount(path, "size=1m")
    monkeypatch.setenv("MNIST_CNN_RUNS", str(path))
    yield path
    subprocess.run(["umount", "-l", str(path)], check=True)


def fill(disk: Path) -> None:
    """Leaves no byte free."""
    with (disk / "ballast").open("wb") as file:
        file.write(bytes(shutil.disk_usage(disk).free))


def train(run: runs.Run, *callbacks) -> runs.Status:
    from mnist_cnn.training.fit import Training

    return Training(run, callbacks).train()


@pytest.fixture
def press_start(visit):
    """Opens Train, presses Start, and gives the page."""

    def press():
        at = visit("pages/1_Train.py")
        at.button(key="start").click().run()
        assert not at.exception
        return at

    return press


def test_a_start_on_a_full_disk_is_a_sentence_and_leaves_no_run(
    press_start, small_disk
):
    fill(small_disk)
    assert "Is the disk full" in press_start().error[0].value
    assert runs.list_runs() == []


def test_a_disk_that_fills_up_during_a_training_is_said_and_it_can_go_on(small_disk):
    import keras

    class FillUp(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                fill(small_disk)

    run = runs.submit(TINY)
    assert train(run, FillUp()).state == "failed"
    reason = " ".join(run.status().sentences)
    assert "The disk is full" in reason
    assert f"The network of epoch {run.status().epochs_done} is kept" in reason
    assert run.status().epochs_done >= 2
    (small_disk / "ballast").unlink()
    resume.resume(run)
    assert train(run).state == "done"
    measured = MetricsReader(run.metrics_path).read()
    assert measured.step.tolist() == list(range(1, EPOCHS * 5 + 1))
    assert [p.epoch for p in measured.epochs] == list(range(1, EPOCHS + 1))


@pytest.fixture(params=["read-only", "a file", "missing", "in a missing folder"])
def bad_folder(request, tmp_path, monkeypatch) -> Iterator[str]:
    """A runs folder that is not what it should be."""
    path = tmp_path / "bad"
    if request.param == "read-only":
        mount(path, "ro,size=1m")
    elif request.param == "a file":
        path.write_text("not a folder")
    elif request.param == "in a missing folder":
        path = path / "deeper" / "still"
    monkeypatch.setenv("MNIST_CNN_RUNS", str(path))
    yield request.param
    if os.path.ismount(path):
        subprocess.run(["umount", "-l", str(path)], check=True)


def test_every_page_lives_with_a_bad_runs_folder(press_start, pages, visit, bad_folder):
    for page in pages:
        visit(page)
    at = press_start()
    if "missing" in bad_folder:
        # It is made.
        assert not at.error
        assert len(runs.list_runs()) == 1
    else:
        assert "The run could not be written into" in at.error[0].value


def test_a_run_folder_removed_under_its_training_harms_no_other(runs_folder):
    import keras

    class Remove(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            shutil.rmtree(run.path, ignore_errors=True)

    run, other = runs.submit(TINY), runs.submit(TINY)
    with pytest.raises(OSError, match="No such file"):
        train(run, Remove())
    assert [each.id for each in runs.list_runs()] == [other.id]
