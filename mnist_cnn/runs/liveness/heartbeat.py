"""A run's heartbeat: how other machines know that its training lives.

File locks may not reach from machine to machine, so a training run rewrites the file
``heartbeat`` in its run folder every second. Whoever looks counts, by their own clock,
for how long it has not changed: two machines' clocks need not agree, and a time in
which nobody could look (a suspended laptop) does not count as silence.

The file has three lines: the machine, the training (a random word), and a number.
"""

from __future__ import annotations

import contextlib
import os
import platform
import secrets
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mnist_cnn.runs.files import RunFiles

BEAT_SECONDS = 1.0
SILENCE_SECONDS = 15.0
# Of the time since the last look no more than this counts as silence.
LOOK_SECONDS = 5.0
LOST_EXIT_CODE = 3
MAX_BYTES = 500


def this_machine() -> str:
    """A name no other machine has: file locks reach as far as one kernel does."""
    chosen = os.environ.get("MNIST_CNN_MACHINE")
    if chosen:
        return chosen
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return f"{platform.node()}-{uuid.getnode():x}"


@contextlib.contextmanager
def beating(files: RunFiles, machine: str) -> Iterator[None]:
    """Beats while the block runs.

    Ends this process at once when another training has taken the run over: after a
    long suspension, say, in which others took this machine for lost.

    Args:
        files: of the run.
        machine: the name of this machine; empty if the run could not be locked, so
            that only the heartbeat tells.
    """
    path = files.heartbeat_path
    me = f"{machine}\n{secrets.token_hex(8)}\n".encode()
    path.write_bytes(me + b"0\n")
    end = threading.Event()

    def beat() -> None:
        number = 0
        while not end.wait(BEAT_SECONDS):
            if not _is_mine(files, me):
                print(f"Run {files.id} is trained elsewhere now.", file=sys.stderr)
                os._exit(LOST_EXIT_CODE)
            number += 1
            # In place, since over a network a replaced file may be seen late. What
            # cannot be written now is written the next time.
            with contextlib.suppress(OSError), path.open("r+b") as file:
                file.write(me + b"%d\n" % number)

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


def machine_of(files: RunFiles) -> str | None:
    """The machine that trains or trained the run; "" if only the heartbeat tells.

    Returns:
        None if there is no heartbeat: the run is older than it, or never began.
    """
    content = _read(files)
    return content.partition(b"\n")[0].decode("utf-8", "replace") if content else None


@dataclass
class _Seen:
    content: bytes | None
    looked: float
    silent: float = 0.0


class Observer:
    """Listens for heartbeats; takes a run for alive until it has been silent for long.

    Args:
        clock: seconds, as ``time.monotonic`` counts them.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[Path, _Seen] = {}
        self._lock = threading.Lock()

    def lives(self, files: RunFiles) -> bool:
        """Whether the heart of this run beat in the last 15 seconds of looking."""
        content, now = _read(files), self._clock()
        with self._lock:
            seen = self._seen.get(files.path)
            if seen is None or content != seen.content:
                self._seen[files.path] = _Seen(content, now)
                return True
            if content is not None:  # not to be read is not to be silent
                seen.silent += min(now - seen.looked, LOOK_SECONDS)
            seen.looked = now
            return seen.silent < SILENCE_SECONDS


def has_stopped(files: RunFiles) -> bool:
    """Listens until the heart beats (False) or has been silent for long (True)."""
    observer, beat = Observer(), _read(files)
    while observer.lives(files):
        if _read(files) != beat:
            return False
        time.sleep(BEAT_SECONDS / 2)
    return True


def _is_mine(files: RunFiles, me: bytes) -> bool:
    # Unreadable, or being written: nobody has taken it over.
    content = _read(files)
    return not content or content.count(b"\n") < 3 or content.startswith(me)


def _read(files: RunFiles) -> bytes | None:
    try:
        with files.heartbeat_path.open("rb") as file:
            return file.read(MAX_BYTES)
    except OSError:
        return None
