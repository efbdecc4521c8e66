"""What the files of a run folder hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mnist_cnn.storage import files


class RunError(ValueError):
    """A run that does not exist or cannot be read or written; says so in a sentence."""


def read_json(path: Path, what: str) -> dict[str, Any]:
    """The object in a run's JSON file.

    Args:
        path: the file; its folder's name is the run's.
        what: the file's name for people, such as "settings".

    Raises:
        RunError: if it is missing, too large, or not a JSON object.
    """
    try:
        return files.read_json(path)
    except FileNotFoundError as error:
        raise RunError(
            f"Run {path.parent.name} has no {what}. It may have been deleted."
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise RunError(
            f"The {what} of run {path.parent.name} cannot be read ({error})."
        ) from error
