"""Several runs side by side: which ones, what is known of each, where they disagree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mnist_cnn import runs
from mnist_cnn.experiments.differences import changes
from mnist_cnn.experiments.presets import PRESETS
from mnist_cnn.locale.message import Message
from mnist_cnn.runs import Run, RunError, Status
from mnist_cnn.runs.predictions import Predictions

# As many as there are colors that everybody can tell apart.
MAX_RUNS = 6
LONGEST_LINK = 400


@dataclass(frozen=True)
class Facts:
    """A run as one line of a table.

    Attributes:
        id, name, starred: of the run.
        preset: the name of the preset it came from, as in the run folder.
        changed: the settings in which it differs from that preset, in words.
        parameters: of its network.
        accuracy, loss: on its test set, of the newest complete epoch; None before it.
        seconds: spent training until then.
        tests: digits in its test set; 0 before it is known.
        state: one of ``runs.status.STATES``.
    """

    id: str
    name: str
    starred: bool
    preset: str
    changed: str
    parameters: int
    accuracy: float | None
    loss: float | None
    seconds: float
    tests: int
    state: str


def facts(run: Run, status: Status) -> Facts:
    """What the table says of this run."""
    return Facts(
        run.id,
        run.name,
        run.starred,
        run.preset,
        changes(run.preset, run.config),
        run.config.network.parameters,
        status.test_accuracy,
        status.test_loss,
        status.seconds,
        status.test_examples,
        status.state,
    )


# What a list of runs can be sorted by: the attribute, and whether it is descending.
SORTS = {
    "newest": ("", False),
    "accuracy": ("accuracy", True),
    "loss": ("loss", False),
    "parameters": ("parameters", False),
    "time": ("seconds", False),
    "name": ("name", False),
}


def in_order(listed: Iterable[Facts], by: str) -> list[Facts]:
    """The runs, those without that value last; equal ones stay as they stand.

    Args:
        listed: newest first.
        by: one of ``SORTS``; best accuracy first, everything else ascending.
    """
    listed = list(listed)
    name, is_descending = SORTS[by]
    if not name:
        return listed
    known = [each for each in listed if getattr(each, name) is not None]
    known.sort(key=lambda each: getattr(each, name), reverse=is_descending)
    return known + [each for each in listed if getattr(each, name) is None]


@dataclass(frozen=True)
class Filter:
    """Which runs to list; what is empty lets every run through.

    Attributes:
        presets: names of presets; a changed preset counts as that preset.
        states: as in ``runs.status.STATES``.
        starred: starred runs only.
        text: stands in the name, the preset's title or the changed settings, or begins
            the id.
    """

    presets: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    starred: bool = False
    text: str = ""

    def lets_through(self, each: Facts) -> bool:
        text = self.text.strip().casefold()
        preset = each.preset.partition(",")[0]
        title = PRESETS[preset].title if preset in PRESETS else each.preset
        return (
            (not self.presets or preset in self.presets)
            and (not self.states or each.state in self.states)
            and (each.starred or not self.starred)
            and (
                any(
                    text in words.casefold()
                    for words in (each.name, title, each.changed)
                )
                or each.id.startswith(text)
            )
        )


def runs_in_link(text: str) -> tuple[list[str], list[str]]:
    """The ids in ``?runs=a,b,c``, and a sentence about each thing that is no good.

    At most ``MAX_RUNS`` ids of runs that can be read, each once, in the link's order.
    The text may be anything; no file is touched for what cannot be an id.
    """
    if len(text) > LONGEST_LINK:
        return [], ["The link names more runs than can be compared."]
    found: list[str] = []
    problems: dict[str, None] = {}
    for run_id in dict.fromkeys(part.strip() for part in text.split(",")):
        if not run_id:
            continue
        if len(found) == MAX_RUNS:
            more = "The link names more than {count} runs; the rest is left out."
            problems[Message(more, count=MAX_RUNS)] = None
            break
        try:
            run = runs.find(run_id)
            run.status()
            found.append(run.id)
        except RunError as error:
            problems[error.message] = None
    return found, list(problems)


def by_test_set(predictions: Mapping[str, Predictions]) -> list[list[str]]:
    """The runs' ids, those tested on one and the same test set together.

    The largest group comes first; of equal ones, the one with the earlier run.
    """
    groups: list[list[str]] = []
    for run_id, own in predictions.items():
        for group in groups:
            other = predictions[group[0]]
            if own.fingerprint == other.fingerprint and np.array_equal(
                own.labels, other.labels
            ):
                group.append(run_id)
                break
        else:
            groups.append([run_id])
    return sorted(groups, key=len, reverse=True)


@dataclass(frozen=True)
class Disagreement:
    """How the predictions of several networks for one test set differ.

    Attributes:
        indices: digits for which not all predict the same class; first those where the
            least confident network is most confident.
        all_right, none_right: digits that every network, or none, predicts correctly.
        only_right: for each network, digits that it alone predicts correctly.
    """

    indices: np.ndarray
    all_right: int
    none_right: int
    only_right: tuple[int, ...]


def disagreement(group: Sequence[Predictions]) -> Disagreement:
    """Where these, all of one test set, disagree; at least one."""
    predicted = np.stack([each.probabilities.argmax(axis=1) for each in group])
    confidence = np.stack([each.probabilities.max(axis=1) for each in group]).min(
        axis=0
    )
    right = predicted == group[0].labels
    differ = np.flatnonzero((predicted != predicted[0]).any(axis=0))
    count = right.sum(axis=0)
    return Disagreement(
        differ[np.argsort(-confidence[differ], kind="stable")],
        int((count == len(group)).sum()),
        int((count == 0).sum()),
        tuple(int((own & (count == 1)).sum()) for own in right),
    )


def unique_names(listed: Iterable[Facts]) -> dict[str, str]:
    """A name by id, with the start of the id where two runs have the same name."""
    listed = list(listed)
    times = Counter(each.name for each in listed)
    return {
        each.id: each.name if times[each.name] == 1 else f"{each.name} ({each.id[:6]})"
        for each in listed
    }
