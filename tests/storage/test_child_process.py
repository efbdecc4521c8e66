"""What every process that the lab starts can count on."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mnist_cnn import runs
from mnist_cnn.digits import mnist
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.jobs import worker
from mnist_cnn.jobs.evaluation_job import Evaluation
from mnist_cnn.storage import child_process


@pytest.fixture
def elsewhere(tmp_path, monkeypatch, runs_folder, small_mnist):
    """The lab as started in another folder, with folders named relative to that."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MNIST_CNN_RUNS", "runs")
    monkeypatch.setenv("MNIST_CNN_DATA", os.path.relpath(small_mnist, tmp_path))
    return tmp_path


def until(true, patience: float = 60.0) -> None:
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def test_a_worker_serves_the_folder_that_the_lab_means(elsewhere):
    worker.ensure()
    until(worker.is_alive)
    assert (elsewhere / "runs" / "worker.lock").is_file()


def test_a_background_job_finds_its_run_and_the_digits(elsewhere):
    run = runs.submit(TrainingConfig())
    run.weights_path.write_bytes(
        runs.find(runs.PRETRAINED).weights_path.read_bytes(),
    )
    evaluation = Evaluation(run, mnist.load())
    evaluation.start()
    until(lambda: evaluation.progress().state != "running")
    assert evaluation.progress().state == "done"


def test_offline_digits_are_unpacked_where_they_are_looked_for(elsewhere, monkeypatch):
    monkeypatch.delenv("MNIST_CNN_DATA")
    monkeypatch.setenv("KERAS_HOME", "nowhere")
    assert mnist.load().is_offline
    assert (elsewhere / "runs" / "offline_digits.npz").is_file()


def test_a_path_among_the_arguments_is_the_same_file_for_the_child(elsewhere):
    made = child_process.start(
        "timeit", "-n1", "-r1", Path("file"), stdout=subprocess.DEVNULL
    )
    assert made.args[-1] == str(elsewhere / "file")
    assert made.args[0] == sys.executable
    made.wait()


@pytest.mark.skipif(not hasattr(os, "nice"), reason="no nice here")
@pytest.mark.parametrize(("before", "wanted", "after"), [(0, 5, 5), (7, 5, 7)])
def test_a_priority_is_lowered_to_a_level_and_never_raised(before, wanted, after):
    script = (
        "import os\nfrom mnist_cnn.storage.child_process import lower_priority\n"
        f"os.nice({before} - os.nice(0))\nlower_priority({wanted})\nprint(os.nice(0))"
    )
    asked = subprocess.run(
        [sys.executable, "-c", script],
        cwd=child_process._ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(asked.stdout) == after
