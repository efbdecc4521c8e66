"""The test digits that a run's network reads wrongly, out of its run folder."""

from __future__ import annotations

import zipfile

import numpy as np

from mnist_cnn.data import Dataset
from mnist_cnn.runs import Run


def mistakes(run: Run, digits: Dataset) -> np.ndarray:
    """Indices, ascending, of the test digits whose likeliest class is wrong.

    Empty if the run has no predictions for this very test set, or they are damaged.
    """
    nothing = np.empty(0, np.int64)
    try:
        with np.load(run.predictions_path, allow_pickle=False) as archive:
            fingerprint = str(archive["fingerprint"])
            probabilities = archive["probabilities"]
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile):
        return nothing
    if fingerprint != digits.fingerprint or len(probabilities) != len(digits.y_test):
        return nothing
    return np.flatnonzero(probabilities.argmax(axis=1) != digits.y_test)
