"""What can be set for a training is checked wherever it comes from."""

import json
import math

import pytest

from mnist_cnn.digits.augmentation import AUGMENTATIONS
from mnist_cnn.experiments.config import RANGES, TITLES, ConfigError, TrainingConfig
from mnist_cnn.nn.architecture import LECTURE_NETWORK


def test_the_defaults_are_the_labs():
    config = TrainingConfig()
    assert config.network == LECTURE_NETWORK
    assert (config.epochs, config.batch_size) == (5, 128)
    assert (config.optimizer, config.learning_rate) == ("adam", 2e-3)
    assert (config.schedule, config.examples) == ("cosine", None)


def test_the_ranges_are_those_promised():
    assert RANGES["epochs"] == (1, 50)
    assert RANGES["batch_size"] == (16, 1024)
    assert RANGES["examples"] == (500, 60_000)


@pytest.mark.parametrize("field", RANGES)
def test_both_ends_of_a_range_are_allowed_and_nothing_beyond(field):
    low, high = RANGES[field]
    for value in (low, high):
        assert getattr(TrainingConfig(**{field: value}), field) == value
    below = low / 2 if isinstance(low, float) else low - 1
    above = high * 1.01 if isinstance(high, float) else high + 1
    for value in (below, above):
        with pytest.raises(ConfigError) as refused:
            TrainingConfig(**{field: value})
        message = str(refused.value)
        assert message.startswith(TITLES[field])
        assert f"{high:,}" in message or f"{high:g}" in message


@pytest.mark.parametrize("field", RANGES)
@pytest.mark.parametrize("value", ["5", True, [5], {}])
def test_a_value_of_another_type_is_refused_by_name(field, value):
    with pytest.raises(ConfigError, match=TITLES[field]):
        TrainingConfig(**{field: value})


@pytest.mark.parametrize("field", ["epochs", "batch_size", "examples", "seed"])
def test_half_an_epoch_or_digit_is_refused(field):
    with pytest.raises(ConfigError, match="must be a whole number from"):
        TrainingConfig(**{field: 600.5})


@pytest.mark.parametrize("rate", [math.nan, math.inf, -math.inf, 0, -1e-3])
def test_a_learning_rate_that_is_no_step_size_is_refused(rate):
    with pytest.raises(ConfigError, match=r"Learning rate must be from 0\.000001 to 1"):
        TrainingConfig(learning_rate=rate)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"optimizer": "adamw"}, "Optimizer must be one of adam, sgd, rmsprop"),
        ({"schedule": "linear"}, "Schedule must be one of constant, cosine"),
        ({"augmentation": ("mirror",)}, "Augmentation must be one of"),
        ({"network": "seed"}, "Network must be an Architecture"),
        ({"leave_out_offline_digits": 1}, "must be true or false"),
        ({"data": ()}, "1 to 4 data sets"),
        ({"data": ("letters",)}, "mnist, pen or a file"),
        ({"data": ("digits8x8",)}, "mnist, pen or a file"),
        ({"data": ("pen", "pen:all")}, "each data set once"),
        ({"data": ("mnist",), "shares": (1, 2)}, "as many shares"),
        ({"shares": (0,)}, "0.01 to 100"),
        ({"shares": (float("nan"),)}, "0.01 to 100"),
        ({"start_from": "../runs"}, "id of a run"),
    ],
)
def test_a_choice_that_is_none_is_refused_with_the_choices(values, message):
    with pytest.raises(ConfigError, match=message):
        TrainingConfig(**values)


def test_settings_survive_json(architecture):
    config = TrainingConfig(
        network=architecture,
        epochs=3,
        optimizer="sgd",
        learning_rate=0.01,
        examples=700,
        augmentation=tuple(AUGMENTATIONS)[:2],
        leave_out_offline_digits=True,
        data=("mnist", "pen:all", "0123456789abcdef"),
        shares=(2.0, 1.0, 0.5),
        start_from="0123456789abcdef",
    )
    stored = json.loads(json.dumps(config.to_dict()))
    assert TrainingConfig.from_dict(stored) == config


def test_settings_of_an_older_lab_take_the_defaults():
    assert TrainingConfig.from_dict({"epochs": 2}) == TrainingConfig(epochs=2)


@pytest.mark.parametrize(
    "stored",
    [
        None,
        [],
        "x",
        3,
        {"epoch": 3},
        {"epochs": None},
        {"network": {}},
        {"augmentation": 3},
        {"augmentation": [[]]},
        {"optimizer": []},
        {"learning_rate": "fast"},
    ],
)
def test_what_are_no_settings_is_refused_with_a_sentence(stored):
    with pytest.raises(ConfigError) as refused:
        TrainingConfig.from_dict(stored)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("examples", "batch_size", "steps"),
    [(60_000, 32, 1875), (60_000, 128, 469), (500, 500, 1), (501, 500, 2)],
)
def test_an_epoch_has_as_many_batches_as_it_takes(examples, batch_size, steps):
    assert TrainingConfig(batch_size=batch_size).steps_per_epoch(examples) == steps
