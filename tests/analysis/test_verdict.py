"""Which network is best, and whether by chance, on counts made up for it."""

from dataclasses import replace

import numpy as np
import pytest

from mnist_cnn.analysis.verdict import mcnemar, ranked, seed_groups, verdict
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.experiments.presets import PRESETS
from mnist_cnn.runs.predictions import Predictions

BIG, SMALL = TrainingConfig(), PRESETS["small"].config


def wrong_on(*indices: int, total: int = 1000) -> Predictions:
    """Predictions of so many zeros, with ones where they are wrong."""
    predicted = np.zeros(total, int)
    predicted[list(indices)] = 1
    probabilities = np.eye(10, dtype=np.float32)[predicted]
    return Predictions(probabilities, np.zeros(total, np.uint8), "0" * 16)


def seeds(config: TrainingConfig, *mistakes: int) -> dict:
    return {
        f"{config.network.parameters}-{seed}": (
            replace(config, seed=seed),
            wrong_on(*range(count)),
        )
        for seed, count in enumerate(mistakes)
    }


def judged(made: dict):
    configs = {run_id: config for run_id, (config, _read) in made.items()}
    read = {run_id: own for run_id, (_config, own) in made.items()}
    return verdict(ranked(configs, read), read)


def test_runs_that_differ_by_their_seed_alone_are_one_group():
    configs = {
        "a": replace(BIG, seed=1),
        "b": SMALL,
        "c": replace(BIG, seed=2),
        "d": replace(BIG, seed=1, epochs=2),
    }
    assert seed_groups(configs) == [["a", "c"], ["b"], ["d"]]


def test_the_spread_is_that_of_students_test():
    found = judged(seeds(BIG, 20, 24, 28) | seeds(SMALL, 30, 34, 38))
    assert found.best.mean == 24
    assert found.difference == 10
    # Variance 16 in both; 2.776 is t for 4 degrees of freedom.
    assert found.spread == pytest.approx(2.776 * np.sqrt(16 * (1 / 3 + 1 / 3)))
    assert not found.is_chance
    assert judged(seeds(BIG, 20, 24, 28) | seeds(SMALL, 24, 28, 32)).is_chance


def test_two_groups_of_equal_mean_are_no_difference():
    found = judged(seeds(BIG, 20, 20) | seeds(SMALL, 20))
    assert found.difference == found.spread == 0
    assert found.is_chance


def test_without_several_seeds_it_is_the_test_digits_that_may_be_chance():
    few = judged({"a": (BIG, wrong_on(1)), "b": (SMALL, wrong_on(2, 3, 4))})
    assert few.spread is None
    assert few.p_value == pytest.approx(mcnemar(3, 1))
    assert few.is_chance
    many = judged({"a": (BIG, wrong_on(1)), "b": (SMALL, wrong_on(*range(2, 60)))})
    assert not many.is_chance


@pytest.mark.parametrize(
    ("first", "second", "p"),
    # R: binom.test(c(first, second))$p.value
    [(0, 0, 1.0), (5, 5, 1.0), (1, 9, 0.021484375), (0, 6, 0.03125)],
)
def test_mcnemars_test_is_the_exact_one(first, second, p):
    assert mcnemar(first, second) == mcnemar(second, first) == pytest.approx(p)


def test_thousands_of_digits_are_counted_exactly_too():
    assert mcnemar(4000, 4200) == pytest.approx(0.0279, abs=0.001)
