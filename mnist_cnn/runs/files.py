"""The names of a run folder's files."""

from __future__ import annotations

from pathlib import Path


def _file(name: str) -> property:
    return property(lambda folder: folder.path / name)


class RunFiles:
    """The files of a run; the README says who writes each.

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
    # Keras looks at the ending, so the temporary name ends in it too.
    unfinished_model_path = _file(".saving.keras")
    summary_path = _file("summary.txt")
    predictions_path = _file("test_predictions.npz")
    offline_predictions_path = _file("offline_predictions.npz")
    kernels_path = _file("kernels.npz")
    history_path = _file("history")
    last_batch_path = _file("last_batch.npz")
    lock_path = _file("lock")
    heartbeat_path = _file("heartbeat")

    def __init__(self, path: Path) -> None:
        self.path = path
        self.id = path.name
