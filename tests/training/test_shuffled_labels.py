"""Labels dealt out anew for training only."""

from dataclasses import replace

import numpy as np
import pytest

from mnist_cnn.experiments.config import ConfigError, TrainingConfig
from mnist_cnn.experiments.presets import PRESETS
from mnist_cnn.training.mixture import training_digits

SHUFFLED = TrainingConfig(examples=1000, shuffle_labels=True)


def test_the_labels_are_the_same_ones_on_other_digits(mnist):
    images, labels = training_digits([mnist], SHUFFLED)
    assert np.array_equal(images, mnist.x_train[:1000])
    assert np.array_equal(
        np.bincount(labels), np.bincount(mnist.y_train[:1000], minlength=10)
    )
    # By chance a tenth of them is right.
    assert np.mean(labels == mnist.y_train[:1000]) < 0.2


def test_the_seed_decides_the_order(mnist):
    labels = training_digits([mnist], SHUFFLED)[1]
    assert np.array_equal(labels, training_digits([mnist], SHUFFLED)[1])
    other = training_digits([mnist], replace(SHUFFLED, seed=2))[1]
    assert not np.array_equal(labels, other)


def test_without_it_every_label_stays_right(mnist):
    images, labels = training_digits([mnist], TrainingConfig())
    assert len(images) == len(mnist.x_train)
    assert np.array_equal(labels, mnist.y_train)


def test_the_setting_survives_the_run_folder_and_takes_nothing_but_yes_or_no():
    config = PRESETS["shuffled_labels"].config
    assert config.shuffle_labels
    assert TrainingConfig.from_dict(config.to_dict()) == config
    with pytest.raises(ConfigError, match="Shuffle labels"):
        TrainingConfig(shuffle_labels=1)
