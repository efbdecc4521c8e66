"""The run folder: the only record of a training run, and all that processes share.

Pages submit runs and append commands; a training run reads those and writes the rest.
Each file has one writer, and every file but the two .jsonl is replaced in one step,
so that a reader never sees half of it.
"""

from __future__ import annotations

import errno
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from pathlib import Path

import msgspec
import numpy as np

from mnist_cnn.experiments.config import ConfigError, TrainingConfig
from mnist_cnn.nn.network import Network, read_network
from mnist_cnn.runs import commands, schema
from mnist_cnn.runs.files import RunFiles
from mnist_cnn.runs.liveness import lock
from mnist_cnn.runs.liveness.outcome import outcome
from mnist_cnn.runs.metrics import Metrics
from mnist_cnn.runs.metrics_reader import reader
from mnist_cnn.runs.schema import LONGEST_NAME, EpochPoint, Label, RunError, Settings
from mnist_cnn.runs.status import Status
from mnist_cnn.storage.arrays import arrays
from mnist_cnn.storage.files import overwrite_json, write_json


class Run(RunFiles):
    """One run folder.

    Args:
        path: an existing folder.

    Attributes:
        config: what it trains.
        preset, created, owner: see ``Settings``.

    Raises:
        RunError: if its settings are missing or cannot be read.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        settings = schema.read(self.config_path, Settings)
        try:
            self.config = TrainingConfig.from_dict(settings.config)
        except (ConfigError, TypeError, OverflowError) as error:
            raise RunError(
                "The settings of run {run} are no good: {reason}",
                run=self.id,
                reason=error,
            ) from error
        self.preset = settings.preset
        self.owner = settings.owner
        self.created = settings.created or 0.0

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
        """Whether a network is kept: that of a complete epoch, or of a stop."""
        return self.weights_path.is_file()

    def network(self) -> Network:
        """The network that is kept; ``load_network`` also looks whether it is finite.

        Raises:
            NetworkError: if there is none yet, or it is damaged.
        """
        return read_network(self.config.network, self.weights_path)

    def network_version(self) -> int:
        """A number that differs for each epoch's network: when it was written, in ns.

        Raises:
            RunError: if the run has no network (any more).
        """
        try:
            return self.weights_path.stat().st_mtime_ns
        except OSError as error:
            raise RunError(
                "Run {run} has no network (any more).", run=self.id
            ) from error

    def network_epoch(self) -> int | None:
        """The last complete epoch of the network that is kept; None if none says so.

        At an epoch's end ``model.keras`` is replaced first, then ``weights.npz`` with
        the epoch in it, then the status: a training run may die between two of them.
        """
        try:
            with arrays(self.weights_path) as archive:
                return msgspec.convert(int(archive["epoch"]), schema.Count)
        except Exception:  # zipfile, zlib and numpy each raise their own
            return None

    @property
    def name(self) -> str:
        """The name a person gave it, or the start of its id."""
        return self._label().name or self.id[:6]

    @property
    def starred(self) -> bool:
        """Whether somebody marked it as worth keeping."""
        return self._label().starred

    def rename(self, name: str) -> None:
        """Gives it a name: one line, at most 60 characters; empty takes it away."""
        label = self._label()
        label.name = schema.clean(name, LONGEST_NAME)
        write_json(self.label_path, msgspec.structs.asdict(label))

    def star(self, starred: bool) -> None:
        """Marks it as worth keeping, or no longer."""
        label = self._label()
        label.starred = starred
        write_json(self.label_path, msgspec.structs.asdict(label))

    def _label(self) -> Label:
        try:
            return schema.read(self.label_path, Label)
        except RunError:
            return Label()

    def metrics(self, max_age: float = 0.0) -> Metrics:
        """Everything measured until now, or until so many seconds ago at most."""
        return reader(self.metrics_path).read(max_age)

    def epoch_point(self, epoch: int) -> EpochPoint | None:
        """What was measured at the end of that epoch; None if that was not written."""
        found = (point for point in self.metrics().epochs if point.epoch == epoch)
        return next(found, None)

    def status(self) -> Status:
        """How it stands; a run whose process has died has failed, or waits again.

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
        epoch = self.network_epoch()
        if epoch not in (None, status.epochs_done):
            status = status.as_of(epoch, self.epoch_point(epoch))
        return outcome(status)

    def recorded_status(self) -> Status:
        """What status.json says, be the training alive or not."""
        return schema.read(self.status_path, Status)

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
        return lock.is_held(self)

    def lock(self) -> AbstractContextManager[None]:
        """Holds the run while it is trained; see ``lock.held``."""
        return lock.held(self)

    def send(self, what: str, value: float | None = None) -> None:
        """Appends a command; the training executes commands once each, in this order.

        Raises:
            RunError: for an unknown command, or if it cannot be written.
            ConfigError: for a learning rate out of its range.
        """
        if what not in commands.COMMANDS:
            raise RunError("There is no command {what!r}.", what=what)
        if what == "learning_rate":
            replace(self.config, learning_rate=value)  # checks the range
        if not self.path.is_dir():
            raise RunError("Run {run} has been deleted.", run=self.id)
        try:
            commands.append(self.control_path, what, value)
        except OSError as error:
            raise RunError(
                "The command could not be written: {reason}.", reason=error
            ) from error
