"""Digits are varied as named, and stay MNIST-like."""

import numpy as np
import pytest

from mnist_cnn.digits.augmentation import AUGMENTATIONS, augment, centers_of_mass


def digits(count: int = 20) -> np.ndarray:
    """Crosses with a long stem, centered by mass, antialiased: (N, 28, 28)."""
    images = np.zeros((count, 28, 28), np.float32)
    images[:, 4:24, 13:16] = 1
    images[:, 12:15, 9:20] = 1
    images[:, 3, 13:16] = images[:, 24, 13:16] = 0.4
    return images


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_each_variation_changes_every_digit_in_its_own_way(name):
    varied = augment(digits(), [name], rng())
    change = np.abs(varied - digits()).mean((1, 2))
    assert (change > 0.001).mean() > 0.7
    assert np.abs(varied[0] - varied[1]).max() > 0.02


@pytest.mark.parametrize("names", [*[[name] for name in AUGMENTATIONS], AUGMENTATIONS])
def test_the_digit_keeps_its_range_its_place_and_its_ink(names):
    varied = augment(digits(200), names, rng())
    assert varied.shape == (200, 28, 28)
    assert varied.dtype == np.float32
    assert 0 <= varied.min() <= varied.max() <= 1
    rows, columns = centers_of_mass(varied)
    assert np.abs(rows - 14).max() < 3.5
    assert np.abs(columns - 14).max() < 3.5
    share = varied.sum((1, 2)) / digits(1).sum()
    assert 0.25 < share.min() < share.max() < 2


def test_a_turned_digit_still_fits_the_box():
    varied = augment(digits(100), ["turn", "shear"], rng())
    height = (varied.max(2) > 0.3).sum(1)
    assert 18 <= height.min() <= height.max() <= 22


def test_nothing_chosen_changes_nothing():
    assert (augment(digits(), [], rng()) == digits()).all()


def test_the_same_state_gives_the_same_digits_whatever_the_order_of_names():
    one = augment(digits(), list(AUGMENTATIONS), rng())
    other = augment(digits(), list(AUGMENTATIONS)[::-1], rng())
    assert (one == other).all()


def test_the_originals_stay_as_they_are():
    originals = digits()
    augment(originals, AUGMENTATIONS, rng())
    assert (originals == digits()).all()


def test_empty_images_and_no_images_are_allowed():
    blank = augment(np.zeros((3, 28, 28)), AUGMENTATIONS, rng())
    assert blank.max() == 0
    assert augment(np.zeros((0, 28, 28)), AUGMENTATIONS, rng()).shape == (0, 28, 28)


def test_unknown_names_and_other_shapes_are_refused():
    with pytest.raises(ValueError, match="Unknown augmentation: mirror"):
        augment(digits(), ["mirror"], rng())
    with pytest.raises(ValueError, match="shape"):
        augment(np.zeros((28, 28)), ["turn"], rng())


def test_every_variation_has_a_title_and_a_reason():
    for each in AUGMENTATIONS.values():
        assert each.title
        assert each.reason.endswith(".")
