"""Runs that differ in their seed alone: how much of a result is chance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from mnist_cnn.experiments.config import RANGES, TrainingConfig
from mnist_cnn.runs.run import Run
from mnist_cnn.runs.store import submit


def submit_seeds(config: TrainingConfig, count: int, **options: Any) -> list[Run]:
    """Queues the same training with so many seeds, from the config's own upwards.

    Args:
        config: what to train.
        count: of seeds, at least 1.
        options: for ``submit``, such as the preset and the owner.

    Raises:
        RunError: if a folder cannot be written; the runs before it stay.
    """
    highest = int(RANGES["seed"][1])
    seeds = [(config.seed + number) % (highest + 1) for number in range(count)]
    return [submit(replace(config, seed=seed), **options) for seed in seeds]


def seed_groups(found: Iterable[Run]) -> list[list[Run]]:
    """The runs in groups with equal settings but for the seed, each in its order."""
    groups: dict[TrainingConfig, list[Run]] = {}
    for run in found:
        groups.setdefault(replace(run.config, seed=0), []).append(run)
    return list(groups.values())
