import json
import time

import pytest

from mnist_cnn import runs
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.runs import RunError, retention


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


def test_without_a_runs_folder_there_is_room(lab):
    lab.rmdir()
    assert retention.room().runs == 0
    assert retention.make_room(new_runs=1) == []
