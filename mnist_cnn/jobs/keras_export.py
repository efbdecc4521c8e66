"""A network as a file for other programs: Keras', or LiteRT's for phones and boards.

Keras makes it, in a process of its own (``mnist_cnn.training.export``). The file lies
in the runs folder under ``exports`` for a day.
"""

from __future__ import annotations

import contextlib
import time

from mnist_cnn import runs
from mnist_cnn.runs import Run
from mnist_cnn.storage.background import BackgroundFile

# Suffix of the file by the format's name.
FORMATS = {"keras": ".keras", "litert": ".tflite"}
# What the process reports, one after the other.
STEPS = ("Waiting for its turn", "Loading Keras", "Building the network", "Writing it")
KEPT_SECONDS = 24 * 3600.0


class KerasExport(BackgroundFile):
    """The network that a run keeps, in one format.

    Args:
        run: with a network.
        kind: out of ``FORMATS``.

    Raises:
        RunError: if the run has no network (any more).
    """

    def __init__(self, run: Run, kind: str) -> None:
        name = f"{run.id}-{run.network_version():x}{FORMATS[kind]}"
        path = (runs.folder() / "exports" / name).absolute()
        module = "mnist_cnn.training.export"
        super().__init__(path, module, run.id, str(path))

    def start(self) -> None:
        """Starts it in the background, unless it runs already.

        Raises:
            BackgroundError: if it cannot be started.
        """
        self._forget_old_ones()
        super().start()

    def _forget_old_ones(self) -> None:
        with contextlib.suppress(OSError):
            for path in self.path.parent.iterdir():
                with contextlib.suppress(OSError):
                    if time.time() - path.stat().st_mtime > KEPT_SECONDS:
                        path.unlink()
