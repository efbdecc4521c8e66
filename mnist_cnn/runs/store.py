"""The runs folder: find, list, submit and delete runs."""

from __future__ import annotations

import contextlib
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from mnist_cnn.experiments.config import RANGES, TrainingConfig
from mnist_cnn.nn.network import Network
from mnist_cnn.nn.weights import NetworkError
from mnist_cnn.runs.files import RunFiles
from mnist_cnn.runs.run import Run
from mnist_cnn.runs.schema import Label, RunError, Settings
from mnist_cnn.runs.status import Status
from mnist_cnn.storage.files import runs_folder, write_json

PRETRAINED = "pretrained"
MNIST_ONLY = "mnist-only"
PRETRAINED_FOLDER = Path(__file__).parents[1] / PRETRAINED
# What comes with the lab, the one that people get without choosing first.
BUNDLED = {
    PRETRAINED: PRETRAINED_FOLDER,
    MNIST_ONLY: PRETRAINED_FOLDER / MNIST_ONLY,
}

# Folders of runs-to-be that a killed process left.
_STALE_SECONDS = 3600.0
_RUN_ID = re.compile(r"[a-z0-9]{8,32}")


def find(run_id: str) -> Run:
    """The run of that id; "pretrained" and "mnist-only" come with the lab.

    Raises:
        RunError: if the id is not one (then no file is touched), or there is no such
            run.
    """
    if isinstance(run_id, str) and run_id in BUNDLED:
        return Run(BUNDLED[run_id])
    if not isinstance(run_id, str) or not _RUN_ID.fullmatch(run_id):
        raise RunError("That is not the name of a run.")
    files = RunFiles(runs_folder() / run_id)
    if not files.config_path.is_file():
        raise RunError(
            "There is no run {run_id}. It may have been deleted.", run_id=run_id
        )
    return Run(files.path)


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
        raise RunError(
            "{count} runs begin with {prefix}: give more of the id.",
            count=len(matches),
            prefix=prefix,
        )
    return matches[0]


def load_network(run_id: str | None = None) -> Network:
    """The network that a run keeps: of its newest complete epoch, or of its stop.

    Args:
        run_id: a run in the runs folder, or the beginning of its id; by itself the
            network that comes with the lab.

    Raises:
        RunError: if there is no such run.
        NetworkError: if it has no weights yet, or they cannot be read or are no finite
            numbers.
    """
    run = find_by_prefix(PRETRAINED if run_id is None else run_id)
    network = run.network()
    if not network.is_finite():
        raise NetworkError(
            "The network of run {name} cannot be used: its weights or its answers are "
            "not finite numbers, since its training diverged. Train it again with a "
            "lower learning rate.",
            name=run.name,
        )
    return network


def trained_on(run: Run) -> tuple[str, ...]:
    """All data sets that a network has seen: of its run, and of those it started from.

    Of a run that has been deleted since, those that the fine-tuning noted. ``offline``
    is among them where MNIST was taken with these digits.
    """
    names: list[str] = []
    passed: set[str] = set()
    with contextlib.suppress(RunError):
        while run.id not in passed:
            passed.add(run.id)
            names += run.config.data
            if "mnist" in run.config.data and not run.config.leave_out_offline_digits:
                names.append("offline")
            if not run.config.start_from:
                break
            names += [test.data for test in run.recorded_status().tests]
            run = find(run.config.start_from)
    return tuple(dict.fromkeys(names))


def list_runs() -> list[Run]:
    """Every readable run in the runs folder, newest first."""
    try:
        paths = list(runs_folder().iterdir())
    except OSError:
        return []
    found = []
    for path in paths:
        if _RUN_ID.fullmatch(path.name) and RunFiles(path).config_path.is_file():
            with contextlib.suppress(RunError):
                found.append(Run(path))
    return sorted(found, key=lambda run: (run.created, run.id), reverse=True)


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
        state: "queued", or "preparing" for a training run started in this very process.
        name: for people.
        drawing: uint8 (28, 28), read again after every epoch.
        owner: of the browser that starts it, see ``ownership``.

    Raises:
        RunError: if the folder cannot be written.
    """
    settings = Settings(
        config.to_dict(), preset=preset, created=time.time(), owner=owner
    )
    try:
        with new_run() as files:
            if drawing is not None:
                files.drawing_path.write_bytes(drawing.astype(np.uint8).tobytes())
            write_json(files.status_path, asdict(Status(state)))
            if name:
                write_json(files.label_path, msgspec.structs.asdict(Label(name)))
            write_json(files.config_path, msgspec.structs.asdict(settings))
    except OSError as error:
        raise not_written(error) from error
    return find(files.id)


def submit_seeds(
    config: TrainingConfig, count: int, name_of: Callable[[int], str], **options: Any
) -> list[Run]:
    """Queues the same training with so many seeds, from the config's own upwards.

    Args:
        config: what to train.
        count: of seeds, at least 1.
        name_of: makes the run's name for people, of its seed.
        options: for ``submit``, such as the preset and the owner.

    Raises:
        RunError: if a folder cannot be written; the runs before it stay.
    """
    highest = int(RANGES["seed"][1])
    seeds = [(config.seed + number) % (highest + 1) for number in range(count)]
    return [
        submit(replace(config, seed=seed), name=name_of(seed), **options)
        for seed in seeds
    ]


@contextlib.contextmanager
def new_run() -> Iterator[RunFiles]:
    """A folder that becomes a run if the block ends without error, and else vanishes.

    Yields:
        the files to write, in a folder that is named as the run will be.
    """
    home = runs_folder()
    home.mkdir(parents=True, exist_ok=True)
    for left in home.glob(".making-*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
    workshop = Path(tempfile.mkdtemp(dir=home, prefix=".making-"))
    try:
        made = workshop / secrets.token_hex(8)
        made.mkdir()
        yield RunFiles(made)
        made.rename(home / made.name)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def not_written(error: OSError) -> RunError:
    """Says that a new run could not be written."""
    return RunError(
        "The run could not be written into {folder}: {reason}. Is the disk full, or "
        "the folder read-only?",
        folder=runs_folder(),
        reason=error.strerror or error,
    )


def delete(run: Run) -> None:
    """Removes the folder.

    Raises:
        RunError: for the pretrained network, a run in progress, or a folder that
            cannot be removed.
    """
    if run.id in BUNDLED:
        raise RunError("This network is part of the lab and stays.")
    if run.is_locked():
        raise RunError("This run is being trained. Stop it first.")
    try:
        shutil.rmtree(run.path)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise RunError(
            "The run could not be removed: {reason}.", reason=error.strerror
        ) from error
