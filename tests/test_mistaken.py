"""Mistakes come out of a run folder, and only for the test set they belong to."""

from dataclasses import replace

import numpy as np
import pytest

from mnist_cnn import runs
from mnist_cnn.config import TrainingConfig
from mnist_cnn.mistaken import mistakes


def predicted(run, digits, wrong, fingerprint=None):
    probabilities = np.eye(10, dtype=np.float32)[digits.y_test]
    probabilities[wrong] = np.roll(probabilities[wrong], 1, axis=1)
    np.savez(
        run.predictions_path,
        probabilities=probabilities,
        labels=digits.y_test,
        fingerprint=np.array(fingerprint or digits.fingerprint),
    )


@pytest.fixture
def run(runs_folder):
    return runs.submit(TrainingConfig())


def test_the_digits_read_wrongly_are_found(run, mnist):
    predicted(run, mnist, [5, 17, 99])
    assert mistakes(run, mnist).tolist() == [5, 17, 99]


def test_predictions_for_another_test_set_are_not_taken(run, mnist):
    predicted(run, mnist, [5], "0" * 16)
    assert mistakes(run, mnist).tolist() == []
    predicted(run, mnist, [5])
    shorter = replace(mnist, x_test=mnist.x_test[:50], y_test=mnist.y_test[:50])
    assert mistakes(run, shorter).tolist() == []


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 damaged", b"text"])
def test_missing_or_damaged_predictions_are_no_mistakes(run, mnist, content):
    if content is not None:
        run.predictions_path.write_bytes(content)
    assert mistakes(run, mnist).tolist() == []
