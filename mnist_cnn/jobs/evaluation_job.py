"""A network reads a test set in a process of its own, with its progress.

For networks whose saved predictions are missing or of another test set. Digits that
nobody has drawn and prepared yet are made ready in the same way. The result
lies in the runs folder under ``evaluations``; the next one who asks finds it there.
"""

from __future__ import annotations

import sys

from mnist_cnn import runs
from mnist_cnn.digits import datasets
from mnist_cnn.digits.dataset import Dataset
from mnist_cnn.runs import Run, predictions
from mnist_cnn.runs.predictions import Predictions, PredictionsError
from mnist_cnn.storage.background import NICENESS, BackgroundFile, Report
from mnist_cnn.storage.child_process import lower_priority

EXIT_FAILED = 2
MODULE = "mnist_cnn.jobs.evaluation_job"


class Evaluation(BackgroundFile):
    """One network, as of its newest complete epoch, on one test set.

    Args:
        run: with a network.
        digits: the test set.
        data: its name, as in ``digits.datasets``.

    Raises:
        RunError: if the run has no network (any more).
    """

    def __init__(self, run: Run, digits: Dataset, data: str = "mnist") -> None:
        self._run = run
        self._digits = digits
        name = f"{run.id}-{run.network_version():x}-{digits.fingerprint}.npz"
        path = runs.folder() / "evaluations" / name
        super().__init__(path, "The evaluation", MODULE, data, run.id)

    def run(self) -> None:
        """Reads the test set in this very process; does nothing if another does.

        Raises:
            ValueError, OSError: in a sentence, which the progress tells too.
        """

        def write(report: Report) -> None:
            network = runs.load_network(self._run.id)
            read = predictions.predict(network, self._digits, report)
            predictions.save(read, self.path)

        self.make(write)

    def result(self) -> Predictions | None:
        """The predictions; None before they are there, or if they are damaged."""
        try:
            found = predictions.load(self.path)
        except PredictionsError:
            self.path.unlink(missing_ok=True)
            return None
        return found if found.matches(self._digits) else None


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
        super().__init__(path, "The preparation", MODULE, data)

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


def main(data: str, run_id: str = "") -> int:
    """``python -m mnist_cnn.jobs.evaluation_job DATA [RUN]``; without RUN: prepares."""
    lower_priority(NICENESS)
    try:
        if run_id:
            Evaluation(runs.find(run_id), datasets.load(data), data).run()
        else:
            Preparation(data).run()
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return EXIT_FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
