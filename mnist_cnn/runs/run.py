"""The run folder: the only record of a training, and all that processes share.

Pages submit runs and append commands; a training reads those and writes the rest.
Each file has one writer, and every file but the two .jsonl is replaced in one step,
so that a reader never sees half of it. The queue is the folders with status
``queued``, oldest first.
"""

from __future__ import annotations

import errno
import re
import secrets
import shutil
import time
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from mnist_cnn.experiments.config import ConfigError, TrainingConfig
from mnist_cnn.nn.network import Network, load_weights
from mnist_cnn.runs import commands
from mnist_cnn.runs import lock as run_lock
from mnist_cnn.runs.kept import as_kept
from mnist_cnn.runs.outcome import outcome
from mnist_cnn.runs.schema import RunError, read_json
from mnist_cnn.runs.status import STATES, Status
from mnist_cnn.runs.suspicion import number, status_values, text
from mnist_cnn.storage.files import overwrite_json, runs_folder, write_json

__all__ = ["Run", "RunError", "Status", "find", "list_runs", "queue", "submit"]

PRETRAINED = "pretrained"
FORMAT = 1
NAME_LENGTH = 60

_RUN_ID = re.compile(r"[a-z0-9]{8,32}")
_OWNER = re.compile(r"[0-9a-f]{64}")
_PACKAGE = Path(__file__).parents[1]
PRETRAINED_FOLDER = _PACKAGE / PRETRAINED


def _file(name: str) -> property:
    return property(lambda folder: folder.path / name)


class RunFolder:
    """The files of a run, by name; the README says who writes each.

    Args:
        path: of the folder; its name is the run's id.
    """

    config_path = _file("config.json")
    label_path = _file("label.json")
    drawing_path = _file("drawing.bin")
    control_path = _file("control.jsonl")
    status_path = _file("status.json")
    metrics_path = _file("metrics.jsonl")
    weights_path = _file("weights.npz")
    model_path = _file("model.keras")
    summary_path = _file("summary.txt")
    predictions_path = _file("test_predictions.npz")
    kernels_path = _file("kernels.npz")
    last_batch_path = _file("last_batch.npz")
    lock_path = _file("lock")
    heartbeat_path = _file("heartbeat")

    def __init__(self, path: Path) -> None:
        self.path = path
        self.id = path.name


class Run(RunFolder):
    """One run folder.

    Args:
        path: an existing folder.

    Attributes:
        owner: of the browser that started it, see ``ownership``; empty if none did.

    Raises:
        RunError: if its settings are missing or cannot be read.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        info = read_json(self.config_path, "settings")
        try:
            self.config = TrainingConfig.from_dict(info.get("config"))
        except ConfigError as error:
            message = f"The settings of run {self.id} are no good: {error}"
            raise RunError(message) from error
        self.preset = text(info.get("preset"), NAME_LENGTH)
        owner = info.get("owner")
        is_hash = isinstance(owner, str) and _OWNER.fullmatch(owner)
        self.owner = owner if is_hash else ""
        self.created = number(info.get("created")) or 0.0

    def __repr__(self) -> str:
        return f"Run({self.id!r})"

    def drawing(self) -> np.ndarray | None:
        """The drawing that its submitter sent along, uint8 (28, 28); None if none."""
        try:
            with self.drawing_path.open("rb") as file:
                content = file.read(28 * 28 + 1)
        except OSError:
            return None
        if len(content) != 28 * 28:
            return None
        return np.frombuffer(content, np.uint8).reshape(28, 28)

    @property
    def has_weights(self) -> bool:
        """Whether at least one epoch is complete, so that the network can be used."""
        return self.weights_path.is_file()

    def network_version(self) -> int:
        """A number that differs for each epoch's network: when it was written, in ns.

        Raises:
            RunError: if the run has no network (any more).
        """
        try:
            return self.weights_path.stat().st_mtime_ns
        except OSError as error:
            raise RunError(f"Run {self.id} has no network (any more).") from error

    @property
    def name(self) -> str:
        """The name a person gave it, or the start of its id."""
        return text(self._label().get("name"), NAME_LENGTH) or self.id[:6]

    @property
    def starred(self) -> bool:
        """Whether somebody marked it as worth keeping."""
        return self._label().get("starred") is True

    def rename(self, name: str) -> None:
        """Gives it a name: one line, at most 60 characters; empty takes it away."""
        self._write_label(name=text(name, NAME_LENGTH))

    def star(self, starred: bool) -> None:
        """Marks it as worth keeping, or no longer."""
        self._write_label(starred=starred)

    def _label(self) -> dict[str, Any]:
        try:
            return read_json(self.label_path, "label")
        except RunError:
            return {}

    def _write_label(self, **changed: str | bool) -> None:
        kept = {
            name: value
            for name, value in self._label().items()
            if name in ("name", "starred")
        }
        write_json(self.label_path, kept | changed)

    def status(self) -> Status:
        """How it stands; a training whose process has died has failed, or waits again.

        Raises:
            RunError: if the folder is gone or its status cannot be read.
        """
        status = self.recorded_status()
        if not status.is_active or self.is_locked():
            return status
        # It may have ended between the two looks; what it wrote then is the truth.
        status = self.recorded_status()
        if not status.is_active:
            return status
        return outcome(as_kept(self, status))

    def recorded_status(self) -> Status:
        """What status.json says, be the training alive or not."""
        values = read_json(self.status_path, "status")
        try:
            status = Status(**status_values(values))
        except ValueError as error:
            raise RunError(
                f"The status of run {self.id} cannot be read ({error})."
            ) from error
        if status.state not in STATES:
            raise RunError(
                f"Run {self.id} has the status {status.state!r}, which this lab does "
                "not know. It may come from a newer version."
            )
        return status

    def write_status(self, status: Status) -> None:
        """For the training only, or for the worker when the training has died."""
        try:
            write_json(self.status_path, asdict(status))
        except OSError as error:
            if error.errno != errno.ENOSPC or not status.is_final:
                raise
            # A full disk must not hide that it is full.
            overwrite_json(self.status_path, asdict(replace(status, versions=None)))

    def is_locked(self) -> bool:
        """Whether a training process holds this run, on this or another machine."""
        return run_lock.is_held(self.path)

    def lock(self) -> AbstractContextManager[None]:
        """Holds the run while it is trained; see ``run_lock.held``."""
        return run_lock.held(self.path)

    def send(self, what: str, value: float | None = None) -> None:
        """Appends a command; the training obeys commands once each, in this order.

        Raises:
            RunError: for an unknown command, or if it cannot be written.
            ConfigError: for a learning rate out of its range.
        """
        if what not in commands.COMMANDS:
            raise RunError(f"There is no command {what!r}.")
        if what == "learning_rate":
            replace(self.config, learning_rate=value)  # checks the range
        if not self.path.is_dir():
            raise RunError(f"Run {self.id} has been deleted.")
        try:
            commands.append(self.control_path, what, value)
        except OSError as error:
            raise RunError(f"The command could not be written: {error}.") from error


def find(run_id: str) -> Run:
    """The run of that id; "pretrained" is the network that comes with the lab.

    Raises:
        RunError: if the id is not one (then no file is touched), or there is no such
            run.
    """
    if run_id == PRETRAINED:
        return Run(PRETRAINED_FOLDER)
    if not isinstance(run_id, str) or not _RUN_ID.fullmatch(run_id):
        raise RunError("That is not the name of a run.")
    path = runs_folder() / run_id
    if not (path / "config.json").is_file():
        raise RunError(f"There is no run {run_id}. It may have been deleted.")
    return Run(path)


def find_by_prefix(prefix: str) -> Run:
    """The run whose id begins so, as pages and file names show it; or ``find``'s.

    Raises:
        RunError: if no run or more than one begins so.
    """
    try:
        return find(prefix)
    except RunError:
        if not isinstance(prefix, str) or not re.fullmatch(r"[a-z0-9]{4,31}", prefix):
            raise
        matches = [run for run in list_runs() if run.id.startswith(prefix)]
        if not matches:
            raise
    if len(matches) > 1:
        raise RunError(f"{len(matches)} runs begin with {prefix}: give more of the id.")
    return matches[0]


def load_network(run_id: str | None = None) -> Network:
    """The network of a run, as of its newest complete epoch.

    Args:
        run_id: a run in the runs folder, or the beginning of its id; by itself the
            network that comes with the lab.

    Raises:
        RunError: if there is no such run.
        NetworkError: if it has no weights yet, or they cannot be read.
    """
    run = find_by_prefix(PRETRAINED if run_id is None else run_id)
    return Network(run.config.network, load_weights(run.weights_path))


def list_runs() -> list[Run]:
    """Every readable run in the runs folder, newest first."""
    found = []
    try:
        paths = list(runs_folder().iterdir())
    except OSError:
        return []
    for path in paths:
        if _RUN_ID.fullmatch(path.name) and (path / "config.json").is_file():
            try:
                found.append(Run(path))
            except RunError:
                continue
    return sorted(found, key=lambda run: (run.created, run.id), reverse=True)


def queue() -> list[Run]:
    """The runs that wait, in the order in which they will be trained."""
    waiting = []
    for run in reversed(list_runs()):
        try:
            if run.status().state == "queued":
                waiting.append(run)
        except RunError:
            continue
    return waiting


def submit(
    config: TrainingConfig,
    *,
    preset: str = "",
    state: str = "queued",
    name: str = "",
    drawing: np.ndarray | None = None,
    owner: str = "",
) -> Run:
    """Makes a run folder. A queued run is trained as soon as a worker gets to it.

    Args:
        config: what to train.
        preset: the preset it came from, if any.
        state: "queued", or "preparing" for a training started in this very process.
        name: for people.
        drawing: uint8 (28, 28), read again after every epoch.
        owner: of the browser that starts it, see ``ownership``.

    Raises:
        RunError: if the folder cannot be written.
    """
    run_id = secrets.token_hex(8)
    path = runs_folder() / run_id
    try:
        path.mkdir(parents=True)
        if drawing is not None:
            (path / "drawing.bin").write_bytes(drawing.astype(np.uint8).tobytes())
        write_json(path / "status.json", asdict(Status(state)))
        # Last: a folder is a run once it has its settings.
        write_json(
            path / "config.json",
            {
                "format": FORMAT,
                "config": config.to_dict(),
                "preset": preset,
                "created": time.time(),
                "owner": owner,
            },
        )
    except OSError as error:
        raise RunError(
            f"The run could not be written into {runs_folder()}: {error.strerror}. "
            "Is the disk full, or the folder read-only?"
        ) from error
    run = Run(path)
    if name:
        run.rename(name)
    return run


def delete(run: Run) -> None:
    """Removes the folder.

    Raises:
        RunError: for the pretrained network, a training in progress, or a folder that
            cannot be removed.
    """
    if run.id == PRETRAINED:
        raise RunError("The pretrained network is part of the lab and stays.")
    if run.is_locked():
        raise RunError("This run is being trained. Stop it first.")
    try:
        shutil.rmtree(run.path)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise RunError(f"The run could not be removed: {error.strerror}.") from error
