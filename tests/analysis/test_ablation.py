"""Each map or unit of a layer silenced, one by one."""

import numpy as np
import pytest

from mnist_cnn.analysis import ablation
from mnist_cnn.nn.damage import Damage


@pytest.fixture
def network(architectures, random_network):
    network = random_network(architectures["three blocks, no hidden dense"])
    # A map that is always 0 is worth nothing.
    network.weights["conv_2/kernel"][..., 1] = 0
    network.weights["conv_2/bias"][1] = -1
    return network


def test_it_counts_what_the_network_reads_without_each(network, random_digits):
    images = (255 * random_digits(230)).astype(np.uint8)
    pixels = images / np.float32(255)
    labels = network.probabilities(pixels).argmax(axis=1)
    labels[::7] = 3
    reported = []
    found = ablation.ablation(
        network, "conv_2", images, labels, lambda *done: reported.append(done)
    )
    for channel in range(4):
        without = network.damaged(Damage({"conv_2": [channel]})).probabilities(pixels)
        assert found.right[channel] == (without.argmax(axis=1) == labels).sum()
    before = network.probabilities(pixels).argmax(axis=1) == labels
    assert found.right_before == found.right[1] == before.sum()
    assert found.lost[1] == 0 and found.lost.max() > 0
    assert found.order[0] == found.right.argmin()
    assert (found.examples, reported[-1]) == (230, (230, 230))


def test_a_broken_network_is_measured_as_it_is(network, random_digits):
    images = (255 * random_digits(40)).astype(np.uint8)
    broken = network.damaged(Damage({"conv_3": range(5)}))
    found = ablation.ablation(broken, "conv_1", images, np.full(40, 3))
    # Only the last biases speak: nothing that is silenced before matters.
    assert set(found.right) == {found.right_before}


def test_a_costly_layer_is_measured_on_fewer_digits(architectures):
    lecture = architectures["lecture"]
    assert list(ablation.layers(lecture)) == ["conv_1", "conv_2", "dense_1"]
    few = ablation.examples(lecture, "conv_2", 10_000)
    assert 1_000 < few < 10_000 and few % 100 == 0
    assert ablation.examples(lecture, "dense_1", 10_000) == 10_000
    assert ablation.examples(lecture, "conv_2", 50) == 50
