"""The presets are what they say."""

import pytest

from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.experiments.presets import CLASS_PRESET, DEFAULT_PRESET, GROUPS, PRESETS
from mnist_cnn.nn.architecture import LECTURE_NETWORK


def test_the_lectures_preset_has_the_lectures_settings():
    config = PRESETS["lecture"].config
    assert config == TrainingConfig(
        network=LECTURE_NETWORK,
        epochs=5,
        batch_size=32,
        optimizer="adam",
        learning_rate=1e-3,
        schedule="constant",
    )


def test_without_a_choice_the_seed_network_is_trained_with_the_defaults():
    assert PRESETS[DEFAULT_PRESET].config == TrainingConfig()


def test_a_class_begins_with_what_takes_seconds_and_every_group_is_in_one_place():
    assert CLASS_PRESET == next(iter(PRESETS)) == "classroom"
    groups = [preset.group for preset in PRESETS.values()]
    assert groups == sorted(groups, key=GROUPS.index)


def test_every_preset_has_a_title_of_its_own_and_a_reason():
    assert len({preset.title for preset in PRESETS.values()}) == len(PRESETS)
    assert all(preset.reason.endswith((".", "?")) for preset in PRESETS.values())


def test_the_quick_presets_are_quick():
    assert PRESETS["quick"].config.epochs == 1
    config = PRESETS["classroom"].config
    assert config.epochs * config.examples <= 12_000


def test_the_small_networks_are_as_small_as_they_say():
    assert PRESETS["small"].config.network.parameters < 100_000
    assert PRESETS["champion"].config.network.parameters < LECTURE_NETWORK.parameters
    assert PRESETS["linear"].config.network.parameters == 784 * 10 + 10
    assert f"{PRESETS['small'].config.network.parameters:,}" in PRESETS["small"].reason


def test_the_rate_that_is_too_high_is_a_hundred_times_the_lectures():
    too_high = PRESETS["rate_too_high"].config.learning_rate
    assert too_high == pytest.approx(100 * PRESETS["lecture"].config.learning_rate)


def test_the_networks_without_a_part_do_not_have_it():
    def kinds(preset: str) -> set[str]:
        return {layer.kind for layer in PRESETS[preset].config.network.layers()}

    assert "conv" not in kinds("dense_only")
    assert "pool" not in kinds("no_pooling")
    assert "conv" in kinds("no_pooling")
    assert kinds("linear") == {"flatten", "dense"}


def test_the_values_that_reach_the_dense_layer_without_pooling_are_told_rightly():
    flat = PRESETS["no_pooling"].config.network.layer("flatten")
    assert f"{flat.output_shape[0]:,}" in PRESETS["no_pooling"].look_for
