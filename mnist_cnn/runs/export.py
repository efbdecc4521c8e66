"""A finished run as one zip that another lab imports (``run_import``)."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from mnist_cnn.nn.network import Network, load_weights
from mnist_cnn.nn.summary import summary
from mnist_cnn.runs import predictions
from mnist_cnn.runs import run as runs
from mnist_cnn.runs.metrics import reader
from mnist_cnn.runs.metrics_lines import to_lines
from mnist_cnn.runs.predictions import PredictionsError
from mnist_cnn.runs.run import Run
from mnist_cnn.runs.schema import RunError

PRETRAINED_NAME = "Pretrained network"
FINGERPRINT = np.dtype(f"<U{predictions.FINGERPRINT_LENGTH}")


def to_zip(run: Run) -> bytes:
    """The run without ``model.keras``, commands, and the name of the machine.

    Each file is written anew from what the lab read in it, so that a torn last line or
    a damaged picture of the kernels does not travel.

    Raises:
        RunError: if the training goes on, or the run was deleted.
        NetworkError: if its network is damaged.
    """
    status = run.status()
    if not status.is_final:
        raise RunError("The training goes on. It can be taken home when it has ended.")
    name = PRETRAINED_NAME if run.id == runs.PRETRAINED else run.name
    files = {
        "config.json": _json(
            {
                "format": runs.FORMAT,
                "config": run.config.to_dict(),
                "preset": run.preset,
                "created": run.created,
            }
        ),
        "status.json": _json(
            asdict(replace(status, host="", pid=None, attempts_left=0))
        ),
        "label.json": _json({"name": name}),
        "metrics.jsonl": to_lines(reader(run.metrics_path).read()),
        "summary.txt": summary(run.config.network).encode(),
    }
    if run.has_weights:
        weights = Network(run.config.network, load_weights(run.weights_path)).weights
        files["weights.npz"] = _npz(**weights)
    if (kernels := _kernels(run)) is not None:
        files["kernels.npz"] = _npz(**kernels)
    if (tested := _predictions(run)) is not None:
        files["test_predictions.npz"] = _npz(**tested)
    if (drawing := run.drawing()) is not None:
        files["drawing.bin"] = drawing.tobytes()
    return _zip(files)


def _kernels(run: Run) -> dict[str, np.ndarray] | None:
    try:
        with np.load(run.path / "kernels.npz", allow_pickle=False) as kept:
            steps = kept["steps"].astype(np.int64)
            return {"steps": steps, "kernels": kept["kernels"].astype(np.float32)}
    except Exception:  # zipfile, zlib and numpy each raise their own
        return None


def _predictions(run: Run) -> dict[str, np.ndarray] | None:
    try:
        found = predictions.load(run.predictions_path)
    except PredictionsError:
        return None
    return {
        "probabilities": found.probabilities,
        "labels": found.labels,
        "fingerprint": np.array(found.fingerprint, FINGERPRINT),
    }


def _json(values: dict[str, Any]) -> bytes:
    return json.dumps(values, indent=1).encode()


def _npz(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def _zip(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            # Trained weights hardly get smaller, and deflating them takes a second.
            stored = name.endswith(".npz")
            kind = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, kind)
    return file.getvalue()
