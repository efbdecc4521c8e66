"""Training on from another run's network, on a mixture, and what that gained."""

import json
from dataclasses import replace

import numpy as np
import pytest

from mnist_cnn import runs
from mnist_cnn.digits import datasets
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.nn.architecture import LECTURE_NETWORK, Architecture, ConvBlock
from mnist_cnn.nn.weights import load_weights
from mnist_cnn.runs.resume import resume
from mnist_cnn.training import fine_tuning, model
from mnist_cnn.training.fit import Training
from mnist_cnn.training.mixture import training_digits
from mnist_cnn.training.run_record import RunRecord

NETWORK = Architecture((ConvBlock(4, 3),), 0, (8,))
SETTINGS = TrainingConfig(NETWORK, epochs=1, examples=500, schedule="constant")

pytestmark = pytest.mark.usefixtures("runs_folder", "few_digits", "pen_digits")


@pytest.fixture
def trained():
    run = runs.submit(SETTINGS, state="preparing")
    assert Training(run).train().state == "done"
    return run


def test_a_mixture_has_each_digit_once_at_least_in_the_shares_asked_for(mnist):
    pen = datasets.load("pen")
    large = replace(mnist, x_train=mnist.x_train[:60], y_train=mnist.y_train[:60])
    config = replace(SETTINGS, data=("mnist", "pen"), examples=None)
    images, labels = training_digits([large, pen], config)
    assert len(images) == len(labels) == 120
    np.testing.assert_array_equal(images[:60], large.x_train)
    np.testing.assert_array_equal(images[60:76], pen.x_train)
    np.testing.assert_array_equal(images[76:92], pen.x_train)
    three = training_digits([large, pen], replace(config, shares=(3, 1)))[0]
    assert len(three) == 80


def test_fine_tuning_starts_from_the_network_and_says_what_it_gained(trained):
    config = replace(
        SETTINGS, data=("mnist", "pen"), start_from=trained.id, learning_rate=1e-6
    )
    run = runs.submit(config, state="preparing")
    status = Training(run).train()
    assert status.state == "done"
    assert "Pen digits" in status.source and status.examples == 500
    before, after = load_weights(trained.weights_path), load_weights(run.weights_path)
    for name in before:  # so small a rate moves nothing far
        np.testing.assert_allclose(after[name], before[name], atol=1e-3)
    assert [test.data for test in status.tests] == ["mnist", "pen"]
    assert [test.examples for test in status.tests] == [200, 4]
    for test in status.tests:
        assert test.after == pytest.approx(test.before, abs=0.02)
    assert run.status().tests == status.tests  # as written and read
    assert status.test_accuracy == pytest.approx(status.tests[0].after, abs=1e-5)


def test_what_is_drawn_before_a_training_is_counted(monkeypatch):
    said, write = [], RunRecord.write

    def note(record, status):
        said.append((status.state, status.checking, status.checked))
        write(record, status)

    monkeypatch.setattr(RunRecord, "write", note)
    config = replace(SETTINGS, data=("mnist", "pen"))
    assert Training(runs.submit(config, state="preparing")).train().state == "done"
    drawn = [each for each in said if each[0] == "preparing" and each[1]]
    assert drawn == [("preparing", 24, done) for done in range(1, 25)]
    assert said[said.index(drawn[-1]) + 1] == ("preparing", 0, 0)


def test_a_stop_is_obeyed_while_digits_are_drawn():
    run = runs.submit(replace(SETTINGS, data=("mnist", "pen")), state="preparing")
    run.send("stop")
    status = Training(run).train()
    assert (status.state, status.checking) == ("stopped", 0)
    assert status.commands_read == run.control_path.stat().st_size
    assert not datasets.is_ready("pen")


def test_fine_tuning_does_without_a_file_that_the_other_run_had(
    pen_list, random_network
):
    file = datasets.add_file(json.dumps(pen_list).encode(), "class.json")
    other = runs.submit(replace(SETTINGS, data=("mnist", file)))
    np.savez(other.weights_path, **random_network(NETWORK).weights)
    config = replace(SETTINGS, start_from=other.id)
    both = fine_tuning.tests_before(config)
    assert [test.data for test in both] == ["mnist", file]
    for path in (runs.folder() / "digits").glob(f"{file}*"):
        path.unlink()
    assert fine_tuning.tests_before(config) == both[:1]
    after = fine_tuning.tests_after(model.build(NETWORK), both)
    assert [test.data for test in after] == ["mnist"]


def test_who_was_seen_at_the_start_does_not_test_the_fine_tuning(random_network):
    other = runs.submit(replace(SETTINGS, data=("mnist", "pen:all")))
    np.savez(other.weights_path, **random_network(NETWORK).weights)
    config = replace(SETTINGS, data=("pen",), start_from=other.id)
    tests = fine_tuning.tests_before(config)
    assert [(test.data, test.examples) for test in tests] == [
        ("mnist", 200),
        ("pen:all", 12),
    ]


def test_layers_of_another_shape_start_anew(trained):
    other = replace(NETWORK, dense=(9,))
    config = replace(SETTINGS, network=other, start_from=trained.id, learning_rate=1e-6)
    run = runs.submit(config, state="preparing")
    assert Training(run).train().state == "done"
    before, after = load_weights(trained.weights_path), load_weights(run.weights_path)
    kept = [name for name in before if before[name].shape == after[name].shape]
    assert len(kept) == 3  # kernel and bias of the convolution, the output's bias
    convolution = next(name for name in kept if name.endswith("/kernel"))
    np.testing.assert_allclose(after[convolution], before[convolution], atol=1e-3)


def test_a_fine_tuning_goes_on_when_its_start_has_been_deleted(trained, at_step):
    config = replace(SETTINGS, epochs=2, start_from=trained.id)
    run = runs.submit(config, state="preparing")
    steps = config.steps_per_epoch(500)
    stop = at_step(steps + 1, lambda _: run.send("stop"))
    assert Training(run, [stop]).train().epochs_done == 1
    runs.delete(trained)
    resume(run)
    assert Training(run).train().state == "done"


def test_a_start_that_is_gone_fails_with_a_sentence():
    run = runs.submit(replace(SETTINGS, start_from="0" * 16), state="preparing")
    status = Training(run).train()
    assert status.state == "failed" and "There is no run 0000" in status.reason
    nothing = replace(SETTINGS, network=LECTURE_NETWORK)
    empty = runs.submit(nothing)
    run = runs.submit(replace(nothing, start_from=empty.id), state="preparing")
    assert "no weights yet" in Training(run).train().reason
