"""What runs are called in lists: never by their bare id."""

from __future__ import annotations

from datetime import datetime

from mnist_cnn.analysis.pace import duration_text
from mnist_cnn.experiments.presets import PRESETS
from mnist_cnn.runs import Run, Status
from mnist_cnn.ui.runs.queue import overview
from mnist_cnn.ui.text import _
from mnist_cnn.ui.visitor import visitor

_STATES = {
    "queued": "waiting",
    "preparing": "preparing",
    "running": "training",
    "paused": "paused",
    "done": "done",
    "stopped": "stopped",
    "failed": "failed",
}


def preset_title(preset: str) -> str:
    """What people call the preset a run came from; "seed, changed" is one, too."""
    name, comma, _rest = preset.partition(",")
    if name not in PRESETS:
        return preset
    title = _(PRESETS[name].title)
    return _("{preset}, changed").format(preset=title) if comma else title


def state_title(state: str) -> str:
    """How people say that a run is in one of ``runs.status.STATES``."""
    return _(_STATES[state])


def run_title(run: Run) -> str:
    """The name somebody gave the run, or its preset and when it was started."""
    if run.name != run.id[:6]:
        return run.name
    when = f"{datetime.fromtimestamp(run.created):%d %b, %H:%M}"
    preset = preset_title(run.preset) or _("Own settings")
    return _("{preset} of {when}").format(preset=preset, when=when)


def run_words(run: Run, status: Status) -> list[str]:
    """Its title, its preset, whose it is, how it stands, its accuracy, its time."""
    title, preset = run_title(run), preset_title(run.preset)
    words = [title, "" if title.startswith(preset) else preset]
    if visitor().owns(run):
        words.append(_("yours"))
    words.append(state_title(status.state))
    if status.test_accuracy is not None:
        words.append(_("accuracy {value:.4f}").format(value=status.test_accuracy))
    if status.seconds:
        words.append(_(duration_text(status.seconds)))
    return [word for word in words if word]


def offered_name(preset: str) -> str:
    """A name for the next run of that preset, unlike that of any run here."""
    taken = {run.name for run, _status in overview().runs}
    title = preset_title(preset)
    numbers = range(1, len(taken) + 2)
    return next(name for n in numbers if (name := f"{title} {n}") not in taken)
