"""A finished run as one zip, which another lab imports; it may come from anybody.

An import puts the known files, within their sizes, into a folder that is no run yet,
and reads them as it reads every run. What that refuses is refused, and nothing is left.
"""

from __future__ import annotations

import io
import time
import zipfile
from contextlib import suppress
from dataclasses import asdict, replace
from typing import BinaryIO

import msgspec

from mnist_cnn.nn.summary import summary
from mnist_cnn.nn.weights import FIRST_KERNELS, weight_shapes
from mnist_cnn.runs import predictions, schema
from mnist_cnn.runs.exchange import turn
from mnist_cnn.runs.files import RunFiles
from mnist_cnn.runs.metrics import to_lines
from mnist_cnn.runs.predictions import PredictionsError
from mnist_cnn.runs.run import Run
from mnist_cnn.runs.schema import (
    KERNELS,
    LONGEST_NAME,
    MAX_EPOCHS,
    EpochPoint,
    Label,
    RunError,
    Settings,
)
from mnist_cnn.runs.store import find, new_run, not_written
from mnist_cnn.storage.arrays import read_arrays
from mnist_cnn.storage.files import MAX_JSON_BYTES, write_json
from mnist_cnn.storage.untrusted_zip import UntrustedZip, ZipError

# The lecture's network takes 13.
MEGABYTES = 32
IMPORTED = "imported"


def to_zip(run: Run) -> bytes:
    """The run without ``model.keras``, commands, and the name of the machine.

    A torn last line or a damaged picture of the kernels does not travel, nor do weights
    that are no numbers.

    Raises:
        RunError: if the training goes on, or the run was deleted.
        NetworkError: if its network is damaged.
    """
    status = run.status()
    if not status.is_final:
        raise RunError("The training goes on. It can be taken home when it has ended.")
    name = run.name
    settings = Settings(run.config.to_dict(), preset=run.preset, created=run.created)
    files = {
        run.config_path: msgspec.json.encode(settings),
        run.status_path: msgspec.json.encode(
            replace(status, host="", pid=None, attempts_left=0)
        ),
        run.label_path: msgspec.json.encode(Label(name)),
        run.metrics_path: to_lines(run.metrics()),
        run.summary_path: summary(run.config.network).encode(),
    }
    if run.has_weights and run.network().is_finite():
        files[run.weights_path] = run.weights_path.read_bytes()
    with suppress(OSError, ValueError):
        _check_kernels(run)
        files[run.kernels_path] = run.kernels_path.read_bytes()
    with suppress(PredictionsError):
        predictions.load(run.predictions_path)
        files[run.predictions_path] = run.predictions_path.read_bytes()
    if (drawing := run.drawing()) is not None:
        files[run.drawing_path] = drawing.tobytes()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for path, content in files.items():
            # Trained weights hardly get smaller, and deflating them takes a second.
            stored = path.suffix == ".npz"
            kind = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(path.name, content, kind)
    return file.getvalue()


def from_zip(file: BinaryIO, name: str = "", *, owner: str = "") -> Run:
    """Makes a run of the zip, with a new id, said to be imported.

    Args:
        file: seekable.
        name: for people; by itself the one that it had.
        owner: of the browser that brings it, see ``ownership``.

    Raises:
        RunError: saying what is wrong with the zip, or that the disk is full.
    """
    with turn:
        if file.seek(0, 2) > MEGABYTES * 1_000_000:
            raise RunError("The file is larger than {limit} MB.", limit=MEGABYTES)
        try:
            with new_run() as files:
                zipped = UntrustedZip(file, _sizes(files))
                for each in zipped.names:
                    (files.path / each).write_bytes(zipped.read(each))
                run = Run(files.path)
                _check(run)
                _sign(run, name, owner)
        except ValueError as error:
            raise RunError(
                "This is not a run that can be imported. {reason}", reason=error
            ) from None
        except OSError as error:
            raise not_written(error) from error
    return find(files.id)


def _sizes(files: RunFiles) -> dict[str, int]:
    """What an import takes: bytes by the file's name."""
    sizes = {
        files.config_path: MAX_JSON_BYTES,
        files.status_path: MAX_JSON_BYTES,
        files.label_path: MAX_JSON_BYTES,
        files.summary_path: MAX_JSON_BYTES,
        # Fifty epochs with the smallest batches are 20 MB of lines.
        files.metrics_path: 32_000_000,
        files.weights_path: MEGABYTES * 1_000_000,
        files.kernels_path: 16_000_000,
        files.predictions_path: predictions.MAX_BYTES,
        files.drawing_path: 28 * 28,
    }
    return {path.name: size for path, size in sizes.items()}


def _check(run: Run) -> None:
    status = run.recorded_status()
    if not status.is_final:
        raise ZipError("Its training has not ended.")
    if run.label_path.exists():
        schema.read(run.label_path, Label)
    if run.metrics_path.exists():
        found = schema.records(run.metrics_path.read_bytes())
        if None in found:
            line = found.index(None) + 1
            raise ZipError("Line {line:,} of the curve is no measurement.", line=line)
        if sum(isinstance(each, EpochPoint) for each in found) > MAX_EPOCHS:
            raise ZipError(
                "Its curve has more than {limit:,} epochs.", limit=MAX_EPOCHS
            )
    elif status.epochs_done or status.kept_step:
        raise ZipError("It has no curve (metrics.jsonl).")
    if run.has_weights:
        if not (status.epochs_done or status.kept_step):
            raise ZipError("It has a network, but no epoch was complete.")
        if not run.network().is_finite():
            raise ZipError("The weights of its network are not finite numbers.")
    if run.kernels_path.exists():
        _check_kernels(run)
    if run.predictions_path.exists():
        predictions.load(run.predictions_path)
    if run.drawing_path.exists() and run.drawing() is None:
        raise ZipError("Its drawing has not 28×28 pixels.")


def _check_kernels(run: Run) -> None:
    kernels = read_arrays(run.kernels_path, KERNELS)["kernels"]
    shapes = weight_shapes(run.config.network)
    if kernels.shape[1:] != shapes.get(FIRST_KERNELS):
        raise ZipError("Its pictures of the kernels are those of another network.")


def _sign(run: Run, name: str, owner: str) -> None:
    """Says that it is imported, and by whom; nothing of the other machine is kept."""
    settings = Settings(
        run.config.to_dict(), preset=run.preset, created=time.time(), owner=owner
    )
    write_json(run.config_path, msgspec.structs.asdict(settings))
    status = run.recorded_status()
    source = status.source.removeprefix(IMPORTED).removeprefix("; ")
    signed = replace(
        status,
        source=f"{IMPORTED}; {source}" if source else IMPORTED,
        host="",
        pid=None,
        attempts_left=0,
        commands_read=0,
    )
    write_json(run.status_path, asdict(signed))
    ending = f" ({IMPORTED})"
    name = schema.clean(name or run.name).removesuffix(ending)
    run.rename(f"{name[: LONGEST_NAME - len(ending)].strip()}{ending}")
    run.summary_path.write_text(summary(run.config.network), encoding="utf-8")
