"""Calibration, on answers whose shares can be counted by hand."""

import numpy as np
import pytest

from mnist_cnn.analysis.calibration import calibration


def said(share: float, right: int, wrong: int) -> tuple[np.ndarray, np.ndarray]:
    """So many answers with that probability, all of them "4"."""
    row = np.full(10, (1 - share) / 9)
    row[4] = share
    labels = np.array([4] * right + [9] * wrong, np.uint8)
    return np.tile(row, (right + wrong, 1)), labels


def joined(*groups: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    probabilities, labels = zip(*groups, strict=True)
    return np.concatenate(probabilities), np.concatenate(labels)


def test_who_says_80_and_is_right_80_times_in_100_is_not_off_at_all():
    measured = calibration(*said(0.8, 80, 20))
    assert measured.error == pytest.approx(0, abs=1e-12)


def test_who_says_95_and_is_right_half_of_the_time_is_off_by_45():
    measured = calibration(*said(0.95, 5, 5))
    assert measured.error == pytest.approx(0.45)


def test_who_is_right_more_often_than_said_is_too_modest():
    uncertain = calibration(*said(0.6, 10, 0)).uncertain
    assert uncertain.gap == pytest.approx(-0.4)


def test_each_group_counts_by_its_size_and_too_sure_does_not_cancel_too_modest():
    measured = calibration(*joined(said(0.95, 15, 15), said(0.55, 10, 0)))
    assert measured.error == pytest.approx(0.75 * 0.45 + 0.25 * 0.45)


def test_answers_stand_in_the_bin_of_their_probability():
    measured = calibration(*joined(said(0.95, 3, 0), said(0.55, 1, 1)))
    assert measured.counts.tolist() == [0, 0, 0, 0, 0, 2, 0, 0, 0, 3]
    assert measured.accuracy[5] == 0.5
    assert measured.confidence[9] == pytest.approx(0.95)
    assert np.isnan(measured.accuracy[0])


def test_complete_certainty_belongs_to_the_last_bin():
    assert calibration(*said(1.0, 2, 0)).counts[-1] == 2


def test_thousands_of_near_certain_answers_do_not_hide_the_others():
    measured = calibration(*joined(said(0.999, 9_912, 9), said(0.75, 45, 34)))
    assert measured.error < 0.01
    assert measured.uncertain.count == 79
    assert measured.uncertain.confidence == pytest.approx(0.75)
    assert measured.uncertain.accuracy == pytest.approx(45 / 79)
    assert measured.uncertain.gap == pytest.approx(0.75 - 45 / 79)


def test_a_gap_that_so_few_answers_have_by_chance_is_none():
    assert calibration(*said(0.75, 5, 3)).uncertain.gap == 0


def test_who_is_always_near_certain_has_no_other_answers():
    uncertain = calibration(*said(0.95, 3, 0)).uncertain
    assert uncertain.count == 0
    assert uncertain.gap == 0


def test_the_clearest_bin_is_one_that_is_off_the_same_way_and_not_near_certain():
    sure, off = said(0.999, 900, 99), said(0.75, 20, 40)
    right, modest = said(0.55, 9, 6), said(0.45, 9, 0)
    measured = calibration(*joined(sure, off, right, modest))
    assert measured.uncertain.gap > 0
    assert measured.clearest_bin == 7
