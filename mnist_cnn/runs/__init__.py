"""The run folder: what a training run records, and all that processes share."""

from mnist_cnn.runs.run import Run
from mnist_cnn.runs.schema import RunError
from mnist_cnn.runs.status import Status
from mnist_cnn.runs.store import (
    BUNDLED,
    MNIST_ONLY,
    PRETRAINED,
    PRETRAINED_FOLDER,
    delete,
    find,
    find_by_prefix,
    list_runs,
    load_network,
    submit,
    trained_on,
)
from mnist_cnn.runs.turns import in_turn, queue
from mnist_cnn.storage.files import runs_folder as folder

__all__ = [
    "BUNDLED",
    "MNIST_ONLY",
    "PRETRAINED",
    "PRETRAINED_FOLDER",
    "Run",
    "RunError",
    "Status",
    "delete",
    "find",
    "find_by_prefix",
    "folder",
    "in_turn",
    "list_runs",
    "load_network",
    "queue",
    "submit",
    "trained_on",
]
