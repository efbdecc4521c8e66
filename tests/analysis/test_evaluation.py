"""What test predictions say, on answers that can be counted by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from mnist_cnn.analysis import evaluation
from mnist_cnn.analysis.evaluation import accuracy, cross_entropy


def answers(*given_answers: tuple[int, float]) -> np.ndarray:
    """Probabilities for a list of answers, each with its share; the rest is even."""
    rows = []
    for digit, share in given_answers:
        row = np.full(10, (1 - share) / 9, np.float32)
        row[digit] = share
        rows.append(row)
    return np.stack(rows)


PROBABILITIES = answers((3, 0.9), (5, 0.7), (5, 0.8), (3, 0.4), (8, 0.99), (3, 0.6))
LABELS = np.array([3, 3, 3, 3, 8, 5], np.uint8)


def one_hot_like(*likeliest: int, sure: float) -> np.ndarray:
    rows = np.full((len(likeliest), 10), (1 - sure) / 9, np.float32)
    rows[np.arange(len(likeliest)), likeliest] = sure
    return rows


def test_accuracy_is_the_share_of_right_answers():
    read = one_hot_like(1, 2, 3, 4, sure=0.6)
    assert accuracy(read, np.array([1, 2, 3, 9])) == 0.75


def test_the_loss_is_minus_the_mean_logarithm_of_the_right_digits_probability():
    read = one_hot_like(1, 2, sure=0.5)
    expected = -(math.log(0.5) + math.log(0.5 / 9)) / 2
    assert cross_entropy(read, np.array([1, 7])) == pytest.approx(expected, rel=1e-6)


def test_being_surely_wrong_is_a_finite_loss():
    assert cross_entropy(one_hot_like(1, sure=1.0), np.array([2])) == pytest.approx(
        -math.log(1e-7)
    )


def test_the_loss_is_keras_own():
    import keras

    rng = np.random.default_rng(0)
    read = rng.dirichlet(np.full(10, 0.05), 500).astype(np.float32)
    labels = rng.integers(0, 10, 500).astype(np.uint8)
    theirs = keras.losses.SparseCategoricalCrossentropy()(labels, read)
    assert cross_entropy(read, labels) == pytest.approx(float(theirs), rel=1e-5)


def test_rows_are_the_truth_and_columns_the_answers():
    matrix = evaluation.confusion_matrix(PROBABILITIES, LABELS)
    assert matrix[3, 3] == 2
    assert matrix[3, 5] == 2
    assert matrix[5, 3] == 1
    assert matrix[8, 8] == 1
    assert matrix.sum() == 6


@given(
    arrays.arrays(np.uint8, 50, elements=st.integers(0, 9)),
    arrays.arrays(np.uint8, 50, elements=st.integers(0, 9)),
)
def test_the_diagonal_is_the_accuracy_and_rows_count_the_digits(labels, said):
    probabilities = np.eye(10, dtype=np.float32)[said]
    matrix = evaluation.confusion_matrix(probabilities, labels)
    assert np.trace(matrix) / 50 == evaluation.accuracy(probabilities, labels)
    assert np.array_equal(matrix.sum(axis=1), np.bincount(labels, minlength=10))
    assert np.array_equal(matrix.sum(axis=0), np.bincount(said, minlength=10))


def test_shares_add_up_to_one_for_each_digit_that_there_is():
    shares = evaluation.fractions_of_true(
        evaluation.confusion_matrix(PROBABILITIES, LABELS)
    )
    assert shares[3, 5] == 0.5
    assert shares.sum(axis=1).tolist() == [0, 0, 0, 1, 0, 1, 0, 0, 1, 0]


def test_precision_recall_and_f1_are_those_of_the_definition():
    scores = evaluation.digit_scores(evaluation.confusion_matrix(PROBABILITIES, LABELS))
    three = scores[3]
    assert three.count == 4
    assert three.precision == pytest.approx(2 / 3)
    assert three.recall == pytest.approx(2 / 4)
    assert three.f1 == pytest.approx(2 / (3 / 2 + 4 / 2))
    assert scores[8].f1 == 1
    assert scores[0] == evaluation.DigitScore(0, 0, 0, 0, 0)


def test_a_cell_holds_its_images_and_no_others_most_confident_first():
    assert evaluation.in_cell(PROBABILITIES, LABELS, 3, 5).tolist() == [2, 1]
    assert evaluation.in_cell(PROBABILITIES, LABELS, 3, 3).tolist() == [0, 3]
    assert evaluation.in_cell(PROBABILITIES, LABELS, 1, 7).tolist() == []


def test_the_worst_mistakes_are_wrong_and_the_surest_come_first():
    found = evaluation.confident_mistakes(PROBABILITIES, LABELS, 2)
    assert found.tolist() == [2, 1]


def test_the_least_sure_right_answers_are_right_and_the_doubtful_come_first():
    found = evaluation.least_confident_correct(PROBABILITIES, LABELS, 2)
    assert found.tolist() == [3, 0]


def test_the_most_frequent_mistakes_come_first_however_many_are_right():
    matrix = np.diag(np.arange(1000, 1010))
    matrix[3, 5], matrix[5, 3], matrix[9, 4] = 7, 2, 7
    assert evaluation.confusions(matrix) == [(3, 5, 7), (9, 4, 7), (5, 3, 2)]
    assert evaluation.confusions(np.diag(np.arange(10))) == []
