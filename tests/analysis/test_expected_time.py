"""How long a training will take on this machine, and when a waiting one begins."""

from dataclasses import replace

import pytest

from mnist_cnn.analysis.expected_time import (
    Speed,
    expected_seconds,
    expected_wait,
    speed,
    usual_seconds,
)
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.experiments.presets import PRESETS
from mnist_cnn.runs import Status

CONFIG = TrainingConfig(epochs=3, batch_size=100)
SMALL = PRESETS["small"].config
DONE = Status(
    "done",
    steps_per_epoch=40,
    examples=4_000,
    test_examples=3_000,
    epochs_done=3,
    seconds=30.0,
)


def test_a_run_tells_how_long_a_digit_takes_on_this_machine():
    # A digit that is only read counts a third.
    assert speed(CONFIG, DONE) == Speed(CONFIG, pytest.approx(0.002))
    aside = replace(DONE, validation_examples=6_000)
    assert speed(CONFIG, aside).seconds == pytest.approx(30 / (3 * 6_000))
    stopped = replace(DONE, epochs_done=2, kept_step=100)
    assert speed(CONFIG, stopped).seconds == pytest.approx(30 / 12_000)
    assert speed(CONFIG, Status("failed")) is None


def test_runs_like_it_say_how_long_a_training_takes():
    config = replace(CONFIG, examples=3_000)
    # 3 epochs of 3,000 digits and 10,000 to validate, then 10,000 to test.
    digits = 3 * (3_000 + 10_000 / 3) + 10_000 / 3
    known = [Speed(CONFIG, 0.001), Speed(SMALL, 9.0)]
    start = expected_seconds(config, [Speed(CONFIG, 0.0)])
    assert expected_seconds(config, known) == pytest.approx(start + 0.001 * digits)
    aside = replace(config, validation_examples=1_000)
    less = 3 * 9_000 / 3 * 0.001
    assert expected_seconds(aside, known) == pytest.approx(
        expected_seconds(config, known) - less
    )


def test_other_networks_say_how_fast_the_machine_is():
    start = expected_seconds(CONFIG, [Speed(CONFIG, 0.0)])
    usual = expected_seconds(CONFIG) - start
    twice_as_slow = [Speed(SMALL, 2 * usual_seconds(SMALL))]
    assert expected_seconds(CONFIG, twice_as_slow) - start == pytest.approx(2 * usual)


def test_it_does_not_take_longer_than_there_are_digits():
    few = expected_seconds(CONFIG, training_digits=4_000, test_digits=1_000)
    assert few < expected_seconds(CONFIG) / 5
    aside = replace(CONFIG, validation_examples=10_000)
    assert 0 < expected_seconds(aside, training_digits=4_000, test_digits=1_000) < few


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_that_computes_more_takes_longer(preset):
    config = PRESETS[preset].config
    network = PRESETS["linear"].config.network
    assert usual_seconds(config) >= usual_seconds(replace(config, network=network))


def test_a_run_waits_for_what_is_left_and_for_everybody_before_it():
    assert expected_wait([], []) == 0
    assert expected_wait([12.0], []) == 12.0
    assert expected_wait([None], []) > 0
    known = [Speed(CONFIG, 0.001)]
    two_before = expected_wait([12.0], [CONFIG, CONFIG], known)
    assert two_before == pytest.approx(12.0 + 2 * expected_seconds(CONFIG, known))


def test_on_a_cluster_a_run_waits_for_the_slot_that_is_free_first():
    one = expected_seconds(CONFIG)
    assert expected_wait([12.0], [], slots=2) == 0
    assert expected_wait([12.0, 30.0], [], slots=2) == 12.0
    assert expected_wait([], [CONFIG] * 3, slots=2) == pytest.approx(one)
    assert expected_wait([], [CONFIG] * 4, slots=2) == pytest.approx(2 * one)
