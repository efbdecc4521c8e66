import json
import threading
import time

import pytest

from mnist_cnn import runs
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.runs import RunError, retention
from mnist_cnn.runs.ownership import Visitor, new_key, owner_of


@pytest.fixture(autouse=True)
def lab(runs_folder, monkeypatch):
    monkeypatch.setenv(retention.MAX_RUNS, "3")
    monkeypatch.delenv(retention.MAX_GB, raising=False)
    return runs_folder


def run_of(age: float, state: str = "done", *, starred: bool = False, size: int = 0):
    run = runs.submit(TrainingConfig(), name=f"{state} {age:g}")
    settings = run.path / "config.json"
    settings.write_text(json.dumps(json.loads(settings.read_text()) | {"created": age}))
    run.write_status(runs.Status(state))
    run.star(starred)
    run.weights_path.write_bytes(bytes(size))
    return run


def left() -> set[str]:
    return {run.name for run in runs.list_runs()}


def test_the_oldest_finished_run_goes_first():
    for age in (3, 1, 2):
        run_of(age)
    assert retention.make_room(new_runs=1) == ["done 1"]
    assert left() == {"done 2", "done 3"}


def test_a_run_counts_in_full_while_its_files_are_replaced():
    run, ended = run_of(1, size=3_000_000), threading.Event()

    def replace_files():
        while not ended.is_set():
            written = [run.path / f".{number}" for number in range(50)]
            for path in written:
                path.touch()
            for path in written:
                path.unlink()

    training = threading.Thread(target=replace_files)
    training.start()
    found = [retention.room().gigabytes for _look in range(300)]
    ended.set()
    training.join()
    assert min(found) >= 0.003


def test_within_bounds_nothing_goes():
    run_of(1)
    run_of(2)
    assert retention.make_room(new_runs=1) == []
    assert len(left()) == 2


@pytest.mark.parametrize("state", ["queued", "preparing", "running", "paused"])
def test_what_waits_or_trains_is_never_removed(state, monkeypatch):
    monkeypatch.setattr(
        runs.Run, "is_locked", lambda run: run.recorded_status().is_active
    )
    run_of(1, state)
    for age in (2, 3, 4):
        run_of(age)
    assert retention.make_room() == ["done 2"]
    assert f"{state} 1" in left()


def test_a_star_keeps_a_run():
    for age in (1, 2, 3, 4):
        run_of(age, starred=age < 3)
    assert retention.make_room(new_runs=1) == ["done 3", "done 4"]


def test_when_nothing_may_go_the_new_run_is_refused_and_nothing_is_lost():
    for age in (1, 2, 3):
        run_of(age, starred=True)
    with pytest.raises(RunError, match="The lab is full"):
        retention.make_room(new_runs=1)
    assert len(left()) == 3


def test_the_disk_is_bounded_too(monkeypatch):
    monkeypatch.setenv(retention.MAX_GB, "0.00025")
    for age in (1, 2, 3):
        run_of(age, size=100_000)
    assert retention.room().is_over
    assert retention.make_room() == ["done 1"]
    room = retention.room()
    assert (room.runs, room.is_over) == (2, False)
    assert room.gigabytes == pytest.approx(0.0002, abs=0.00001)


@pytest.mark.parametrize("text", ["", "many", "nan", "inf", "-1", "0"])
def test_a_limit_that_is_none_is_the_default(text, monkeypatch):
    monkeypatch.setenv(retention.MAX_RUNS, text)
    monkeypatch.setenv(retention.MAX_GB, text)
    room = retention.room()
    assert (room.max_runs, room.max_gigabytes) == (200, 5.0)


def test_a_run_that_ended_only_just_now_stays():
    for age in (1, 2, 3, 4):
        run = run_of(age)
        if age == 1:
            run.write_status(runs.Status("done", ended=time.time()))
    assert retention.make_room() == ["done 2"]


def results_of(owner: str, count: int) -> list[str]:
    """The names of so many runs of that browser that ended just now, oldest first."""
    made = []
    for number in range(count):
        name = f"{owner[:5]} {number}"
        run = runs.submit(TrainingConfig(), name=name, owner=owner_of(owner))
        run.write_status(runs.Status("done", ended=time.time()))
        made.append(name)
    return made


def test_the_own_runs_go_first_however_old_those_of_others_are():
    mine = new_key()
    run_of(1)
    first, second = results_of(mine, 2)
    assert retention.make_room(1, Visitor((mine,))) == [first]
    assert left() == {"done 1", second}


def test_a_run_whose_network_others_start_from_stays(monkeypatch):
    monkeypatch.setenv(retention.MAX_RUNS, "4")
    first, second, *_others = map(run_of, (1, 2, 3, 4))
    runs.submit(TrainingConfig(start_from=second.id))
    assert retention.make_room(1, start_from=first.id) == ["done 3", "done 4"]


def test_nobody_removes_what_somebody_else_got_in_this_lesson(monkeypatch):
    mine, other = new_key(), new_key()
    results_of(other, 3)
    with pytest.raises(RunError, match="results of this lesson"):
        retention.make_room(1, Visitor((mine,)))
    assert len(left()) == 3
    later = time.time() + retention.LESSON_SECONDS + 1
    monkeypatch.setattr(retention.time, "time", lambda: later)
    assert len(retention.make_room(1, Visitor((mine,)))) == 1


def test_an_import_is_of_this_lesson_whenever_its_training_ended():
    for number in range(3):
        run = runs.submit(TrainingConfig(), name=f"{number}")
        run.write_status(runs.Status("done", ended=1.0))
    with pytest.raises(RunError, match="The lab is full"):
        retention.make_room(1, Visitor((new_key(),)))


def test_without_a_runs_folder_there_is_room(lab):
    lab.rmdir()
    assert retention.room().runs == 0
    assert retention.make_room(new_runs=1) == []
