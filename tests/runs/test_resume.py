"""A resumed run: the same curve and the same network as one that nobody disturbed."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mnist_cnn import runs
from mnist_cnn.digits import mnist as data
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.nn.architecture import Architecture, ConvBlock
from mnist_cnn.runs import RunError, Status
from mnist_cnn.runs import resume as resuming
from mnist_cnn.runs.commands import CommandReader
from mnist_cnn.runs.metrics_reader import MetricsReader, reader

pytestmark = pytest.mark.usefixtures("runs_folder", "few_digits")

# Everything that draws random numbers, or keeps a state from batch to batch.
CHANCE = Architecture((ConvBlock(4, 3, pool=4),), 0.3, (16,), batch_norm=True)
STEPS = 5
EPOCHS = 4
SETTINGS = {
    "network": CHANCE,
    "examples": 500,
    "batch_size": 120,
    "epochs": EPOCHS,
    "learning_rate": 0.01,
    "augmentation": ("shear",),
}


class Killed(BaseException):
    """What no training catches, as nobody catches kill -9."""


def submit(**settings) -> runs.Run:
    return runs.submit(TrainingConfig(**SETTINGS | settings))


def train(run: runs.Run, *callbacks) -> Status:
    from mnist_cnn.training.fit import Training

    return Training(run, callbacks).train()


@pytest.fixture
def killed_at(at_step):
    """Trains a run until it is killed after that many batches."""

    def train_and_kill(run: runs.Run, step: int) -> None:
        with pytest.raises(Killed):
            train(run, at_step(step, _kill))
        assert run.recorded_status().is_active
        assert run.status().state == "failed"

    return train_and_kill


@pytest.fixture(scope="module")
def trained_once(small_mnist, tmp_path_factory) -> Callable[[str], Path]:
    """Trains with an optimizer, undisturbed, and gives the run's folder."""
    folder = tmp_path_factory.mktemp("undisturbed")
    made: dict[str, Path] = {}

    def trained(optimizer: str) -> Path:
        if optimizer not in made:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("MNIST_CNN_RUNS", str(folder))
                patch.setenv("MNIST_CNN_DATA", str(small_mnist))
                run = submit(optimizer=optimizer)
                assert train(run).state == "done"
            made[optimizer] = run.path
        return made[optimizer]

    return trained


@pytest.fixture
def undisturbed_run(trained_once, runs_folder) -> Callable[..., runs.Run]:
    """A run that nobody disturbed, in this test's runs folder."""

    def undisturbed(optimizer: str = "adam") -> runs.Run:
        path = trained_once(optimizer)
        shutil.copytree(path, runs_folder / path.name)
        return runs.find(path.name)

    return undisturbed


def resume(run: runs.Run) -> Status:
    resuming.resume(run)
    assert run.status().state == "queued"
    return train(run)


def curve(run: runs.Run) -> dict[str, list]:
    seen = reader(run.metrics_path).read()
    epochs = [
        (p.epoch, p.step, p.loss, p.val_loss, p.moved, p.readings, p.peak)
        for p in seen.epochs
    ]
    return {"batches": seen.batches[:, :5].tolist(), "epochs": epochs}


def assert_same(run: runs.Run, undisturbed: runs.Run) -> None:
    assert curve(run) == curve(undisturbed)
    ours, theirs = runs.load_network(run.id), runs.load_network(undisturbed.id)
    for name, array in theirs.weights.items():
        np.testing.assert_array_equal(ours.weights[name], array, err_msg=name)
    for name in ("test_predictions.npz", "kernels.npz"):
        with np.load(run.path / name) as a, np.load(undisturbed.path / name) as b:
            assert all(np.array_equal(a[each], b[each]) for each in b.files)
    one, other = run.status(), undisturbed.status()
    for name in ("state", "epochs_done", "test_accuracy", "test_loss", "reason"):
        assert getattr(one, name) == getattr(other, name)


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "rmsprop"])
def test_a_resumed_run_has_the_curve_and_the_weights_of_an_undisturbed_one(
    killed_at, column, undisturbed_run, optimizer
):
    undisturbed, run = undisturbed_run(optimizer), submit(optimizer=optimizer)
    # In the middle of epoch 3; then again in that very epoch; then at its last batch.
    deaths = (2 * STEPS + 3, 1, STEPS) if optimizer == "adam" else (2 * STEPS + 3,)
    for step in deaths:
        killed_at(run, step)
        assert run.status().epochs_done == 2
        resuming.resume(run)
    assert train(run).state == "done"
    assert_same(run, undisturbed)
    assert column(run, "what", "mark") == []
    seen = reader(run.metrics_path).read()
    resumed = (2 * STEPS, "resumed", 2)
    assert [(m.step, m.what, m.value) for m in seen.marks] == [resumed] * len(deaths)


def test_a_run_that_was_stopped_goes_on(at_step, undisturbed_run):
    undisturbed, run = undisturbed_run(), submit()
    train(run, at_step(STEPS + 2, lambda _: run.send("stop")))
    stopped = run.status()
    assert (stopped.state, stopped.epochs_done, stopped.kept_step) == ("stopped", 1, 7)
    resuming.resume(run)
    waiting = run.status()
    assert (waiting.state, waiting.reason, waiting.ended) == ("queued", "", None)
    assert waiting.test_accuracy == stopped.test_accuracy
    assert waiting.seconds == stopped.seconds
    assert runs.queue() == [run] or [each.id for each in runs.queue()] == [run.id]
    assert train(run).state == "done"
    assert_same(run, undisturbed)


def test_a_run_that_died_before_its_first_epoch_was_complete_begins_again(
    killed_at, undisturbed_run
):
    undisturbed, run = undisturbed_run(), submit()
    killed_at(run, 3)
    assert "No epoch was complete" in " ".join(run.status().sentences)
    assert resume(run).state == "done"
    assert_same(run, undisturbed)
    assert [m.what for m in reader(run.metrics_path).read().marks] == ["begun_again"]


def test_a_run_that_was_stopped_in_its_first_epoch_begins_again(
    at_step, undisturbed_run
):
    undisturbed, run = undisturbed_run(), submit()
    train(run, at_step(3, lambda _: run.send("stop")))
    assert run.has_weights
    with pytest.raises(Killed):
        resuming.resume(run)
        train(run, at_step(1, _kill))
    # Neither the network of before nor its time is that of the run that begins again.
    assert not (run.has_weights or run.predictions_path.exists())
    assert (run.status().seconds, run.status().kept_step) == (0.0, 0)
    assert resume(run).state == "done"
    assert_same(run, undisturbed)


def test_a_run_that_died_after_its_last_epoch_only_reads_the_test_set(undisturbed_run):
    undisturbed, run = undisturbed_run(), submit()
    shutil.copytree(undisturbed.path, run.path, dirs_exist_ok=True)
    run.predictions_path.unlink()
    run.write_status(replace(undisturbed.status(), state="running", ended=None))
    assert run.status().state == "failed"
    assert resume(run).state == "done"
    assert_same(run, undisturbed)


@pytest.mark.parametrize("written", ["model.keras", "weights.npz"])
def test_a_death_between_two_files_mixes_no_epochs(
    written, undisturbed_run, monkeypatch
):
    from mnist_cnn.training.callbacks.network_checkpoint import NetworkCheckpoint

    undisturbed, run = undisturbed_run(), submit()
    names = {"model.keras": "save_model", "weights.npz": "save_weights"}
    write, done = getattr(NetworkCheckpoint, names[written]), []

    def write_and_die(*arguments) -> None:
        write(*arguments)
        done.append(True)
        if len(done) == 2:
            raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(NetworkCheckpoint, names[written], write_and_die)
        train(run)
    status = run.status()
    # What pages show is one epoch's: its number, its network and its accuracy.
    assert status.epochs_done == run.network_epoch()
    assert f"The network of epoch {status.epochs_done} is kept" in " ".join(
        status.sentences
    )
    pixels = data.load().x_test / np.float32(255)
    read = runs.load_network(run.id).probabilities(pixels).argmax(1)
    share = (read == data.load().y_test).mean()
    assert status.test_accuracy == pytest.approx(share, abs=1e-6)
    # And what it goes on from is the newest that was written.
    assert resume(run).state == "done"
    assert_same(run, undisturbed)
    (mark,) = reader(run.metrics_path).read().marks
    assert (mark.what, mark.value) == ("resumed", 2)


def test_time_trained_goes_on_and_the_dead_processs_torn_line_is_no_harm(killed_at):
    run = submit()
    killed_at(run, STEPS + 2)
    before = run.status().seconds
    assert before > 0
    with run.metrics_path.open("a") as file:
        file.write('{"kind":"batch","step":8,"epo')
    assert resume(run).state == "done"
    seen = reader(run.metrics_path).read()
    assert seen.step.tolist() == list(range(1, EPOCHS * STEPS + 1))
    assert (np.diff(seen.time) > 0).all()
    assert run.status().seconds > before


def test_commands_given_before_are_not_obeyed_again_and_new_ones_are(at_step, column):
    run = submit()
    train(
        run,
        at_step(2, lambda _: run.send("learning_rate", 0.5)),
        at_step(STEPS + 1, lambda _: run.send("stop")),
    )
    assert run.status().state == "stopped"
    run.send("pause")  # too late: nobody obeyed it
    resuming.resume(run)
    run.send("learning_rate", 0.25)
    assert train(run).state == "done"
    assert column(run, "what", "mark") == ["learning_rate", "stop", "learning_rate"]
    # The rate set by hand in the epoch that was complete counted on until the new one.
    kept = reader(run.metrics_path).read().marks
    assert [(m.step, m.what, m.value) for m in kept] == [
        (2, "learning_rate", 0.5),
        (STEPS, "resumed", 1),
        (STEPS, "learning_rate", 0.25),
    ]


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_a_rate_set_by_hand_in_a_complete_epoch_holds_after_a_resume(at_step, schedule):
    undisturbed, run = submit(schedule=schedule), submit(schedule=schedule)
    for each in (undisturbed, run):
        change = at_step(2, lambda _, each=each: each.send("learning_rate", 0.03))
        if each is run:
            with pytest.raises(Killed):
                train(each, change, at_step(STEPS + 1, _kill))
        else:
            train(each, change)
    assert resume(run).state == "done"
    assert_same(run, undisturbed)


def _kill(_model) -> None:
    raise Killed


def test_dispatcher_does_not_obey_the_stop_of_before():
    from mnist_cnn.jobs.dispatcher import drop_stopped

    run = submit()
    run.send("stop")
    assert drop_stopped([run]) == []
    resuming.resume(run)
    assert drop_stopped([run]) == [run]
    assert CommandReader(run.control_path, run.status().commands_read).new() == []


def test_predictions_of_an_earlier_network_do_not_stay_beside_a_newer_one(
    killed_at, at_step
):
    run = submit()
    train(run, at_step(STEPS + 1, lambda _: run.send("stop")))
    assert run.predictions_path.is_file()
    resuming.resume(run)
    # It goes on from epoch 1, not from the batch at which it was stopped.
    killed_at(run, 1)
    assert (run.network_epoch(), run.status().kept_step) == (1, 0)
    assert not run.predictions_path.is_file()


def finished(state: str, **changes) -> runs.Run:
    run = submit()
    run.write_status(Status(state, **changes))
    return run


def test_a_complete_a_waiting_and_a_living_run_are_not_resumed():
    with pytest.raises(RunError, match="complete"):
        resuming.resume(finished("done", epochs_done=EPOCHS))
    run = submit()
    with pytest.raises(RunError, match="waits or is being trained"):
        resuming.resume(run)
    run.write_status(Status("running"))
    with run.lock(), pytest.raises(RunError, match="is being trained"):
        resuming.resume(run)
    with pytest.raises(RunError, match="complete"):
        resuming.resume(runs.find(runs.PRETRAINED))


def test_a_run_whose_optimizer_is_lost_or_damaged_is_refused_with_a_sentence():
    run = finished("stopped", reason="Stopped by you.", epochs_done=2)
    with pytest.raises(RunError, match=r"model.keras\) is gone\."):
        resuming.resume(run)
    for content in (b"", b"garbage", b"PK\x03\x04 torn"):
        run.model_path.write_bytes(content)
        with pytest.raises(RunError, match=r"damaged\."):
            resuming.resume(run)
    assert run.recorded_status().state == "stopped"
    assert "The network of epoch 2 is kept." in run.status().sentences


def test_a_torn_model_file_is_refused():
    run = submit(epochs=1)
    train(run)
    run.write_status(replace(run.status(), state="stopped"))
    content = bytearray(run.model_path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    for damaged in (bytes(content), bytes(content[:-100])):
        run.model_path.write_bytes(damaged)
        with pytest.raises(RunError, match="damaged"):
            resuming.resume(run)


def test_the_optimizer_of_another_network_is_a_sentence():
    other, run = submit(network=Architecture((), 0, (8,))), submit()
    train(other)
    run.model_path.write_bytes(other.model_path.read_bytes())
    run.write_status(Status("stopped", epochs_done=1))
    assert resume(run).state == "failed"
    assert "model.keras) cannot be read" in run.status().reason


@pytest.mark.parametrize("digits", [1000, 300], ids=["as many", "fewer"])
def test_other_digits_than_at_first_are_a_sentence_and_change_nothing(
    digits, killed_at, mnist, tmp_path, monkeypatch
):
    run = submit()
    killed_at(run, STEPS + 1)
    # It died between its two files, and somebody tested it since.
    with np.load(run.weights_path) as saved:
        np.savez(run.weights_path, **dict(saved) | {"epoch": np.array(0)})
    run.predictions_path.write_bytes(b"of the network that is kept")
    before = run.weights_path.read_bytes()
    path = tmp_path / "other.npz"
    arrays = {
        "x_train": mnist.x_train[:digits],
        "y_train": mnist.y_train[:digits],
        "x_test": mnist.x_test[200:400],
        "y_test": mnist.y_test[200:400],
    }
    np.savez(path, **arrays)
    monkeypatch.setenv("MNIST_CNN_DATA", str(path))
    assert resume(run).state == "failed"
    assert "was begun on other digits" in run.status().reason
    assert run.weights_path.read_bytes() == before
    assert run.predictions_path.is_file()


def test_other_digits_to_validate_on_are_other_digits(
    killed_at, mnist, tmp_path, monkeypatch
):
    run = submit(validation_examples=200)
    killed_at(run, STEPS + 1)
    path = tmp_path / "other.npz"
    shown = {"x_test": mnist.x_test[:200], "y_test": mnist.y_test[:200]}
    trained = {"x_train": mnist.x_train[:900], "y_train": mnist.y_train[:900]}
    np.savez(path, **shown, **trained)
    monkeypatch.setenv("MNIST_CNN_DATA", str(path))
    assert resume(run).state == "failed"
    assert "was begun on other digits" in run.status().reason


def test_a_loss_that_was_no_number_would_be_none_again():
    run = finished("failed", epochs_done=1)
    run.model_path.touch()
    run.metrics_path.write_text(
        json.dumps(
            {
                **{"kind": "batch", "step": 1, "epoch": 1, "loss": None},
                **{"accuracy": 0.1, "learning_rate": 1.0, "time": 1.0},
            }
        )
        + "\n"
    )
    with pytest.raises(RunError, match="lower learning rate"):
        resuming.resume(run)


def test_a_test_loss_that_was_no_number_would_be_none_again(at_step):
    def explode(model):
        kernel = model.get_layer("output").kernel
        kernel.assign(kernel * np.nan)

    run = submit(epochs=3)
    assert train(run, at_step(2 * STEPS, explode)).state == "failed"
    with pytest.raises(RunError, match="lower learning rate"):
        resuming.resume(run)


def batch_line(step: int) -> str:
    values = {"kind": "batch", "step": step, "epoch": 1 + (step - 1) // 2}
    rest = {"loss": 1.0, "accuracy": 0.5, "learning_rate": 0.1, "time": step}
    return json.dumps(values | rest)


RESUMED = '{"kind":"resume","step":2,"epoch":1,"what":"resumed","reason":"why"}'


@pytest.mark.parametrize("at_once", [True, False])
def test_readers_forget_what_came_after_the_last_complete_epoch(tmp_path, at_once):
    path = tmp_path / "metrics.jsonl"
    epochs = [json.dumps({"kind": "epoch", "epoch": e, "step": 2 * e}) for e in (1, 2)]
    mark = '{"kind":"mark","step":3,"what":"pause","reason":"Paused"}'
    written = [batch_line(1), batch_line(2), epochs[0], batch_line(3), mark]
    written += [batch_line(4), epochs[1], RESUMED, batch_line(3), RESUMED]
    written += [batch_line(3), batch_line(4)]
    following, versions = MetricsReader(path), set()
    path.touch()
    for line in written:
        before = following.read()
        content = before.batches.tolist()
        with path.open("a") as file:
            file.write(line + "\n")
        if not at_once:
            following.read()
        assert before.batches.tolist() == content
        versions.add(before.version)
    seen = following.read()
    assert seen.step.tolist() == [1, 2, 3, 4]
    assert [point.epoch for point in seen.epochs] == [1]
    assert [(m.step, m.what) for m in seen.marks] == [(2, "resumed"), (2, "resumed")]
    assert seen.version not in versions
    # Who reads a resumed file from its start sees the same.
    assert MetricsReader(path).read().batches.tolist() == seen.batches.tolist()


def test_a_resume_line_that_is_garbage_is_skipped(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_text(
        batch_line(1) + '\n{"kind":"resume","step":"x"}\n{"kind":"resume"}\n'
    )
    assert len(MetricsReader(path).read()) == 1


def test_a_full_disk_is_a_sentence_and_the_run_stays_as_it_was(monkeypatch):
    run = finished("stopped")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mnist_cnn.runs.run.write_json", full)
    with pytest.raises(RunError, match="No space left on device"):
        resuming.resume(run)
    assert run.recorded_status().state == "stopped"


def test_lines_of_a_resumed_run_are_kept_in_the_file_all_the_same(
    killed_at, column, lines
):
    run = submit(epochs=2)
    killed_at(run, STEPS + 3)
    resume(run)
    assert len(lines(run, "batch")) == 2 * STEPS + 3
    assert column(run, "epoch", "resume") == [1]
