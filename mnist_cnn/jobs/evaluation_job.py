"""A network reads a test set in a process of its own, with its progress.

For networks whose saved predictions are missing or of another test set, and for those
that are broken: as a whole, and with each map or unit of a layer silent. Digits that
nobody has drawn and prepared yet are made ready in the same way. The result
lies in the runs folder under ``evaluations``; the next one who asks finds it there.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import numpy as np

from mnist_cnn import runs
from mnist_cnn.analysis import ablation
from mnist_cnn.analysis.ablation import Ablation
from mnist_cnn.digits import datasets
from mnist_cnn.digits.dataset import Dataset
from mnist_cnn.nn.damage import Damage
from mnist_cnn.nn.network import Network
from mnist_cnn.runs import Run, predictions
from mnist_cnn.runs.predictions import Predictions, PredictionsError
from mnist_cnn.storage.arrays import ROWS, read_arrays
from mnist_cnn.storage.background import NICENESS, BackgroundFile, Report
from mnist_cnn.storage.child_process import lower_priority
from mnist_cnn.storage.files import replacing

EXIT_FAILED = 2
MODULE = "mnist_cnn.jobs.evaluation_job"
# Of networks that are whole, and of broken ones: runs go, and there are as many ways
# to break a network as anybody likes.
KEPT = 200
WHOLE = Damage()
ABLATION = {"right": ("i", (ROWS,)), "counts": ("i", (2,))}


class _NetworkJob(BackgroundFile, ABC):
    """What one network makes of one test set.

    Args:
        run: with a network.
        digits: the test set.
        data: its name, as in ``digits.datasets``.
        damage: what is broken in the network.
        layer: whose maps or units are silenced, one by one, on top; "" for none.
        version: of the network, as ``Run.network_version``; by itself the newest. Where
            that has been replaced since, the one that is there now is read.

    Raises:
        RunError: if the run has no network (any more).
    """

    def __init__(
        self,
        run: Run,
        digits: Dataset,
        data: str = "mnist",
        damage: Damage = WHOLE,
        layer: str = "",
        version: int = 0,
    ) -> None:
        self._run, self._digits = run, digits
        self._damage, self._layer = damage, layer
        version, text = version or run.network_version(), damage.to_link()
        name = f"{run.id}-{version:x}-{digits.fingerprint}"
        if broken := f"{layer} {text}".strip():
            name = f"broken-{name}-{sha256(broken.encode()).hexdigest()[:16]}"
        else:
            name = f"whole-{name}"
        path = runs.folder() / "evaluations" / f"{name}.npz"
        super().__init__(path, MODULE, data, run.id, f"{version}", text, layer)

    def run(self) -> None:
        """Reads the test set in this very process; does nothing if another does.

        Raises:
            ValueError, OSError: in a sentence, which the progress tells too.
        """

        def write(report: Report) -> None:
            network = runs.load_network(self._run.id).damaged(self._damage)
            self._write(network, report)
            _forget_oldest(self.path)

        self.make(write)

    @abstractmethod
    def _write(self, network: Network, report: Report) -> None:
        """Makes the file of this network."""


class Evaluation(_NetworkJob):
    """How one network reads each digit."""

    def _write(self, network: Network, report: Report) -> None:
        read = predictions.predict(network, self._digits, report)
        predictions.save(read, self.path)

    def result(self) -> Predictions | None:
        """The predictions; None before they are there, or if they are damaged."""
        try:
            found = predictions.load(self.path)
        except PredictionsError:
            self.path.unlink(missing_ok=True)
            return None
        return found if found.matches(self._digits) else None


class AblationJob(_NetworkJob):
    """One network without each map or unit of a layer of ``ablation.layers``."""

    def _write(self, network: Network, report: Report) -> None:
        digits = self._digits
        found = ablation.ablation(
            network, self._layer, digits.x_test, digits.y_test, report
        )
        with replacing(self.path) as file:
            counts = np.array([found.right_before, found.examples])
            np.savez(file, right=found.right, counts=counts)

    def result(self) -> Ablation | None:
        """What was measured; None before it is there, or if it is damaged."""
        channels = ablation.layers(self._run.config.network)[self._layer]
        try:
            found = read_arrays(self.path, ABLATION)
            right_before, examples = map(int, found["counts"])
            if len(found["right"]) != channels or examples < 1:
                raise ValueError("of another network")
        except (OSError, ValueError):
            self.path.unlink(missing_ok=True)
            return None
        return Ablation(found["right"], right_before, examples)


def _forget_oldest(newest: Path) -> None:
    """Of its kind; with what lies beside each result."""
    folder, kind = newest.parent, newest.name.partition("-")[0]
    with suppress(OSError):
        found = sorted(folder.glob(f"{kind}-*.npz"), key=lambda x: x.stat().st_mtime)
        for path in found[:-KEPT]:
            for each in folder.glob(f"{path.name}*"):
                each.unlink(missing_ok=True)


class Preparation(BackgroundFile):
    """The digits of a data set, drawn and prepared: a minute for thousands of them.

    Args:
        data: the name of one that ``datasets.is_ready`` says no to.

    Raises:
        DataError: in a sentence, if there are none.
    """

    def __init__(self, data: str) -> None:
        self._data = data
        path = datasets.prepared_file(data)
        super().__init__(path, MODULE, data)

    def run(self) -> None:
        """Makes them ready in this very process; does nothing if another does.

        Raises:
            ValueError, OSError: in a sentence, which the progress tells too.
        """
        self.make(
            lambda report: datasets.make_ready(
                self._data, download_missing=True, report=report
            )
        )


def main(
    data: str, run_id: str = "", version: str = "", broken: str = "", layer: str = ""
) -> int:
    """``python -m mnist_cnn.jobs.evaluation_job DATA [RUN VERSION BROKEN LAYER]``.

    Without RUN it prepares; BROKEN is as in links; with LAYER it silences each of it.
    """
    lower_priority(NICENESS)
    try:
        if not run_id:
            Preparation(data).run()
            return 0
        kind = AblationJob if layer else Evaluation
        asked = runs.find(run_id), datasets.load(data), data, Damage.from_link(broken)
        kind(*asked, layer, int(version)).run()
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return EXIT_FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
