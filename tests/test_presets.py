"""The presets are what they say."""

from mnist_cnn.architecture import SEED
from mnist_cnn.config import TrainingConfig
from mnist_cnn.presets import DEFAULT_PRESET, PRESETS


def test_the_lectures_preset_has_the_lectures_settings():
    config = PRESETS["lecture"].config
    assert config == TrainingConfig(
        network=SEED,
        epochs=5,
        batch_size=32,
        optimizer="adam",
        learning_rate=1e-3,
        schedule="constant",
    )


def test_without_a_choice_the_seed_network_is_trained_with_the_defaults():
    assert PRESETS[DEFAULT_PRESET].config == TrainingConfig()


def test_every_preset_has_a_title_of_its_own_and_a_reason():
    assert len({preset.title for preset in PRESETS.values()}) == len(PRESETS)
    assert all(preset.reason.endswith(".") for preset in PRESETS.values())


def test_the_quick_presets_are_quick():
    assert PRESETS["quick"].config.epochs == 1
    config = PRESETS["classroom"].config
    assert config.epochs * config.examples <= 12_000
