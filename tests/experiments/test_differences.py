"""Settings in plain words, and where several trainings differ."""

from dataclasses import fields, replace

import pytest

from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.experiments.differences import changes, describe, differences
from mnist_cnn.experiments.presets import PRESETS
from mnist_cnn.nn.architecture import Architecture, ConvBlock

USUAL = TrainingConfig()
CHANGED = {
    "network": Architecture((ConvBlock(8, 3, "valid", 1),), 0.25, (1000,)),
    "epochs": 9,
    "batch_size": 1024,
    "optimizer": "sgd",
    "learning_rate": 1e-5,
    "schedule": "constant",
    "examples": 4_000,
    "validation_examples": 5_000,
    "seed": 77,
    "augmentation": ("turn", "shear"),
    "leave_out_offline_digits": True,
    "data": ("pen",),
    "shares": (2.0,),
    "start_from": "0123456789abcdef",
    "shuffle_labels": True,
}


def test_every_setting_is_tried_here():
    assert set(CHANGED) == {field.name for field in fields(TrainingConfig)}


@pytest.mark.parametrize("name", CHANGED)
def test_no_setting_can_differ_without_being_told(name):
    found = differences([USUAL, replace(USUAL, **{name: CHANGED[name]})])
    assert len(found) == 1


@pytest.mark.parametrize(
    "changed",
    [
        *({"dropout": 0.5}, {"dense": ()}, {"batch_norm": True}, {"blocks": ()}),
        *({"activation": "tanh"}, {"global_average": True}),
        *(
            {"blocks": (replace(USUAL.network.blocks[0], **changed),)}
            for changed in ({"stride": 2}, {"pooling": "average"})
        ),
    ],
)
def test_nothing_of_the_network_can_differ_without_being_told(changed):
    network = replace(USUAL.network, **changed)
    assert len(differences([USUAL, replace(USUAL, network=network)])) == 1


def test_settings_are_said_in_plain_words():
    told = describe(TrainingConfig(**CHANGED))
    assert told["Convolutions"] == "8 of 3×3, without a border, no pooling"
    assert told["Training digits"] == "4,000"
    assert told["Augmentation"] == "Turn, Slant"
    assert told["Training labels"] == "shuffled"
    assert describe(USUAL)["Training digits"] == "all"
    assert describe(USUAL)["Convolutions"] == "32 of 5×5, pool 2; 64 of 2×2, pool 2"


def test_each_one_has_its_value_in_their_order():
    configs = [replace(USUAL, epochs=epochs) for epochs in (3, 1, 3)]
    assert differences(configs) == {"Epochs": ["3", "1", "3"]}
    assert differences(configs[:1]) == {}
    assert differences([]) == {}


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_differs_from_itself_in_nothing(name):
    assert changes(name, PRESETS[name].config) == ""


def test_a_changed_preset_says_what_was_changed():
    config = replace(PRESETS["small"].config, epochs=2)
    assert changes("small, changed", config) == "Epochs: 2"
    assert "Epochs: 2" in changes("of another lab", config)
