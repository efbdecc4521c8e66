"""An experiment in a link is the same experiment for everybody who opens it."""

from dataclasses import replace

import pytest

from mnist_cnn.experiments.config import ConfigError
from mnist_cnn.experiments.link import dense_units, from_link, to_link
from mnist_cnn.experiments.presets import PRESETS
from mnist_cnn.nn.architecture import Architecture, ConvBlock


@pytest.mark.parametrize("preset", list(PRESETS))
def test_a_preset_as_it_is_takes_one_word(preset):
    link = to_link(preset, PRESETS[preset].config)
    assert link == {"preset": preset}
    assert from_link(link) == (preset, PRESETS[preset].config)


def test_every_setting_and_every_part_of_the_network_comes_through():
    config = replace(
        PRESETS["too_few"].config,
        network=Architecture(
            (
                ConvBlock(8, 3, "valid", 1),
                ConvBlock(16, 2),
                ConvBlock(4, 3, "valid", 2, 2, "average"),
            ),
            *(0.4, (100, 50), True, "tanh", True),
        ),
        epochs=3,
        batch_size=64,
        examples=None,
        validation_examples=5000,
        seed=7,
        optimizer="sgd",
        schedule="cosine",
        learning_rate=0.0123,
        augmentation=("turn", "shear"),
        data=("mnist", "pen:all"),
        shares=(2, 0.5),
        start_from="pretrained",
    )
    link = to_link("too_few", config)
    assert link["blocks"] == "8k3p1v,16k2p2,4k3s2p2av"
    assert from_link(link) == ("too_few", config)


def test_a_network_without_blocks_or_dense_layers_comes_through():
    config = replace(PRESETS["seed"].config, network=Architecture((), 0, ()))
    assert from_link(to_link("seed", config))[1] == config


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"preset": "nothing"}, "preset"),
        ({"epochs": "51"}, "from 1 to 50"),
        ({"epochs": "many"}, "whole number"),
        ({"epochs": "1" * 90}, "too long"),
        ({"learning_rate": "nan"}, "Learning rate"),
        ({"learning_rate": "x"}, "Learning rate"),
        ({"optimizer": "lion"}, "adam, sgd, rmsprop"),
        ({"augmentation": "mirror"}, "Augmentation"),
        ({"data": "letters"}, "mnist, pen or a file"),
        ({"shares": "1,x"}, "Shares must be a number"),
        ({"start_from": "<b>"}, "id of a run"),
        ({"blocks": "32"}, "no convolution block"),
        ({"blocks": "32k5p2,32k5p4,32k5p4"}, "pooling"),
        ({"blocks": "256k3p1", "dense": "4096"}, "parameters"),
        ({"dense": "-5"}, "whole number"),
        ({"dropout": "2"}, "Dropout"),
        ({"activation": "gelu"}, "activation"),
        ({"blocks": "8k3s9p2"}, "stride"),
    ],
)
def test_a_link_that_cannot_be_says_what_is_wrong(changed, says):
    with pytest.raises(ConfigError, match=says):
        from_link({"preset": "seed"} | changed)


def test_dense_units_are_read_as_people_type_them():
    assert dense_units(" 128,64 ") == (128, 64)
    assert dense_units("") == ()
    with pytest.raises(ConfigError, match="Dense units"):
        dense_units("128; 64")
