"""Which filter costs most: each map or unit of a layer silenced, one by one.

What is measured is what a network loses without it, not what it is for: others may do
the same, and then none of them costs anything (Morcos et al. 2018, "On the importance
of single directions for generalization").
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mnist_cnn.nn.layers import OUTPUT, LayeredArchitecture
from mnist_cnn.nn.network import Network

# Multiply-adds; about 40 s of one thread (measured).
AFFORDABLE = 500_000_000_000
CHUNK = 100


@dataclass(frozen=True)
class Ablation:
    """What a layer's maps or units are worth to a network.

    Attributes:
        right: int (channels,), digits read right with each of them silent, alone.
        right_before: digits read right with none of them silent in addition.
        examples: digits that were read.
    """

    right: np.ndarray
    right_before: int
    examples: int

    @cached_property
    def lost(self) -> np.ndarray:
        """(channels,), the fraction of the digits lost; below 0 if some were won."""
        return (self.right_before - self.right) / self.examples

    @cached_property
    def order(self) -> np.ndarray:
        """The maps or units, those first that cost most."""
        return np.argsort(self.right, kind="stable")


def layers(architecture: LayeredArchitecture) -> dict[str, int]:
    """How many maps or units to silence, by the name of each layer that has weights."""
    return {
        layer.name: layer.output_shape[-1]
        for layer in architecture.layers()
        if layer.kind in ("conv", "dense") and layer.name != OUTPUT
    }


def examples(architecture: LayeredArchitecture, name: str, available: int) -> int:
    """How many digits can be read in reasonable time: whole chunks, or all."""
    after = architecture.layers()[architecture.index(name) + 1 :]
    each = layers(architecture)[name] * sum(layer.multiply_adds for layer in after)
    affordable = max(CHUNK, AFFORDABLE // max(each, 1) // CHUNK * CHUNK)
    return min(available, affordable)


def ablation(
    network: Network,
    name: str,
    images: np.ndarray,
    labels: np.ndarray,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Ablation:
    """Reads digits without each of a layer's maps or units.

    Args:
        network: any, a broken one, too.
        name: of the layer.
        images: uint8 (N, 28, 28), of which ``examples`` says how many are read, evenly
            from all.
        labels: (N,), 0 to 9.
        report: called after each part, with the digits done and all.
    """
    count = examples(network.architecture, name, len(images))
    chosen = np.linspace(0, len(images), count, endpoint=False).astype(int)
    channels = network.architecture.layer(name).output_shape[-1]
    right, right_before = np.zeros(channels, np.int64), 0
    for start in range(0, count, CHUNK):
        part = chosen[start : start + CHUNK]
        truth = labels[part]
        forward = network.forward(images[part] / np.float32(255))
        values = forward.activations[name]
        is_right = forward.activations[OUTPUT].argmax(axis=1) == truth
        right_before += int(is_right.sum())
        for channel in range(channels):
            # Whom it says nothing of reads as before.
            matters = values[..., channel].reshape(len(part), -1).any(axis=1)
            right[channel] += is_right[~matters].sum()
            if matters.any():
                without = values[matters]
                without[..., channel] = 0
                read = network.probabilities_after(name, without).argmax(axis=1)
                right[channel] += (read == truth[matters]).sum()
        report(start + len(part), count)
    return Ablation(right, right_before, count)
