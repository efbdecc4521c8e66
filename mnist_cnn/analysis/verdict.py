"""Which of several networks is best on one test set, and whether that may be chance.

Chance has two sources. Another seed gives another network: runs that differ by their
seed alone measure that spread, and a difference within it says nothing (Bouthillier et
al. 2021, "Accounting for variance in machine learning benchmarks"). Other test digits
would give another count: for one network each, McNemar's exact test looks at the
digits that only one of the two reads rightly (McNemar 1947; Dietterich 1998).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.runs.predictions import Predictions

# Student's t that chance exceeds one time in 20, by degrees of freedom from 1: with six
# runs at most there are at most five.
STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571)
SIGNIFICANT = 0.05


@dataclass(frozen=True)
class SeedGroup:
    """Runs that differ by their seed alone; a single run is a group, too.

    Attributes:
        ids: of the runs.
        mistakes: of each on the test set.
    """

    ids: tuple[str, ...]
    mistakes: tuple[int, ...]

    @property
    def mean(self) -> float:
        """Mistakes, averaged over the seeds."""
        return sum(self.mistakes) / len(self.mistakes)


@dataclass(frozen=True)
class Verdict:
    """The best group of runs against the next best.

    Attributes:
        best, other: the two; the first makes fewer mistakes, or as many.
        spread: mistakes by which two such means differ through their seeds alone, up
            to 19 times in 20; None if no settings were trained with several seeds.
        p_value: of McNemar's exact test, where ``spread`` is None.
    """

    best: SeedGroup
    other: SeedGroup
    spread: float | None
    p_value: float | None

    @property
    def difference(self) -> float:
        """Mistakes that the other makes more."""
        return self.other.mean - self.best.mean

    @property
    def is_chance(self) -> bool:
        """Whether chance alone explains such a difference."""
        if self.spread is not None:
            return self.difference <= self.spread
        return self.p_value >= SIGNIFICANT


def seed_groups(configs: Mapping[str, TrainingConfig]) -> list[list[str]]:
    """The runs' ids, those whose settings differ by the seed alone together."""
    groups: dict[TrainingConfig, list[str]] = {}
    for run_id, config in configs.items():
        groups.setdefault(replace(config, seed=0), []).append(run_id)
    return list(groups.values())


def ranked(
    configs: Mapping[str, TrainingConfig], predictions: Mapping[str, Predictions]
) -> list[SeedGroup]:
    """The groups of runs with predictions, fewest mistakes first.

    Args:
        configs: by run id, for all in ``predictions``.
        predictions: by run id, of one and the same test set.
    """
    groups = seed_groups({run_id: configs[run_id] for run_id in predictions})
    found = [
        SeedGroup(tuple(ids), tuple(_mistakes(predictions[each]) for each in ids))
        for ids in groups
    ]
    return sorted(found, key=lambda group: group.mean)


def verdict(
    ranking: Sequence[SeedGroup], predictions: Mapping[str, Predictions]
) -> Verdict:
    """The first two of a ranking compared.

    Args:
        ranking: of ``ranked``, at least two groups.
        predictions: by run id, of one and the same test set.
    """
    best, other = ranking[:2]
    if (spread := _spread(ranking, len(best.ids), len(other.ids))) is not None:
        return Verdict(best, other, spread, None)
    one, two = _right(predictions[best.ids[0]]), _right(predictions[other.ids[0]])
    p_value = mcnemar(int((one & ~two).sum()), int((two & ~one).sum()))
    return Verdict(best, other, None, p_value)


def _mistakes(predictions: Predictions) -> int:
    return int((~_right(predictions)).sum())


def _right(predictions: Predictions) -> np.ndarray:
    return predictions.probabilities.argmax(axis=1) == predictions.labels


def _spread(ranking: Sequence[SeedGroup], first: int, second: int) -> float | None:
    """Student's two-sample test, with the variance pooled over all groups."""
    freedom = sum(len(group.ids) - 1 for group in ranking)
    if not freedom:
        return None
    squares = sum((each - g.mean) ** 2 for g in ranking for each in g.mistakes)
    error = math.sqrt(squares / freedom * (1 / first + 1 / second))
    return STUDENT[min(freedom, len(STUDENT)) - 1] * error


@lru_cache(maxsize=64)
def mcnemar(only_first: int, only_second: int) -> float:
    """Two-sided exact p-value: as uneven a split of these digits by fair coins.

    Args:
        only_first, only_second: digits that only the one network reads rightly.
    """
    total, fewer = only_first + only_second, min(only_first, only_second)
    tail = sum(math.comb(total, count) for count in range(fewer + 1))
    return min(1.0, 2 * tail / 2**total)
