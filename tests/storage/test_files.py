"""Files that several processes share."""

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import filelock
import pytest

from mnist_cnn.storage.files import (
    MAX_JSON_BYTES,
    is_held,
    read_json,
    replacing,
    write_json,
)


def test_a_file_takes_the_place_of_the_old_one_when_it_is_complete(tmp_path):
    path = tmp_path / "status.json"
    path.write_text("old")
    with replacing(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o644


def test_writing_that_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "weights.npz"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), replacing(path) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["weights.npz"]


def test_a_reader_never_sees_half_a_file(tmp_path):
    path = tmp_path / "status.json"
    write_json(path, {"number": 0, "again": [0] * 5000})
    stop = threading.Event()

    def write():
        number = 0
        while not stop.is_set():
            number += 1
            write_json(path, {"number": number, "again": [number] * 5000})

    writer = threading.Thread(target=write)
    writer.start()
    try:
        seen = [read_json(path) for _ in range(200)]
    finally:
        stop.set()
        writer.join()
    assert all(set(each["again"]) == {each["number"]} for each in seen)
    assert seen[-1]["number"] > 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"3",
        b"\xff",
        b"[" * 100_000,
        b" " * (MAX_JSON_BYTES + 1) + b"{}",
    ],
)
def test_what_is_no_json_object_of_that_size_is_an_error(tmp_path, content):
    path = tmp_path / "status.json"
    path.write_bytes(content)
    with pytest.raises((ValueError, RecursionError)):
        read_json(path)


def test_json_is_read_as_it_was_written(tmp_path):
    values = {"name": "π 数字", "rate": 1e-3, "none": None}
    write_json(tmp_path / "x.json", values)
    assert read_json(tmp_path / "x.json") == values
    assert json.loads((tmp_path / "x.json").read_bytes()) == values


def test_a_lock_is_held_while_its_process_lives_and_free_when_it_is_killed(tmp_path):
    path = tmp_path / "lock"
    assert not is_held(path)
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import filelock, sys, time\n"
            "with filelock.FileLock(sys.argv[1]):\n"
            "    print('held', flush=True)\n"
            "    time.sleep(60)",
            str(path),
        ],
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout.readline() == b"held\n"
        assert is_held(path)
    finally:
        holder.kill()
        holder.wait()
    assert not is_held(path)


def test_asking_whether_a_lock_is_held_does_not_keep_it(tmp_path):
    path = tmp_path / "lock"
    path.touch()
    assert not is_held(path)
    with filelock.FileLock(path, timeout=0):
        pass


def test_pages_that_look_at_the_same_moment_do_not_see_each_other(tmp_path):
    path = tmp_path / "lock"
    path.touch()
    with ThreadPoolExecutor(16) as pages:
        assert not any(pages.map(is_held, [path] * 2000))
