"""The heartbeat: whether a training on another machine lives."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from mnist_cnn import runs
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.runs import RunError, Status
from mnist_cnn.runs.files import RunFiles
from mnist_cnn.runs.liveness import heartbeat, lock
from mnist_cnn.runs.liveness.heartbeat import (
    LOST_EXIT_CODE,
    SILENCE_SECONDS,
    Observer,
    beating,
)

ROOT = Path(__file__).parents[2]
BEAT_UNTIL_KILLED = """
import sys, time
from pathlib import Path
from mnist_cnn.runs.liveness import heartbeat
from mnist_cnn.runs.files import RunFiles
with heartbeat.beating(RunFiles(Path(sys.argv[1])), "elsewhere"):
    print("beating", flush=True)
    time.sleep(120)
"""


HOLD_UNTIL_KILLED = """
import filelock, sys, time
with filelock.FileLock(sys.argv[1]):
    print("held", flush=True)
    time.sleep(120)
"""


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def beat(folder: Path, number: int, machine: str = "elsewhere") -> None:
    (folder / "heartbeat").write_text(f"{machine}\nsomebody\n{number}\n")


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.02)
    monkeypatch.setattr(heartbeat, "SILENCE_SECONDS", 0.2)


@pytest.fixture
def elsewhere(runs_folder):
    """A run that says it is trained on another machine, whose locks are not seen."""
    run = runs.submit(TrainingConfig())
    run.write_status(Status("running", host="elsewhere", epochs_done=2))
    beat(run.path, 1)
    return run


def test_a_heart_that_beats_lives_however_slowly_clocks_agree(tmp_path):
    clock = Clock()
    observer = Observer(clock)
    for number in range(20):
        beat(tmp_path, number)
        assert observer.lives(RunFiles(tmp_path))
        clock.now += SILENCE_SECONDS - 1


def test_a_heart_that_is_silent_for_long_has_stopped(tmp_path):
    clock = Clock()
    observer = Observer(clock)
    beat(tmp_path, 7)
    looks = 0
    while observer.lives(RunFiles(tmp_path)):
        clock.now += 1
        looks += 1
    assert looks == SILENCE_SECONDS
    beat(tmp_path, 8)
    assert observer.lives(RunFiles(tmp_path))


def test_a_suspended_observer_does_not_take_its_own_absence_for_silence(tmp_path):
    clock = Clock()
    observer = Observer(clock)
    beat(tmp_path, 7)
    assert observer.lives(RunFiles(tmp_path))
    clock.now += 8 * 3600
    assert observer.lives(RunFiles(tmp_path))


def test_a_heart_beats_while_its_block_runs(tmp_path, quick):
    with beating(RunFiles(tmp_path), "here"):
        assert heartbeat.machine_of(RunFiles(tmp_path)) == "here"
        first = (tmp_path / "heartbeat").read_text()
        until = time.monotonic() + 10
        while (tmp_path / "heartbeat").read_text() == first:
            assert time.monotonic() < until
            time.sleep(0.01)
    stopped = (tmp_path / "heartbeat").read_text()
    time.sleep(0.1)
    assert (tmp_path / "heartbeat").read_text() == stopped


def test_a_heart_beats_where_text_files_have_other_line_ends(
    tmp_path, quick, monkeypatch
):
    def as_windows(path, mode="r", *arguments, **options):
        if "b" not in mode:
            options["newline"] = "\r\n"
        return open(path, mode, *arguments, **options)  # noqa: PTH123

    lost = []
    monkeypatch.setattr(Path, "open", as_windows)
    monkeypatch.setattr(
        Path,
        "write_text",
        lambda path, text: path.write_bytes(text.replace("\n", "\r\n").encode()),
    )
    monkeypatch.setattr(heartbeat.os, "_exit", lost.append)
    with beating(RunFiles(tmp_path), "here"):
        time.sleep(0.2)
    assert lost == []
    assert heartbeat.machine_of(RunFiles(tmp_path)) == "here"


def test_a_folder_that_is_removed_stays_removed(tmp_path, quick):
    folder = tmp_path / "run"
    folder.mkdir()
    with beating(RunFiles(folder), "here"):
        (folder / "heartbeat").unlink()
        folder.rmdir()
        time.sleep(0.2)
        assert not folder.exists()


def test_a_training_whose_run_was_taken_over_ends_itself(tmp_path):
    old = subprocess.Popen(
        [sys.executable, "-c", BEAT_UNTIL_KILLED, tmp_path],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert old.stdout.readline() == "beating\n"
        with beating(RunFiles(tmp_path), "here"):
            _, said = old.communicate(timeout=60)
            assert old.returncode == LOST_EXIT_CODE
            assert "trained elsewhere now" in said
        assert heartbeat.machine_of(RunFiles(tmp_path)) == "here"
    finally:
        old.kill()


def test_a_run_of_another_machine_lives_though_no_lock_is_seen(elsewhere):
    assert elsewhere.status().state == "running"
    with pytest.raises(RunError, match="being trained"):
        runs.delete(elsewhere)


def test_a_run_of_this_machine_is_known_by_its_lock_at_once(elsewhere):
    beat(elsewhere.path, 1, heartbeat.this_machine())
    assert elsewhere.status().state == "failed"


def test_a_lost_machines_run_has_failed(elsewhere, quick):
    assert elsewhere.status().state == "running"
    time.sleep(0.3)
    status = elsewhere.status()
    assert status.state == "failed"
    assert "The network of epoch 2 is kept." in " ".join(status.sentences)


def test_a_lost_machines_run_waits_again_on_a_cluster(elsewhere, quick):
    for left, state in ((3, "queued"), (2, "queued"), (1, "failed")):
        status = replace(elsewhere.recorded_status(), attempts_left=left)
        elsewhere.write_status(status)
        elsewhere.status()
        time.sleep(0.3)
        assert elsewhere.status().state == state
    assert "It was begun 3 times on the cluster" in elsewhere.status().reason


def test_a_lost_machines_run_says_which_machine_and_how_it_goes_on(elsewhere, quick):
    elsewhere.write_status(replace(elsewhere.recorded_status(), attempts_left=2))
    elsewhere.status()
    time.sleep(0.3)
    reason = elsewhere.status().reason
    assert "(elsewhere) was lost" in reason
    assert "It goes on after epoch 2" in reason
    assert [run.id for run in runs.queue()] == [elsewhere.id]


@pytest.fixture
def held_lock(elsewhere):
    """A file server that keeps the other machine's lock."""
    holding = subprocess.Popen(
        [sys.executable, "-c", HOLD_UNTIL_KILLED, elsewhere.path / "lock"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holding.stdout.readline() == "held\n"
    yield
    holding.kill()
    holding.wait()


@pytest.mark.usefixtures("held_lock", "quick")
def test_a_lock_that_a_lost_machine_left_is_no_obstacle(elsewhere):
    with elsewhere.lock():
        # The lock cannot tell who holds it now, so the heartbeat has to.
        assert heartbeat.machine_of(elsewhere) == ""
        assert elsewhere.is_locked()


@pytest.mark.usefixtures("held_lock", "quick")
def test_a_run_that_is_trained_elsewhere_cannot_be_begun_here(elsewhere):
    with (
        beating(elsewhere, "elsewhere"),
        pytest.raises(RunError, match="trained already"),
        runs.Run(elsewhere.path).lock(),
    ):
        pass


def test_without_locks_in_the_file_system_the_heartbeat_tells(elsewhere, monkeypatch):
    def no_locks(*_arguments, **_options):
        raise OSError(37, "No locks available")

    (elsewhere.path / "heartbeat").unlink()
    with monkeypatch.context() as without:
        without.setattr(lock.filelock.FileLock, "acquire", no_locks)
        with elsewhere.lock():
            assert heartbeat.machine_of(elsewhere) == ""
            assert elsewhere.is_locked()
