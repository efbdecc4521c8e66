"""A network reads the test set at hand in a process of its own, with its progress.

For networks whose saved predictions are missing or of another test set. The result
lies in the runs folder under ``evaluations``; the next one who asks finds it there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import filelock

from mnist_cnn import data, network, predictions, runs
from mnist_cnn.data import Dataset
from mnist_cnn.files import RunError, is_held, read_json, write_json
from mnist_cnn.predictions import Predictions, PredictionsError
from mnist_cnn.runs import Run

NICENESS = 5
REPORT_SECONDS = 0.25
# Python and numpy load before the process can say that it lives.
STARTS_WITHIN_SECONDS = 30.0
EXIT_FAILED = 2

_ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Progress:
    """How far an evaluation is.

    Attributes:
        state: "none", "running", "done" or "failed".
        share: of the digits that are read, 0 to 1.
        reason: why it failed, in a sentence.
    """

    state: str
    share: float = 0.0
    reason: str = ""


class Evaluation:
    """One network, as of its newest complete epoch, on one test set.

    Args:
        run: with a network.
        digits: the test set at hand.

    Raises:
        RunError: if the run has no network (any more).
    """

    def __init__(self, run: Run, digits: Dataset) -> None:
        try:
            epoch = run.weights_path.stat().st_mtime_ns
        except OSError as error:
            raise RunError(f"Run {run.id} has no network (any more).") from error
        self._run = run
        self._digits = digits
        self._stem = _folder() / f"{run.id}-{epoch:x}-{digits.fingerprint}"

    @property
    def path(self) -> Path:
        """Where the predictions will be."""
        return self._stem.with_suffix(".npz")

    @property
    def _lock_path(self) -> Path:
        return self._stem.with_suffix(".lock")

    @property
    def _progress_path(self) -> Path:
        return self._stem.with_suffix(".json")

    def start(self) -> None:
        """Starts it in the background, unless it runs already.

        Raises:
            RunError: if it cannot be started.
        """
        if self.progress().state == "running":
            return
        try:
            _folder().mkdir(parents=True, exist_ok=True)
            self._write_progress(0, reason="")
            subprocess.Popen(
                [sys.executable, "-m", "mnist_cnn.evaluation_job", self._run.id],
                cwd=_ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise RunError(f"The evaluation could not be started: {error}.") from error

    def progress(self) -> Progress:
        """How far it is; one whose process has died says so."""
        if self.path.is_file():
            return Progress("done", 1.0)
        try:
            noted = read_json(self._progress_path, "progress")
        except RunError:
            return Progress("none")
        if noted.get("reason"):
            return Progress("failed", reason=str(noted["reason"]))
        is_new = time.time() - float(noted.get("noted") or 0) < STARTS_WITHIN_SECONDS
        if is_new or is_held(self._lock_path):
            return Progress("running", float(noted.get("share") or 0))
        return Progress(
            "failed",
            reason="The evaluation ended without a word: it was killed, or the machine "
            "ran out of memory.",
        )

    def run(self) -> None:
        """Reads the test set in this very process; does nothing if another does.

        Raises:
            ValueError, OSError: in a sentence, which the progress tells too.
        """
        _folder().mkdir(parents=True, exist_ok=True)
        try:
            with filelock.FileLock(self._lock_path, timeout=0):
                self._read()
        except filelock.Timeout:
            return
        except (ValueError, OSError) as error:
            self._write_progress(0, reason=str(error))
            raise

    def _read(self) -> None:
        noted = time.monotonic()

        def report(done: int, total: int) -> None:
            nonlocal noted
            if time.monotonic() - noted > REPORT_SECONDS:
                noted = time.monotonic()
                self._write_progress(done / total, reason="")

        model = network.load(self._run.id)
        predictions.save(predictions.predict(model, self._digits, report), self.path)

    def result(self) -> Predictions | None:
        """The predictions; None before they are there, or if they are damaged."""
        try:
            found = predictions.load(self.path)
        except PredictionsError:
            self.path.unlink(missing_ok=True)
            return None
        return found if found.fit(self._digits) else None

    def _write_progress(self, share: float, *, reason: str) -> None:
        write_json(
            self._progress_path,
            {"share": round(share, 4), "noted": time.time(), "reason": reason},
        )


def _folder() -> Path:
    return runs.folder() / "evaluations"


def main(run_id: str) -> int:
    """``python -m mnist_cnn.evaluation_job RUN``: on the digits at hand."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    try:
        Evaluation(runs.find(run_id), data.load()).run()
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return EXIT_FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
