"""What a run's own numbers say about it, in sentences for a student.

Every sentence carries the numbers it follows from; where the numbers say nothing,
nothing is said. Whatever is said together fits together: one suggested learning rate,
and no praise for a run that had better start again.
"""

from mnist_cnn.analysis.finding import Finding
from mnist_cnn.analysis.generalization import (
    by_heart_or_plateau,
    improving,
    meaningful_epochs,
    overfitting,
    random_labels,
    settling,
)
from mnist_cnn.analysis.learning_rate import diverged, jumped, stuck
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.runs.metrics import Metrics


def explain(metrics: Metrics, config: TrainingConfig) -> list[Finding]:
    """What can be said about this run now; an empty list when nothing can."""
    if broken := diverged(metrics):
        return [broken]
    jump = jumped(metrics)
    if jump and jump.kind == "learning_rate_too_high":
        findings = [jump, stuck(metrics, config, jump)]
    elif config.shuffle_labels:
        findings = [jump, random_labels(metrics)]
    else:
        epochs = meaningful_epochs(metrics, config)
        findings = [
            jump,
            stuck(metrics, config, jump)
            or settling(metrics, config)
            or overfitting(epochs, config)
            or improving(metrics, epochs)
            or by_heart_or_plateau(epochs),
        ]
    return [finding for finding in findings if finding]
