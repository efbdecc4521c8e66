"""How the learning rate changes over a training run."""

from __future__ import annotations

import math


def learning_rate(schedule: str, peak: float, step: int, total_steps: int) -> float:
    """The rate for one step of the optimizer.

    Args:
        schedule: "constant": always ``peak``. "cosine": a straight warm-up over the
            first tenth of the steps, then down to 0 along half a cosine (Loshchilov,
            Hutter 2017, "SGDR").
        peak: the highest rate.
        step: from 0 to ``total_steps - 1``.
        total_steps: of the whole training.
    """
    if schedule == "constant":
        return peak
    warm_up = max(1, round(0.1 * total_steps))
    if step < warm_up:
        return peak * (step + 1) / warm_up
    progress = (step - warm_up) / max(1, total_steps - warm_up)
    return peak * 0.5 * (1 + math.cos(math.pi * min(progress, 1.0)))
