"""A file that a process of its own makes when somebody asks for it, with progress.

The process is no child of whoever asked: it goes on when that one ends, and the next
who asks finds the same progress, or the file.
"""

from __future__ import annotations

import contextlib
import errno
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import filelock

from mnist_cnn.locale.message import MessageError
from mnist_cnn.storage import child_process
from mnist_cnn.storage.files import is_held, read_json, write_json

NICENESS = 5
REPORT_SECONDS = 0.25
# Python and numpy load before the process can say that it lives.
STARTS_WITHIN_SECONDS = 30.0

# A class that asks for the same file at the same moment starts one process.
_starting = threading.Lock()

# Takes how much is done, and how much there is to do.
Report = Callable[[int, int], None]


class BackgroundError(MessageError):
    """What cannot be started; says so in a sentence."""


@dataclass(frozen=True)
class Progress:
    """How far a job is.

    Attributes:
        state: "none", "running", "done" or "failed".
        fraction: of the work that is done, 0 to 1.
        reason: why it failed, in a sentence.
    """

    state: str
    fraction: float = 0.0
    reason: str = ""


class BackgroundFile:
    """One file, made by one process at a time; its lock and progress lie beside it.

    Args:
        path: of the file.
        module: what makes it, for ``python -m``; it calls ``make``.
        arguments: for the module.
    """

    def __init__(self, path: Path, module: str, *arguments: str) -> None:
        self.path = path
        self._command = (module, *arguments)
        self._lock_path = path.with_name(f"{path.name}.lock")
        self._progress_path = path.with_name(f"{path.name}.json")

    def start(self) -> None:
        """Starts making it in the background, unless that goes on or is done already.

        Raises:
            BackgroundError: if it cannot be started.
        """
        try:
            with _starting:
                if self.progress().state in ("running", "done"):
                    return
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._write_progress(0)
            child_process.start(
                *self._command,
                detached=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            failure = BackgroundError(
                "This could not be started: {reason}", reason=_sentence(error)
            )
            with contextlib.suppress(OSError):
                self._write_progress(0, reason=failure.message)
            raise failure from error

    def progress(self) -> Progress:
        """How far it is; one whose process has died says so."""
        if self.path.is_file():
            return Progress("done", 1.0)
        try:
            noted = read_json(self._progress_path)
            age = time.time() - float(noted.get("noted") or 0)
            fraction = float(noted.get("share") or 0)
        except (OSError, ValueError, TypeError, RecursionError):
            return Progress("none")
        if noted.get("reason"):
            return Progress("failed", reason=str(noted["reason"]))
        # Noted in the future: the clock was set back.
        if 0 <= age < STARTS_WITHIN_SECONDS or is_held(self._lock_path):
            return Progress("running", fraction)
        return Progress(
            "failed",
            reason="It ended without a word: it was killed, or the machine ran out of "
            "memory.",
        )

    def make(self, write: Callable[[Report], None]) -> None:
        """Makes the file in this very process; does nothing if another does.

        Args:
            write: writes the file in one step, and reports now and then.

        Raises:
            ValueError, OSError: in a sentence, which the progress tells too.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        next_note = float("-inf")

        def report(done: int, total: int) -> None:
            nonlocal next_note
            if time.monotonic() > next_note:
                next_note = time.monotonic() + REPORT_SECONDS
                self._write_progress(done / total)

        try:
            # A page looking whether it is held holds it for a moment.
            with filelock.FileLock(self._lock_path, timeout=1):
                write(report)
        except filelock.Timeout:
            return
        except (ValueError, OSError) as error:
            with contextlib.suppress(OSError):
                self._write_progress(0, reason=_sentence(error))
            raise

    def _write_progress(self, fraction: float, *, reason: str = "") -> None:
        write_json(
            self._progress_path,
            {"share": round(fraction, 4), "noted": time.time(), "reason": reason},
        )


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full. Delete runs that nobody needs, then try again."
    return str(error)
