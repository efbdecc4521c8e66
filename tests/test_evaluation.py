"""What test predictions say."""

import math

import numpy as np
import pytest

from mnist_cnn.evaluation import accuracy, cross_entropy


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
