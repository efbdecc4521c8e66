"""How the learning rate changes over a training."""

import itertools

import pytest

from mnist_cnn.experiments.schedule import learning_rate


def rates(schedule, peak, steps):
    return [learning_rate(schedule, peak, step, steps) for step in range(steps)]


def test_a_constant_rate_stays():
    assert set(rates("constant", 0.01, 100)) == {0.01}


def test_the_warm_up_is_a_straight_line_over_the_first_tenth():
    warm_up = rates("cosine", 1.0, 100)[:10]
    assert warm_up == pytest.approx([0.1 * step for step in range(1, 11)])


def test_after_the_warm_up_the_rate_falls_along_half_a_cosine():
    falling = rates("cosine", 2e-3, 101)[10:]
    assert falling[0] == 2e-3
    assert all(a > b for a, b in itertools.pairwise(falling))
    # A third, a half and two thirds of the way: cosines that are known by heart.
    for step, rate in ((40, 0.75), (55, 0.5), (70, 0.25)):
        assert learning_rate("cosine", 1.0, step, 100) == pytest.approx(rate)


def test_the_last_step_is_small_and_none_is_zero():
    for steps in (10, 469, 2345):
        made = rates("cosine", 2e-3, steps)
        assert 0 < made[-1] < 2e-3 * 0.1
        assert min(made) > 0
        assert max(made) == 2e-3


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_even_the_shortest_training_learns(steps):
    assert max(rates("cosine", 0.5, steps)) == 0.5


def test_a_step_after_the_end_does_not_grow_again():
    assert learning_rate("cosine", 1.0, 150, 100) == pytest.approx(0.0)
