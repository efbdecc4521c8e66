import json

import pytest

from mnist_cnn import runs
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.runs import RunError, ownership
from mnist_cnn.runs.ownership import (
    Visitor,
    demand,
    is_passphrase,
    new_key,
    obstacle,
    owner_of,
)


@pytest.fixture(autouse=True)
def no_teacher(runs_folder, monkeypatch):
    monkeypatch.delenv(ownership.PASSPHRASE, raising=False)


def run_of(key: str = "") -> runs.Run:
    return runs.submit(TrainingConfig(), owner=owner_of(key) if key else "")


def test_whoever_started_a_run_may_change_it_and_others_may_not():
    mine, other = new_key(), new_key()
    run = run_of(mine)
    assert obstacle(run, Visitor((other, mine))) == ""
    for visitor in (Visitor(), Visitor((other,)), Visitor((other,), is_here=True)):
        assert "somebody else started" in obstacle(run, visitor)
        with pytest.raises(RunError, match="somebody else started"):
            demand(run, visitor)


def test_the_run_folder_does_not_hold_the_key():
    key = new_key()
    run = run_of(key)
    written = b"".join(p.read_bytes() for p in run.path.iterdir())
    assert key.encode() not in written
    assert owner_of(key).encode() in written


def test_the_hash_in_a_run_folder_opens_nothing():
    run = run_of(new_key())
    assert obstacle(run, Visitor((run.owner,)))


def test_a_run_without_owner_is_nobodys():
    for key in ("", "x", "é" * 43, new_key()):
        assert not Visitor((key,)).owns(run_of())


@pytest.mark.parametrize("owner", [None, 1, ["x"], {"a": 1}, "é" * 9, "\ud800"])
def test_a_run_with_an_owner_that_cannot_be_is_not_read(owner):
    path = run_of().config_path
    path.write_text(json.dumps(json.loads(path.read_text()) | {"owner": owner}))
    with pytest.raises(RunError, match=r"config\.json .* cannot be read"):
        runs.find(path.parent.name)


def test_a_run_without_owner_is_everybodys_on_this_machine_only(monkeypatch):
    run = run_of()
    here, away = Visitor((new_key(),), is_here=True), Visitor((new_key(),))
    assert obstacle(run, here) == ""
    assert "open to the network" in obstacle(run, away)
    monkeypatch.setenv(ownership.PASSPHRASE, "chalk and cheese")
    assert "Only the teacher" in obstacle(run, here)
    assert "Only the teacher" in obstacle(run, away)


def test_the_teacher_may_change_every_run_but_not_the_pretrained_network():
    teacher = Visitor(is_teacher=True)
    assert obstacle(run_of(), teacher) == obstacle(run_of(new_key()), teacher) == ""
    assert "part of the lab" in obstacle(runs.find(runs.PRETRAINED), teacher)


def test_waiting_runs_are_counted_from_the_run_folders():
    key = new_key()
    first, second = run_of(key), run_of(key)
    run_of(new_key())
    second.write_status(runs.Status("running"))
    assert [run.id for run in ownership.waiting(Visitor((key,)))] == [first.id]


@pytest.fixture
def waited(monkeypatch) -> list[float]:
    """The seconds that guesses took, which pass at once here."""
    seconds = []
    monkeypatch.setattr(ownership.time, "sleep", seconds.append)
    return seconds


def test_without_a_passphrase_nobody_is_the_teacher(waited):
    for guess in ("", None, "x"):
        assert not is_passphrase(guess)


def test_the_passphrase_opens_and_nothing_else_does(monkeypatch, waited):
    monkeypatch.setenv(ownership.PASSPHRASE, "Kreide und Käse")
    assert is_passphrase("Kreide und Käse")
    for wrong in ("kreide und käse", "Kreide", "", None, 7, "x" * 2000, "\ud800"):
        assert not is_passphrase(wrong)


def test_every_guess_takes_as_long_and_the_right_one_opens_after_any_number(
    monkeypatch, waited
):
    monkeypatch.setenv(ownership.PASSPHRASE, "right")
    assert not any(is_passphrase("wrong") for _ in range(1000))
    assert is_passphrase("right")
    assert set(waited) == {ownership.GUESS_SECONDS}
    assert ownership.GUESS_SECONDS > 0.5
