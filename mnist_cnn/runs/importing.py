"""A run out of a zip that another lab has made (``run_export``): it may be anybody's.

Only known files within their sizes are read (``strange_zip``). What is in them is
checked against the settings and written anew, into a folder that becomes a run in one
step, under an id of its own. Anything else is refused and leaves nothing behind.
"""

from __future__ import annotations

import io
import json
import re
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from mnist_cnn.digits import CLASSES
from mnist_cnn.digits.mnist import MAX_DIGITS
from mnist_cnn.experiments.config import ConfigError, TrainingConfig
from mnist_cnn.nn.network import Network, weight_shapes
from mnist_cnn.nn.summary import summary
from mnist_cnn.runs import predictions
from mnist_cnn.runs import run as runs
from mnist_cnn.runs.export import FINGERPRINT
from mnist_cnn.runs.metrics_lines import LineError, checked
from mnist_cnn.runs.predictions import Predictions, PredictionsError
from mnist_cnn.runs.run import NAME_LENGTH, Run, RunError
from mnist_cnn.runs.status import Status
from mnist_cnn.runs.strange_status import IMPORTED, is_fingerprint, status_from
from mnist_cnn.storage.archive import StrangeZip, ZipError, npy_bytes
from mnist_cnn.storage.files import MAX_JSON_BYTES, runs_folder, write_json

# As in .streamlit/config.toml: the lecture's network takes 13.
MEGABYTES = 32
# Fifty epochs with the smallest batches are 20 MB of lines.
_METRICS_BYTES = 32_000_000
_KERNELS_BYTES = 16_000_000
_SIZES = {
    "config.json": MAX_JSON_BYTES,
    "status.json": MAX_JSON_BYTES,
    "label.json": MAX_JSON_BYTES,
    "summary.txt": MAX_JSON_BYTES,
    "metrics.jsonl": _METRICS_BYTES,
    "weights.npz": MEGABYTES * 1_000_000,
    "kernels.npz": _KERNELS_BYTES,
    "test_predictions.npz": predictions.MAX_BYTES,
    "drawing.bin": 28 * 28,
}
_MOST_SNAPSHOTS = 1000
_PRESET = re.compile(r"[a-z0-9_]{0,40}(, changed)?", re.ASCII)
_PROBES = 8
# Temporary folders of imports that a killed server left.
_STALE_SECONDS = 3600.0

# One at a time: an import takes several times its size in memory.
_turn = threading.Lock()


def from_zip(file: BinaryIO, name: str = "", *, owner: str = "") -> Run:
    """Makes a run of the zip, with a new id, said to be imported.

    Args:
        file: seekable.
        name: for people; by itself the one that it had.
        owner: of the browser that brings it, see ``ownership``.

    Raises:
        RunError: saying what is wrong with the zip, or that the disk is full.
    """
    with _turn:
        if file.seek(0, 2) > MEGABYTES * 1_000_000:
            raise RunError(f"The file is larger than {MEGABYTES} MB.")
        try:
            with _new_run() as folder:
                _Import(StrangeZip(file, _SIZES), folder, owner).write(name)
        except (ZipError, ConfigError, LineError, PredictionsError) as error:
            raise RunError(f"This is not a run that can be imported. {error}") from None
        except OSError as error:
            raise RunError(
                f"The run could not be written into {runs_folder()}: "
                f"{error.strerror or error}. Is the disk full, or the folder read-only?"
            ) from error
    return runs.find(folder.name)


@contextmanager
def _new_run() -> Iterator[Path]:
    """A folder that becomes a run if the block ends without error, and else vanishes.

    Yields:
        the folder to write into, then named as the run will be.
    """
    home = runs_folder()
    home.mkdir(parents=True, exist_ok=True)
    _forget_stale_ones(home)
    workshop = Path(tempfile.mkdtemp(dir=home, prefix=".importing-"))
    try:
        made = workshop / secrets.token_hex(8)
        made.mkdir()
        yield made
        made.rename(home / made.name)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _forget_stale_ones(home: Path) -> None:
    for left in home.glob(".importing-*"):
        try:
            if time.time() - left.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
        except OSError:
            continue


class _Import:
    """One zip, read in the order in which its files explain each other."""

    def __init__(self, source: StrangeZip, folder: Path, owner: str) -> None:
        self._zip = source
        self._owner = owner
        self._folder = folder

    def write(self, name: str) -> None:
        config = self._settings()
        status = self._status()
        self._label(name)
        self._curve(status)
        self._network(config, status)
        self._kernels(config)
        self._predictions()
        self._drawing()
        text = summary(config.network)
        (self._folder / "summary.txt").write_text(text, encoding="utf-8")

    def _settings(self) -> TrainingConfig:
        values = self._object("config.json")
        if values.get("format") != runs.FORMAT:
            raise ZipError("It was made by another version of the lab.")
        preset = values.get("preset", "")
        if not isinstance(preset, str) or not _PRESET.fullmatch(preset):
            raise ZipError("Its preset has no name that a preset can have.")
        try:
            config = TrainingConfig.from_dict(values.get("config"))
        except (TypeError, OverflowError) as error:
            raise ZipError("Its settings have values that cannot be.") from error
        write_json(
            self._folder / "config.json",
            {
                "format": runs.FORMAT,
                "config": config.to_dict(),
                "preset": preset,
                "created": time.time(),
                "owner": self._owner,
            },
        )
        return config

    def _status(self) -> Status:
        values = self._object("status.json")
        try:
            status = status_from(values)
        except (ValueError, TypeError, OverflowError) as error:
            raise ZipError(f"Its status cannot be: {error}.") from error
        write_json(self._folder / "status.json", asdict(status))
        return status

    def _label(self, name: str) -> None:
        if not name and "label.json" in self._zip.names:
            name = self._object("label.json").get("name") or ""
        if not isinstance(name, str):
            raise ZipError("Its name is no text.")
        ending = f" ({IMPORTED})"
        kept = " ".join(name.split()).removesuffix(ending)[: NAME_LENGTH - len(ending)]
        shown = kept.strip() or self._folder.name[:6]
        write_json(self._folder / "label.json", {"name": f"{shown}{ending}"})

    def _curve(self, status: Status) -> None:
        if "metrics.jsonl" not in self._zip.names:
            if status.epochs_done:
                raise ZipError("It has no curve (metrics.jsonl).")
            return
        lines = checked(self._zip.read("metrics.jsonl"))
        (self._folder / "metrics.jsonl").write_bytes(lines)

    def _network(self, config: TrainingConfig, status: Status) -> None:
        if ("weights.npz" in self._zip.names) != bool(status.epochs_done):
            raise ZipError(
                "Its status tells of complete epochs, but it has no network."
                if status.epochs_done
                else "It has a network, but its status tells of no complete epoch."
            )
        if not status.epochs_done:
            return
        shapes = weight_shapes(config.network)
        inner = self._inner("weights.npz", dict.fromkeys(shapes, np.float32), shapes)
        weights = {
            name: inner.array(f"{name}.npy", shape, np.dtype(np.float32))
            for name, shape in shapes.items()
        }
        _check_numbers(Network(config.network, weights))
        np.savez(self._folder / "weights.npz", **weights)

    def _kernels(self, config: TrainingConfig) -> None:
        shape = weight_shapes(config.network).get("conv_1/kernel")
        if "kernels.npz" not in self._zip.names:
            return
        if shape is None:
            raise ZipError("It has kernels, but its network has none.")
        shapes = {"steps": (_MOST_SNAPSHOTS,), "kernels": (_MOST_SNAPSHOTS, *shape)}
        kinds = {"steps": np.int64, "kernels": np.float32}
        inner = self._inner("kernels.npz", kinds, shapes)
        kernels = inner.array("kernels.npy", (None, *shape), np.dtype(np.float32))
        steps = inner.array("steps.npy", (len(kernels),), np.dtype(np.int64))
        if not len(steps) or not np.isfinite(kernels).all() or steps.min() < 0:
            raise ZipError("Its kernels are no numbers.")
        np.savez(self._folder / "kernels.npz", steps=steps, kernels=kernels)

    def _predictions(self) -> None:
        name = "test_predictions.npz"
        if name not in self._zip.names:
            return
        shapes = {
            "probabilities": (MAX_DIGITS, CLASSES),
            "labels": (MAX_DIGITS,),
            "fingerprint": (),
        }
        kinds = {
            "probabilities": np.float32,
            "labels": np.uint8,
            "fingerprint": FINGERPRINT,
        }
        inner = self._inner(name, kinds, shapes)
        labels = inner.array("labels.npy", (None,), np.dtype(np.uint8))
        shares = inner.array(
            "probabilities.npy", (len(labels), CLASSES), np.dtype(np.float32)
        )
        fingerprint = str(inner.array("fingerprint.npy", (), FINGERPRINT))
        if not is_fingerprint(fingerprint):
            raise ZipError("Its test set has no fingerprint that can be.")
        found = Predictions(shares, labels, fingerprint)
        predictions.save(found, self._folder / name)
        predictions.load(self._folder / name)

    def _drawing(self) -> None:
        if "drawing.bin" not in self._zip.names:
            return
        drawing = self._zip.read("drawing.bin")
        if len(drawing) != _SIZES["drawing.bin"]:
            raise ZipError("Its drawing has not 28×28 pixels.")
        (self._folder / "drawing.bin").write_bytes(drawing)

    def _inner(
        self,
        name: str,
        kinds: dict[str, Any],
        shapes: dict[str, tuple[int, ...]],
    ) -> StrangeZip:
        sizes = {f"{each}.npy": npy_bytes(shapes[each], kinds[each]) for each in shapes}
        try:
            return StrangeZip(io.BytesIO(self._zip.read(name)), sizes)
        except ZipError as error:
            raise ZipError(f"{name}: {error}") from error

    def _object(self, name: str) -> dict[str, Any]:
        try:
            values = json.loads(self._zip.read(name))
        except ZipError:
            raise
        except (ValueError, RecursionError) as error:
            raise ZipError(f"{name} cannot be read.") from error
        if not isinstance(values, dict):
            raise ZipError(f"{name} cannot be read.")
        return values


def _check_numbers(network: Network) -> None:
    """Refuses weights that are no numbers, or that make none of a digit."""
    finite = all(np.isfinite(array).all() for array in network.weights.values())
    if finite:
        digits = np.random.default_rng(0).random((_PROBES, 28, 28), np.float32)
        digits[0], digits[1] = 0, 1
        with np.errstate(all="ignore"):
            finite = bool(np.isfinite(network.probabilities(digits)).all())
    if not finite:
        raise ZipError("The weights of its network are no numbers that can be used.")
