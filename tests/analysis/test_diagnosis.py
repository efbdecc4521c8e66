"""What is said about recorded real trainings; see recordings/README.md."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mnist_cnn.analysis.diagnosis import explain
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.runs.metrics import EpochPoint, Metrics
from mnist_cnn.runs.metrics_reader import MetricsReader

RECORDINGS = Path(__file__).parents[1] / "recordings"


def recorded(name: str) -> Metrics:
    metrics = MetricsReader(RECORDINGS / f"{name}.jsonl").read()
    assert metrics.epochs
    return metrics


def until_batch(metrics: Metrics, step: int) -> Metrics:
    return Metrics(
        metrics.batches[metrics.step <= step],
        tuple(point for point in metrics.epochs if point.step <= step),
    )


def kinds(metrics: Metrics) -> list[str]:
    return [finding.kind for finding in explain(metrics)]


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
    (finding,) = explain(metrics)
    best, last = metrics.epochs[7], metrics.epochs[-1]
    assert min(point.val_loss for point in metrics.epochs) == best.val_loss
    assert finding.sentence.startswith("Overfitting since epoch 8:")
    for value in (best.loss, last.loss, best.val_loss, last.val_loss):
        assert f"{value:.3g}" in finding.sentence


def test_overfitting_is_not_said_before_the_validation_loss_has_risen():
    metrics = recorded("overfitting")
    assert "overfitting" not in kinds(until_batch(metrics, metrics.epochs[8].step))


def test_augmentation_is_only_suggested_where_there_is_none():
    metrics = recorded("overfitting")
    plain = explain(metrics, TrainingConfig())[0].sentence
    varied = explain(metrics, TrainingConfig(augmentation=("turn",)))[0].sentence
    assert "augmentation" in plain
    assert "augmentation" not in varied


def test_a_jump_is_said_with_its_batch_and_both_learning_rates():
    metrics = recorded("jumping")
    sentence = explain(metrics)[0].sentence
    assert "at batch 84" in sentence
    assert "13" in sentence
    assert "At a learning rate of 0.1 " in sentence
    assert sentence.endswith("Try 0.01.")


def test_no_jump_is_said_while_the_learning_rate_was_still_right():
    assert "learning_rate_too_high" not in kinds(until_batch(recorded("jumping"), 80))


def test_a_loss_that_is_no_number_is_the_only_thing_said():
    (finding,) = explain(recorded("diverged"))
    assert "at batch 2 " in finding.sentence
    assert "NaN" in finding.sentence


def test_stuck_at_chance_says_ln_10_and_which_way_the_learning_rate_is_wrong():
    for recording, direction in (("stuck", "so large"), ("too_slow", "so small")):
        sentence = explain(recorded(recording))[-1].sentence
        assert "ln 10 = 2.303" in sentence
        assert direction in sentence


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
        assert explain(Metrics(metrics.batches[:batches])) == []


def test_nothing_is_said_about_epochs_between_improving_and_flat():
    metrics = recorded("plateau")
    epochs = tuple(
        replace(metrics.epochs[-1], epoch=number, val_loss=0.1 * 0.95**number)
        for number in range(1, 5)
    )
    assert explain(Metrics(metrics.batches, epochs)) == []


def test_a_noisy_validation_loss_near_its_best_is_not_called_overfitting():
    point = recorded("plateau").epochs[-1]
    losses = [(0.20, 0.060), (0.09, 0.040), (0.06, 0.031), (0.05, 0.033), (0.04, 0.032)]
    epochs: list[EpochPoint] = [
        replace(point, epoch=number, loss=loss, val_loss=val_loss)
        for number, (loss, val_loss) in enumerate(losses, 1)
    ]
    assert "overfitting" not in kinds(Metrics(np.empty((0, 6)), tuple(epochs)))


def test_every_sentence_carries_numbers():
    for path in RECORDINGS.glob("*.jsonl"):
        for finding in explain(MetricsReader(path).read()):
            assert len(re.findall(r"\d+\.?\d*", finding.sentence)) >= 2
