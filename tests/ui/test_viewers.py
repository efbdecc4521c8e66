"""A few viewers see a training move; a whole class does not slow it."""

import pytest

from mnist_cnn.ui.runs.viewers import (
    GONE_SECONDS,
    LONGEST_SECONDS,
    LOOK_SECONDS,
    LOOKS_A_SECOND,
    seconds_between,
)


@pytest.mark.parametrize("viewers", [1, 2, 3])
def test_a_few_viewers_look_more_than_twice_a_second(viewers):
    assert seconds_between(viewers) == LOOK_SECONDS <= 0.5


@pytest.mark.parametrize("viewers", [4, 10, 30, 40])
def test_many_viewers_share_the_looks(viewers):
    assert viewers / seconds_between(viewers) <= LOOKS_A_SECOND * 1.01
    assert viewers / seconds_between(viewers) >= LOOKS_A_SECOND / 2


def test_one_viewer_more_seldom_changes_the_pace():
    paces = [seconds_between(viewers) for viewers in range(1, 31)]
    assert paces == sorted(paces)
    assert len(set(paces)) <= 6


def test_nobody_is_taken_for_gone_between_two_looks():
    assert seconds_between(10_000) == LONGEST_SECONDS < GONE_SECONDS
