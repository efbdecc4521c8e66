"""The networks that a run had on its way, small: from untrained to its last epoch.

Each is a file of the folder ``history``, as ``nn.quantization`` writes it for browsers,
named by the batches that came before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from mnist_cnn.nn.network import Network
from mnist_cnn.nn.quantization import from_bytes
from mnist_cnn.nn.weights import NetworkError
from mnist_cnn.runs.run import Run

MAX_MOMENTS = 12
_NAME = re.compile(r"(\d{1,9})\.bin", re.ASCII)


@dataclass(frozen=True)
class Moment:
    """A network on a run's way.

    Attributes:
        step: batches before it; 0 for the untrained network.
        epoch: the complete epoch that it ended, if any.
        path: of its file.
    """

    step: int
    epoch: int | None
    path: Path


def moment_path(run: Run, step: int) -> Path:
    """Where the network after so many batches is kept."""
    return run.history_path / f"{step}.bin"


def moments(run: Run) -> list[Moment]:
    """What is kept, in order; empty for runs of earlier versions of the lab."""
    try:
        names = [path.name for path in run.history_path.iterdir()]
        length = run.status().steps_per_epoch
    except (OSError, ValueError):
        return []
    steps = sorted(int(match[1]) for match in map(_NAME.fullmatch, names) if match)
    return [
        Moment(
            step,
            step // length if step and length and step % length == 0 else None,
            moment_path(run, step),
        )
        for step in steps[:MAX_MOMENTS]
    ]


def network_at(run: Run, moment: Moment) -> Network:
    """The network that the run had then, with weights of 8 and 16 bits.

    Raises:
        NetworkError: if its file is gone or damaged, in a sentence.
    """
    try:
        return from_bytes(run.config.network, moment.path.read_bytes())
    except OSError as error:
        raise NetworkError("That moment of the run is gone.") from error
