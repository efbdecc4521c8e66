"""The processes that the lab starts: modules of its own, each with ``python -m``.

A child works in the lab's folder, wherever the lab itself was started from; so the
folders that the environment names relative to the present one are made absolute.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

FOLDERS = ("MNIST_CNN_RUNS", "MNIST_CNN_DATA", "MNIST_CNN_PEN_DIGITS", "KERAS_HOME")

_ROOT = Path(__file__).parents[2]


def start(
    module: str, *arguments: str | Path, detached: bool = False, **options: Any
) -> subprocess.Popen:
    """Starts ``python -m module arguments``.

    Args:
        module: such as "mnist_cnn.jobs.evaluation_job".
        arguments: for it; paths are made absolute.
        detached: whether it outlives this process, its terminal and its signals;
            it is given no standard input then.
        options: for ``subprocess.Popen``, such as its standard output.

    Raises:
        OSError: if it cannot be started.
    """
    if detached:
        options = {"stdin": subprocess.DEVNULL} | options
        if sys.platform == "win32":
            flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
            options["creationflags"] = flags
        else:
            options["start_new_session"] = True
    texts = [str(x.absolute() if isinstance(x, Path) else x) for x in arguments]
    return subprocess.Popen(
        [sys.executable, "-m", module, *texts],
        cwd=_ROOT,
        env=_environment(),
        **options,
    )


def lower_priority(niceness: int) -> None:
    """Pages come first: this process takes what they leave.

    Args:
        niceness: from 0 to 19, where nothing is done if it is as nice already.
    """
    if hasattr(os, "nice"):
        os.nice(max(0, niceness - os.nice(0)))


def _environment() -> dict[str, str]:
    named = {name: os.environ[name] for name in FOLDERS if os.environ.get(name)}
    absolute = {name: str(Path(path).absolute()) for name, path in named.items()}
    return os.environ | absolute
