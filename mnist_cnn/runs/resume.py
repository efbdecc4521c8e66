"""Resume: a run that died, failed or was stopped goes on after its last epoch."""

from __future__ import annotations

import math
import time
import zipfile
from dataclasses import replace

from mnist_cnn.runs.run import Run
from mnist_cnn.runs.schema import RunError
from mnist_cnn.runs.status import Status


def obstacle(run: Run, status: Status) -> str:
    """Why this run cannot go on, in a sentence; empty if it probably can."""
    if not status.is_final:
        return "This run waits or is being trained already."
    if status.state == "done":
        return "This run is complete. Start another one with more epochs."
    if status.epochs_done and not run.model_path.is_file():
        return (
            "This run cannot go on: the state of its optimizer (model.keras) is gone."
        )
    measured = run.metrics()
    losses = [*measured.loss[-1:], *(x.val_loss for x in measured.epochs[-1:])]
    if not all(map(math.isfinite, losses)):
        return (
            "Going on would end in the same way: the same settings give the same "
            "curve. Start another one with a lower learning rate."
        )
    return ""


def resume(run: Run, state: str = "queued") -> None:
    """Lets the run go on after its last complete epoch; without one it begins again.

    Commands given before are not executed again.

    Args:
        run: one that failed or was stopped.
        state: "queued", or "preparing" for a training run in this very process.

    Raises:
        RunError: if it cannot go on, or nothing can be written.
    """
    status = run.status()
    if problem := obstacle(run, status):
        raise RunError(problem)
    if status.epochs_done:
        _verify(run)
    try:
        commands = run.control_path
        run.write_status(
            replace(
                status,
                state=state,
                reason="",
                ended=None,
                queued=time.time(),
                attempts_left=0,
                commands_read=commands.stat().st_size if commands.exists() else 0,
            )
        )
    except OSError as error:
        raise RunError(
            "The run could not be resumed: {reason}. Is the disk full, or the folder "
            "read-only?",
            reason=error.strerror,
        ) from error


def _verify(run: Run) -> None:
    try:
        with zipfile.ZipFile(run.model_path) as archive:
            damaged = archive.testzip() is not None
    except (OSError, zipfile.BadZipFile, EOFError, ValueError):
        damaged = True
    if damaged:
        raise RunError(
            "This run cannot go on: the state of its optimizer (model.keras) is "
            "damaged."
        )
