"""One thing that a diagnosis says of a run, and what all of them reckon with."""

import math
from dataclasses import dataclass
from typing import Any

from mnist_cnn.runs.metrics import Metrics

# Cross-entropy of giving each of ten digits the probability 1/10.
CHANCE_LOSS = math.log(10)
RECENT = 50


@dataclass(frozen=True)
class Finding:
    """One thing that can be said.

    Attributes:
        kind: "diverged", "learning_rate_too_high", "jumped", "stuck", "random_labels",
            "settling", "overfitting", "by_heart", "improving" or "plateau".
        message: the sentences, with a named field for each number.
        values: the numbers; where a learning rate is suggested, as ``suggested``.
    """

    kind: str
    message: str
    values: dict[str, Any]


def recent(metrics: Metrics) -> tuple[float, float, float]:
    """Mean loss of the batches before the recent ones; theirs, and their accuracy."""
    return (
        float(metrics.loss[-2 * RECENT : -RECENT].mean()),
        float(metrics.loss[-RECENT:].mean()),
        float(metrics.accuracy[-RECENT:].mean()),
    )
