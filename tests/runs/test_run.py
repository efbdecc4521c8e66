"""The run folder: the only record of a training."""

import errno
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mnist_cnn import runs
from mnist_cnn.experiments.config import ConfigError, TrainingConfig
from mnist_cnn.runs import RunError, Status, store
from mnist_cnn.runs.status import ACTIVE_STATES, FINAL_STATES, DataTest
from mnist_cnn.storage.files import write_json

pytestmark = pytest.mark.usefixtures("runs_folder")


def submit(created: float | None = None, **values) -> runs.Run:
    """A run as if submitted at that time."""
    run = runs.submit(TrainingConfig(**values))
    if created is None:
        return run
    path = run.path / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"created": created}))
    return runs.find(run.id)


def test_a_submitted_run_waits_and_keeps_its_settings(architectures):
    config = TrainingConfig(network=architectures["dense only"], epochs=2)
    run = runs.submit(config, preset="quick", name="mine")
    found = runs.find(run.id)
    assert found.status().state == "queued"
    assert (found.config, found.preset, found.name) == (config, "quick", "mine")


def test_a_fine_tuned_network_was_trained_on_what_its_start_was_trained_on():
    both = runs.find(runs.PRETRAINED)
    assert runs.trained_on(both) == ("mnist", "pen:all")
    first = submit(data=("mnist",), start_from=both.id)
    second = submit(data=("pen",), start_from=first.id)
    assert runs.trained_on(second) == ("pen", "mnist", "offline", "pen:all")
    # Of a start that is gone, those that were tested at the beginning.
    tests = tuple(DataTest(x, x, 4, 0.5) for x in ("pen", "mnist", "pen:all"))
    second.write_status(replace(second.recorded_status(), tests=tests))
    runs.delete(first)
    assert runs.trained_on(second) == ("pen", "mnist", "pen:all")


def test_an_id_cannot_be_guessed():
    ids = {submit().id for _ in range(20)}
    assert len(ids) == 20
    assert all(re.fullmatch("[0-9a-f]{16}", each) for each in ids)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../secret00",
        "/etc/passwd",
        "a/b",
        "ABCDEFGH",
        "a" * 33,
        "abc",
        "abcdefgh\n",
        "abcdefgh\x00",
        "..%2fsecret",
        "ａｂｃｄｅｆｇｈ",
        None,
        12345678,
    ],
)
def test_what_is_no_id_is_refused_before_it_touches_the_disk(name, monkeypatch):
    def touched(*_, **__):
        raise AssertionError("looked at the disk")

    with monkeypatch.context() as watched:
        for look in ("is_file", "exists", "stat", "open", "is_dir"):
            watched.setattr(Path, look, touched)
        with pytest.raises(RunError, match="not the name of a run"):
            runs.find(name)


def test_an_id_of_no_run_says_it_may_have_been_deleted():
    with pytest.raises(RunError, match=r"no run 0123456789abcdef\. It may have been"):
        runs.find("0123456789abcdef")


def test_runs_are_listed_newest_first_and_the_queue_is_oldest_first():
    second, third, first = submit(2.0), submit(3.0), submit(1.0)
    third.write_status(Status("done"))
    assert [run.id for run in runs.list_runs()] == [third.id, second.id, first.id]
    assert [run.id for run in runs.queue()] == [first.id, second.id]


def test_there_are_no_runs_where_there_is_no_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("MNIST_CNN_RUNS", str(tmp_path / "nowhere"))
    assert runs.list_runs() == []
    assert runs.queue() == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"{}",
        b'{"config": {"epochs": 0}}',
        b'{"config": {}, "created": 1e18}',
        b'{"config": ' + b" " * 300000 + b"{}}",
    ],
)
def test_a_run_with_damaged_settings_is_a_sentence_and_hides_no_other(content):
    good, bad = submit(), submit()
    (bad.path / "config.json").write_bytes(content)
    with pytest.raises(RunError, match=bad.id):
        runs.find(bad.id)
    assert [run.id for run in runs.list_runs()] == [good.id]


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff"])
def test_a_damaged_status_is_a_sentence_and_is_not_trained(content):
    run = submit()
    (run.path / "status.json").write_bytes(content)
    with pytest.raises(RunError, match=f"status.json of run {run.id} cannot be read"):
        run.status()
    assert runs.queue() == []


def test_a_status_of_a_newer_lab_is_read_as_far_as_it_is_known():
    run = submit()
    path = run.path / "status.json"
    path.write_text(json.dumps({"state": "done", "epochs_done": 3, "color": "red"}))
    assert run.status() == Status("done", epochs_done=3)
    path.write_text(json.dumps({"state": "dreaming"}))
    with pytest.raises(RunError, match="of a newer version"):
        run.status()


@pytest.mark.parametrize("state", ACTIVE_STATES)
def test_a_training_that_nobody_holds_has_died(state):
    run = submit()
    run.write_status(Status(state, epochs_done=2))
    status = run.status()
    assert status.state == "failed"
    assert "was killed" in status.reason
    assert "The network of epoch 2 is kept." in " ".join(status.sentences)
    with run.lock():
        assert run.status() == Status(state, epochs_done=2)


def test_a_training_that_died_in_its_first_epoch_has_no_network():
    run = submit()
    run.write_status(Status("running"))
    assert "No epoch was complete" in " ".join(run.status().sentences)


@pytest.mark.parametrize("state", ["queued", *FINAL_STATES])
def test_a_run_that_waits_or_has_ended_needs_nobody_to_hold_it(state):
    run = submit()
    run.write_status(Status(state))
    assert run.status().state == state


def test_a_training_that_ends_between_two_looks_has_not_died(monkeypatch):
    run = submit()
    run.write_status(Status("running"))

    def ends_now(run):
        run.write_status(Status("done"))
        return False

    monkeypatch.setattr(runs.Run, "is_locked", ends_now)
    assert run.status().state == "done"


def test_a_run_is_held_by_one_training_only():
    run = submit()
    assert not run.is_locked()
    with run.lock():
        assert runs.find(run.id).is_locked()
    assert not run.is_locked()


def test_commands_are_written_in_order():
    run = submit()
    run.send("pause")
    run.send("learning_rate", 0.01)
    lines = [json.loads(line) for line in run.control_path.read_text().splitlines()]
    assert [(each["what"], each["value"]) for each in lines] == [
        ("pause", None),
        ("learning_rate", 0.01),
    ]


def test_a_command_that_is_none_is_refused_and_not_written():
    run = submit()
    with pytest.raises(RunError, match="no command 'delete everything'"):
        run.send("delete everything")
    for rate in (0, 2, float("nan"), None, "0.1"):
        with pytest.raises(ConfigError, match="Learning rate must be"):
            run.send("learning_rate", rate)
    assert not run.control_path.exists()


def test_a_command_to_a_deleted_run_makes_no_folder():
    run = submit()
    runs.delete(run)
    with pytest.raises(RunError, match="has been deleted"):
        run.send("stop")
    assert not run.path.exists()


def test_a_name_is_one_short_line():
    run = submit()
    assert run.name == run.id[:6]
    run.rename("  my\nrun\t" + "x" * 100)
    assert run.name == ("my run " + "x" * 100)[:60]
    run.rename("")
    assert run.name == run.id[:6]


def test_a_star_and_a_name_leave_each_other_alone():
    run = submit()
    assert not run.starred
    run.star(True)
    run.rename("mine")
    assert (run.starred, run.name) == (True, "mine")
    run.star(False)
    assert (run.starred, run.name) == (False, "mine")


@pytest.mark.parametrize("label", [b"{", b"[]", b'{"starred": 1}', b'{"name": "x"}'])
def test_nothing_but_a_star_is_one(label):
    run = submit()
    (run.path / "label.json").write_bytes(label)
    assert not run.starred
    run.star(True)
    assert run.starred


@pytest.mark.parametrize("label", [b"{", b"[]", b'{"name": 3}', b'{"name": null}'])
def test_a_damaged_name_is_no_reason_to_fail(label):
    run = submit()
    (run.path / "label.json").write_bytes(label)
    assert run.name == run.id[:6]


def test_a_drawing_goes_along_as_it_is():
    drawing = np.random.default_rng(0).integers(0, 256, (28, 28)).astype(np.uint8)
    run = runs.submit(TrainingConfig(), drawing=drawing)
    assert (runs.find(run.id).drawing() == drawing).all()
    assert submit().drawing() is None
    (run.path / "drawing.bin").write_bytes(b"too short")
    assert run.drawing() is None


def test_a_deleted_run_is_gone_and_deleting_it_twice_is_no_error():
    run = submit()
    runs.delete(run)
    assert runs.list_runs() == []
    runs.delete(run)


def test_what_is_trained_or_belongs_to_the_lab_is_not_deleted():
    run = submit()
    with run.lock(), pytest.raises(RunError, match="Stop it first"):
        runs.delete(run)
    assert run.path.is_dir()
    with pytest.raises(RunError, match="part of the lab and stays"):
        runs.delete(runs.find(runs.PRETRAINED))


def test_a_runs_folder_that_cannot_be_written_is_a_sentence(tmp_path, monkeypatch):
    (tmp_path / "a file").write_text("in the way")
    monkeypatch.setenv("MNIST_CNN_RUNS", str(tmp_path / "a file" / "runs"))
    with pytest.raises(RunError, match=r"could not be written.*Is the disk full"):
        submit()


def test_a_run_whose_name_cannot_be_written_is_none(monkeypatch):
    def fill_up(path: Path, values: dict) -> None:
        if path.name == "label.json":
            raise OSError(errno.ENOSPC, "No space left on device")
        write_json(path, values)

    monkeypatch.setattr(store, "write_json", fill_up)
    with pytest.raises(RunError, match=r"No space left.*Is the disk full"):
        runs.submit(TrainingConfig(), name="mine")
    assert runs.list_runs() == []


def test_the_pretrained_network_is_a_run_like_any_other():
    run = runs.find(runs.PRETRAINED)
    status = run.status()
    assert status.state == "done"
    assert run.has_weights
    assert status.test_accuracy > 0.99
    assert status.versions["tensorflow"]


def test_a_status_is_what_was_written():
    run = submit()
    status = replace(Status("done"), test_accuracy=0.99, versions={"keras": "3"})
    run.write_status(status)
    assert run.status() == status


def test_what_is_measured_at_the_end_is_not_known_of_an_earlier_epoch():
    tests = (DataTest("mnist", "MNIST", 200, before=0.5, after=0.7),)
    ended = Status("stopped", epochs_done=2, test_accuracy=0.7, tests=tests)
    earlier = ended.as_of(1, None)
    assert (earlier.test_accuracy, earlier.tests[0].after) == (None, None)
    assert earlier.tests[0].before == 0.5
