"""A file that a process of its own makes: what its progress says."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import filelock
import pytest

from mnist_cnn.storage import background, child_process
from mnist_cnn.storage.background import BackgroundError, BackgroundFile
from mnist_cnn.storage.files import read_json


@pytest.fixture
def file(tmp_path, monkeypatch) -> BackgroundFile:
    """One whose process is killed before it does anything."""
    monkeypatch.setattr(child_process, "start", lambda *_, **__: None)
    return BackgroundFile(tmp_path / "made" / "file.npz", "The file", "nothing")


def after(monkeypatch, seconds: float) -> None:
    now = time.time() + seconds
    monkeypatch.setattr(background.time, "time", lambda: now)


def test_a_process_may_take_its_time_to_start_and_then_holds_a_lock(file, monkeypatch):
    assert file.progress().state == "none"
    file.start()
    assert file.progress().state == "running"
    with filelock.FileLock(f"{file.path}.lock"):
        after(monkeypatch, background.STARTS_WITHIN_SECONDS + 1)
        assert file.progress().state == "running"
    progress = file.progress()
    assert progress.state == "failed"
    assert "ended without a word" in progress.reason


def test_a_class_that_asks_at_the_same_moment_starts_one_process(file, monkeypatch):
    started = []
    monkeypatch.setattr(child_process, "start", lambda *_, **__: started.append(1))

    def look_slowly(path):
        try:
            return read_json(path)
        finally:
            time.sleep(0.05)

    monkeypatch.setattr(background, "read_json", look_slowly)
    with ThreadPoolExecutor(3) as pages:
        list(pages.map(lambda _page: file.start(), range(3)))
    assert len(started) == 1


def test_what_is_made_already_is_not_made_once_more_for_a_slow_browser(
    file, monkeypatch
):
    started = []
    monkeypatch.setattr(child_process, "start", lambda *_, **__: started.append(1))
    file.make(lambda _report: file.path.write_text("made"))
    file.start()
    assert started == []


def test_who_looks_whether_it_is_made_does_not_keep_it_from_being_made(file):
    file.path.parent.mkdir()
    look = filelock.FileLock(f"{file.path}.lock", thread_local=False)
    look.acquire()
    threading.Timer(0.1, look.release).start()
    file.make(lambda _report: file.path.write_text("made"))
    assert file.progress().state == "done"


def test_a_killed_process_is_not_alive_because_the_clock_was_set_back(
    file, monkeypatch
):
    file.start()
    after(monkeypatch, -3600)
    assert file.progress().state == "failed"


def test_a_process_that_cannot_be_started_is_a_sentence(file, monkeypatch):
    def fail(*_command, **_options):
        raise OSError("no such program")

    monkeypatch.setattr(child_process, "start", fail)
    with pytest.raises(BackgroundError, match="could not be started: no such"):
        file.start()
    assert "no such program" in file.progress().reason


def test_what_it_says_in_between_and_why_it_failed_can_be_read(file):
    def write(report) -> None:
        report(1, 4)
        assert file.progress().fraction == 0.25
        raise ValueError("The network is damaged.")

    with pytest.raises(ValueError, match="damaged"):
        file.make(write)
    assert file.progress().reason == "The network is damaged."


@pytest.mark.parametrize("noted", ['{"noted": "now"}', '{"share": [1], "noted": 1}'])
def test_progress_that_is_none_is_as_if_nobody_had_begun(file, noted):
    file.start()
    file.path.with_name(f"{file.path.name}.json").write_text(noted)
    assert file.progress().state == "none"
