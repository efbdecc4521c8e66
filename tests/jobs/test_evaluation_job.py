"""A network reads the test set at hand in a process of its own."""

import os
import shutil
import time

import numpy as np
import pytest

from mnist_cnn import runs
from mnist_cnn.analysis import ablation
from mnist_cnn.digits import mnist
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.jobs import evaluation_job
from mnist_cnn.jobs.evaluation_job import AblationJob, Evaluation
from mnist_cnn.nn.damage import Damage
from mnist_cnn.runs import RunError


@pytest.fixture
def digits(few_digits):
    return mnist.load()


@pytest.fixture
def run(runs_folder) -> runs.Run:
    made = runs.submit(TrainingConfig())
    shutil.copy(runs.find(runs.PRETRAINED).weights_path, made.weights_path)
    return made


def end_an_epoch(run: runs.Run) -> None:
    """As if its weights were written anew, however coarse a file system's clock is."""
    later = run.weights_path.stat().st_mtime_ns + 10**9
    os.utime(run.weights_path, ns=(later, later))


def waited_for(evaluation: Evaluation) -> str:
    until = time.monotonic() + 240
    while evaluation.progress().state == "running" and time.monotonic() < until:
        time.sleep(0.05)
    return evaluation.progress().state


def test_it_ends_with_what_the_network_says_of_each_digit(run, digits):
    evaluation = Evaluation(run, digits)
    assert evaluation.progress().state == "none"
    end_an_epoch(run)  # before the process has loaded
    evaluation.start()
    assert waited_for(evaluation) == "done"
    read = evaluation.result()
    images = digits.x_test.astype(np.float32) / 255
    expected = runs.load_network(run.id).probabilities(images)
    assert np.allclose(read.probabilities, expected, atol=1e-5)
    assert read.matches(digits)


def test_another_test_set_or_a_newer_epoch_is_another_evaluation(run, digits):
    from dataclasses import replace

    first = Evaluation(run, digits)
    assert Evaluation(run, replace(digits, fingerprint="0" * 16)).path != first.path
    end_an_epoch(run)
    assert Evaluation(run, digits).path != first.path


def test_a_network_that_cannot_be_read_fails_with_a_sentence(run, digits):
    run.weights_path.write_bytes(b"no weights")
    evaluation = Evaluation(run, digits)
    evaluation.start()
    assert waited_for(evaluation) == "failed"
    assert "cannot be read" in evaluation.progress().reason


def test_a_damaged_result_is_thrown_away_and_can_be_made_again(run, digits):
    evaluation = Evaluation(run, digits)
    evaluation.run()
    evaluation.path.write_bytes(b"no archive")
    assert evaluation.result() is None
    assert evaluation.progress().state != "done"
    evaluation.run()
    assert evaluation.result() is not None


def test_a_run_without_a_network_cannot_be_evaluated(runs_folder, digits):
    with pytest.raises(RunError, match="has no network"):
        Evaluation(runs.submit(TrainingConfig()), digits)


def test_evaluations_do_not_look_like_runs(run, digits):
    Evaluation(run, digits).run()
    assert [each.id for each in runs.list_runs()] == [run.id]


def test_a_broken_network_is_measured_beside_the_whole_one(run, digits):
    damage = Damage({"conv_1": [3, 4]}, noise=0.5)
    broken, whole = Evaluation(run, digits, "mnist", damage), Evaluation(run, digits)
    broken.start()
    assert waited_for(broken) == "done"
    assert whole.progress().state == "none"
    network = runs.load_network(run.id).damaged(damage)
    expected = network.probabilities(digits.x_test.astype(np.float32) / 255)
    assert np.allclose(broken.result().probabilities, expected, atol=1e-5)


def test_each_filter_is_silenced_in_the_background(
    runs_folder, digits, architectures, random_network
):
    network = random_network(architectures["three blocks, no hidden dense"])
    run = runs.submit(TrainingConfig(network=network.architecture))
    np.savez(run.weights_path, **network.weights)
    job = AblationJob(run, digits, "mnist", Damage(bits=4), "conv_1")
    assert job.progress().state == "none"
    job.start()
    assert waited_for(job) == "done"
    found, broken = job.result(), network.damaged(Damage(bits=4))
    expected = ablation.ablation(broken, "conv_1", digits.x_test, digits.y_test)
    assert (found.right == expected.right).all()
    assert (found.right_before, found.examples) == (
        expected.right_before,
        len(digits.y_test),
    )
    job.path.write_bytes(b"no archive")
    assert job.result() is None and job.progress().state != "done"


def test_what_cannot_be_broken_fails_with_a_sentence(run, digits):
    job = Evaluation(run, digits, "mnist", Damage({"conv_9": [0]}))
    job.start()
    assert waited_for(job) == "failed"
    assert "conv_9" in job.progress().reason


def test_only_the_newest_results_stay(run, digits, monkeypatch):
    monkeypatch.setattr(evaluation_job, "KEPT", 1)
    jobs = [Evaluation(run, digits)]
    end_an_epoch(run)
    jobs.append(Evaluation(run, digits))
    for channel in range(2):
        damage = Damage({"dense_1": [channel]})
        jobs.append(Evaluation(run, digits, "mnist", damage))
    for job in jobs:
        job.run()
        time.sleep(0.02)
    found = [job.result() is not None for job in jobs]
    assert found == [False, True, False, True]
    assert len(list(jobs[0].path.parent.glob("*.npz"))) == 2
