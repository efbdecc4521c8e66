"""How far, and how fast."""

from dataclasses import replace

import numpy as np
import pytest

from mnist_cnn.analysis.pace import duration_text, pace
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.runs import Status
from mnist_cnn.runs.metrics import EpochPoint, Mark, Metrics

CONFIG = TrainingConfig(epochs=3, batch_size=100)
STATUS = Status("running", steps_per_epoch=40, examples=4_000, test_examples=1_000)


def measured(
    steps: int, epochs: int, seconds: float = 0.05, between_epochs: float = 0.5 / 3
) -> Metrics:
    step = np.arange(1, steps + 1)
    time = step * seconds + (step - 1) // 40 * between_epochs
    rows = np.column_stack([step, step, step, step, step, time])
    points = [
        EpochPoint(number, number * 40, 0.5, 0.8, 0.4, 0.9, 1e-3, 2.0, 2.0)
        for number in range(1, epochs + 1)
    ]
    return Metrics(rows.astype(float), tuple(points))


def test_before_the_first_batch_nothing_is_promised():
    now = pace(measured(0, 0), Status("preparing"), CONFIG)
    assert (now.epoch, now.batch, now.fraction) == (1, 0, 0.0)
    assert now.digits_per_second is None
    assert now.seconds_left is None


def test_in_the_middle_of_the_second_epoch():
    now = pace(measured(60, 1), STATUS, CONFIG)
    assert (now.epoch, now.batch, now.batches) == (2, 20, 40)
    assert now.fraction == 0.5
    assert now.digits_per_second == pytest.approx(2_000)
    # 60 batches; two times 1,000 digits to validate and 1,000 to test, each at a third
    # of the cost.
    assert now.seconds_left == pytest.approx(3.0 + 3 * 0.5 / 3, rel=1e-3)


def test_the_speed_is_that_of_the_last_batches():
    step = np.arange(1.0, 112)
    time = np.where(step <= 60, step * 10, 600 + (step - 60) * 0.05)
    metrics = Metrics(np.column_stack([step, step, step, step, step, time]))
    assert pace(metrics, STATUS, CONFIG).digits_per_second == pytest.approx(2_000)


@pytest.mark.parametrize("step", [50, 81, 100])
def test_validation_is_no_slow_batch_and_is_counted_once_an_epoch(step):
    slow = 3.0
    now = pace(measured(step, step // 40, between_epochs=slow), STATUS, CONFIG)
    assert now.digits_per_second == pytest.approx(2_000)
    # The last one is that with the network that is kept.
    checks = 4 - step // 40
    assert now.seconds_left == pytest.approx((120 - step) * 0.05 + checks * slow)


def test_what_is_checked_already_is_not_waited_for_again():
    checking = replace(STATUS, checking=1_000, checked=750)
    before, now = (pace(measured(80, 1), each, CONFIG) for each in (STATUS, checking))
    assert before.seconds_left - now.seconds_left == pytest.approx(0.75 * 0.5 / 3)
    tested = pace(measured(120, 3), checking, CONFIG)
    assert tested.seconds_left == pytest.approx(0.25 * 0.5 / 3)


def test_digits_kept_aside_are_validated_after_each_epoch_and_the_test_set_once():
    aside = replace(STATUS, validation_examples=500)
    now = pace(measured(60, 1), aside, CONFIG)
    assert now.seconds_left == pytest.approx(3.0 + 0.5 / 3 * (2 + 2))


def test_a_run_that_was_stopped_only_reads_the_test_set():
    stopped = replace(measured(60, 1), marks=(Mark(60, "stop"),))
    now = pace(stopped, STATUS, CONFIG)
    assert now.seconds_left == pytest.approx(0.5 / 3)


def test_at_an_epochs_end_the_next_one_is_shown_and_the_last_one_stays():
    assert pace(measured(40, 0), STATUS, CONFIG).batch == 40
    after_first = pace(measured(40, 1), STATUS, CONFIG)
    assert (after_first.epoch, after_first.batch) == (2, 0)
    at_the_end = pace(measured(120, 3), STATUS, CONFIG)
    assert (at_the_end.epoch, at_the_end.batch, at_the_end.fraction) == (3, 40, 1.0)
    assert at_the_end.seconds_left == pytest.approx(0.5 / 3)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "0 s"),
        (0.4, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (200, "3 min 20 s"),
        (629, "10 min"),
        (3599, "1 h"),
        (3900, "1 h 5 min"),
    ],
)
def test_durations_are_said_as_people_say_them(seconds, text):
    assert duration_text(seconds) == text
