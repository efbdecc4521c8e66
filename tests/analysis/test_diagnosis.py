"""What is said about recorded real trainings; see recordings/README.md."""

import gzip
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from msgspec import structs

from mnist_cnn.analysis.diagnosis import explain
from mnist_cnn.analysis.finding import Finding
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.experiments.presets import PRESETS
from mnist_cnn.runs.metrics import EpochPoint, Metrics
from mnist_cnn.runs.metrics_reader import MetricsReader

RECORDINGS = Path(__file__).parents[1] / "recordings"
CONSTANT = TrainingConfig(schedule="constant")
SGD = replace(CONSTANT, optimizer="sgd")
PRESET_CONFIGS = {name: preset.config for name, preset in PRESETS.items()} | {
    "rate_too_high_cosine": replace(PRESETS["rate_too_high"].config, schedule="cosine")
}
# What may be said of a preset at any length of its training.
EXPECTED = {name: {"improving", "plateau"} for name in PRESET_CONFIGS} | {
    "small": {"settling", "improving", "plateau"},
    "champion": {"settling", "improving", "plateau"},
    "rate_too_high": {"learning_rate_too_high", "stuck"},
    "rate_too_high_cosine": {"learning_rate_too_high", "jumped", "improving"},
    "too_few": {"improving", "by_heart", "overfitting"},
    "shuffled_labels": {"random_labels"},
}
# A run that had better start again is not praised, and says what to change once.
TOGETHER = [{"learning_rate_too_high", "stuck"}, {"jumped", "improving"}]


def recorded(name: str) -> Metrics:
    metrics = MetricsReader(RECORDINGS / f"{name}.jsonl").read()
    assert metrics.epochs
    return metrics


def until_batch(metrics: Metrics, step: int) -> Metrics:
    return Metrics(
        metrics.batches[metrics.step <= step],
        tuple(point for point in metrics.epochs if point.step <= step),
    )


def kinds(metrics: Metrics, config: TrainingConfig = CONSTANT) -> list[str]:
    return [finding.kind for finding in explain(metrics, config)]


def sentence(finding: Finding) -> str:
    return finding.message.format(**finding.values)


@pytest.fixture
def recorded_preset(tmp_path):
    """Reads a preset's training, recorded on a few thousand digits."""

    def read(name: str) -> Metrics:
        path = tmp_path / "metrics.jsonl"
        packed = RECORDINGS / "presets" / f"{name}.jsonl.gz"
        path.write_bytes(gzip.decompress(packed.read_bytes()))
        return MetricsReader(path).read()

    return read


@pytest.mark.parametrize("name", PRESET_CONFIGS)
def test_what_is_said_of_a_preset_fits_it_and_itself_at_every_length(
    name, recorded_preset
):
    metrics, config = recorded_preset(name), PRESET_CONFIGS[name]
    ends = {*range(0, len(metrics), 10), *(point.step for point in metrics.epochs)}
    for step in sorted(ends):
        findings = explain(until_batch(metrics, step), config)
        said = {finding.kind for finding in findings}
        assert said <= EXPECTED[name], step
        assert len(said) == len(findings) <= 1 or said in TOGETHER, step
        rates = [f.values["suggested"] for f in findings if "suggested" in f.values]
        assert len(rates) <= 1
        assert all(rate == float(f"{rate:.1g}") for rate in rates)


@pytest.mark.parametrize(
    ("name", "at_the_end"),
    [
        ("shuffled_labels", {"random_labels"}),
        ("too_few", {"by_heart"}),
        ("rate_too_high", {"learning_rate_too_high", "stuck"}),
        ("rate_too_high_cosine", {"jumped", "improving"}),
    ],
)
def test_what_a_preset_shows_is_said_at_its_end(name, at_the_end, recorded_preset):
    assert set(kinds(recorded_preset(name), PRESET_CONFIGS[name])) == at_the_end


def test_every_preset_was_recorded_long_enough_to_say_something(recorded_preset):
    for name, config in PRESET_CONFIGS.items():
        metrics = recorded_preset(name)
        assert metrics.epochs, name
        if len(metrics) >= 100:
            ends = range(0, len(metrics) + 1, 5)
            assert any(kinds(until_batch(metrics, end), config) for end in ends), name


def test_shuffled_labels_are_first_hard_and_then_learned_by_heart(recorded_preset):
    metrics = recorded_preset("shuffled_labels")
    config = PRESET_CONFIGS["shuffled_labels"]
    lengths = [metrics.epochs[2].step, len(metrics)]
    early, late = (explain(until_batch(metrics, step), config)[0] for step in lengths)
    assert "still near guessing" in sentence(early)
    assert sentence(late).startswith("Learning by heart")


def test_a_small_rate_at_a_schedules_end_is_not_blamed_for_being_stuck():
    metrics = recorded("stuck")
    batches = metrics.batches.copy()
    batches[:, 2] = np.log(10)
    batches[:, 4] = 0.1 * np.linspace(1, 1e-5, len(batches))
    config = TrainingConfig(learning_rate=0.1, schedule="cosine")
    (finding,) = explain(Metrics(batches), config)
    assert finding.kind == "stuck"
    assert finding.values["suggested"] == 0.01


def test_a_rate_that_is_still_warming_up_is_not_blamed():
    batches = recorded("too_slow").batches.copy()
    batches[:, 4] = np.linspace(1e-6, 1e-4, len(batches))
    assert kinds(Metrics(batches), TrainingConfig(schedule="cosine")) == []


def test_a_usual_rate_is_not_blamed_for_being_stuck():
    batches = recorded("too_slow").batches.copy()
    batches[:, 4] = 0.001
    (finding,) = explain(Metrics(batches), CONSTANT)
    assert finding.kind == "stuck"
    assert "suggested" not in finding.values


def test_validation_before_batch_normalization_has_settled_is_told_as_that(
    recorded_preset,
):
    metrics = recorded_preset("champion")
    assert len(metrics) < 500
    assert metrics.epochs[-1].val_loss > 1.1 * metrics.epochs[0].val_loss
    assert "overfitting" in kinds(metrics, CONSTANT)
    (finding,) = explain(metrics, PRESET_CONFIGS["champion"])
    assert finding.kind == "settling"
    assert "After 160 batches 20% of these averages" in sentence(finding)


@pytest.mark.parametrize(
    ("recording", "expected"),
    [
        ("improving", ["improving"]),
        ("overfitting", ["overfitting"]),
        ("plateau", ["plateau"]),
        ("jumping", ["learning_rate_too_high"]),
        ("stuck", ["learning_rate_too_high", "stuck"]),
        ("too_slow", ["stuck"]),
        ("diverged", ["diverged"]),
    ],
)
def test_each_recorded_training_is_explained_as_what_it_is(recording, expected):
    assert kinds(recorded(recording)) == expected


def test_overfitting_names_its_epoch_and_all_four_losses():
    metrics = recorded("overfitting")
    (finding,) = explain(metrics, CONSTANT)
    best, last = metrics.epochs[7], metrics.epochs[-1]
    assert min(point.val_loss for point in metrics.epochs) == best.val_loss
    assert sentence(finding).startswith("Overfitting since epoch 8:")
    for value in (best.loss, last.loss, best.val_loss, last.val_loss):
        assert f"{value:.3g}" in sentence(finding)


def test_overfitting_is_not_said_before_the_validation_loss_has_risen():
    metrics = recorded("overfitting")
    assert "overfitting" not in kinds(until_batch(metrics, metrics.epochs[8].step))


def test_augmentation_is_only_suggested_where_there_is_none():
    metrics = recorded("overfitting")
    plain = sentence(explain(metrics, CONSTANT)[0])
    varied = sentence(explain(metrics, replace(CONSTANT, augmentation=("turn",)))[0])
    assert "augmentation" in plain
    assert "augmentation" not in varied


def test_a_jump_is_said_with_its_batch_and_both_learning_rates():
    metrics = recorded("jumping")
    said = sentence(explain(metrics, CONSTANT)[0])
    assert "at batch 84" in said
    assert "13" in said
    assert "At a learning rate of 0.1 " in said
    assert said.endswith("Try a learning rate of 0.01.")


def test_a_jump_to_thousands_is_said_in_a_number_as_people_write_it():
    batches = recorded("jumping").batches.copy()
    batches[83, 2] = 2_012.6
    said = sentence(explain(Metrics(batches), CONSTANT)[0])
    assert " to 2,010 at batch 84" in said


def test_no_jump_is_said_while_the_learning_rate_was_still_right():
    assert "learning_rate_too_high" not in kinds(until_batch(recorded("jumping"), 80))


def test_a_loss_that_is_no_number_is_the_only_thing_said():
    (finding,) = explain(recorded("diverged"), CONSTANT)
    assert "at batch 2 " in sentence(finding)
    assert "NaN" in sentence(finding)


def test_stuck_at_chance_says_ln_10_and_which_way_the_learning_rate_is_wrong():
    for recording, config, direction in (
        ("stuck", CONSTANT, "since the jump"),
        ("too_slow", SGD, "so small that the weights hardly move: try 0.01."),
    ):
        said = sentence(explain(recorded(recording), config)[-1])
        assert "ln 10 = 2.303" in said
        assert direction in said


def test_the_first_epoch_is_already_called_improving():
    assert kinds(Metrics(recorded("jumping").batches[:80])) == []
    metrics = recorded("plateau")
    assert kinds(Metrics(metrics.batches[:100])) == ["improving"]


@pytest.mark.parametrize("batches", [0, 1, 2, 30])
def test_nothing_is_said_about_a_training_that_has_just_begun(batches):
    for path in RECORDINGS.glob("*.jsonl"):
        if path.stem in ("diverged", "stuck"):
            continue
        metrics = MetricsReader(path).read()
        assert explain(Metrics(metrics.batches[:batches]), CONSTANT) == []


def test_a_loss_of_nothing_is_no_reason_to_fail():
    # As a Keras model may bring it along.
    epochs = [EpochPoint(number, number, 0.0, 1.0, 0.0, 1.0) for number in range(1, 5)]
    none = np.empty((0, 6))
    assert kinds(Metrics(none, tuple(epochs[:2]))) == []
    assert kinds(Metrics(none, tuple(epochs))) == ["plateau"]


def test_nothing_is_said_about_epochs_between_improving_and_flat():
    metrics = recorded("plateau")
    epochs = tuple(
        structs.replace(metrics.epochs[-1], epoch=number, val_loss=0.1 * 0.95**number)
        for number in range(1, 5)
    )
    assert explain(Metrics(metrics.batches, epochs), CONSTANT) == []


def test_a_noisy_validation_loss_near_its_best_is_not_called_overfitting():
    point = recorded("plateau").epochs[-1]
    losses = [(0.20, 0.060), (0.09, 0.040), (0.06, 0.031), (0.05, 0.033), (0.04, 0.032)]
    epochs: list[EpochPoint] = [
        structs.replace(point, epoch=number, loss=loss, val_loss=val_loss)
        for number, (loss, val_loss) in enumerate(losses, 1)
    ]
    assert "overfitting" not in kinds(Metrics(np.empty((0, 6)), tuple(epochs)))


def test_every_sentence_carries_numbers():
    for path in RECORDINGS.glob("*.jsonl"):
        for finding in explain(MetricsReader(path).read(), CONSTANT):
            assert len(re.findall(r"\d+\.?\d*", sentence(finding))) >= 2
