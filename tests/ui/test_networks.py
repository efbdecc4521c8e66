"""Which networks stay in memory."""

import os

import pytest

from mnist_cnn import runs
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.ui.networks import NetworkCache


@pytest.fixture
def trained(runs_folder):
    def make() -> runs.Run:
        run = runs.submit(TrainingConfig())
        pretrained = runs.find(runs.PRETRAINED).weights_path
        run.weights_path.write_bytes(pretrained.read_bytes())
        return run

    return make


def test_a_run_that_trains_has_one_network_in_memory_its_newest(trained):
    cache, run = NetworkCache(10**9), trained()
    first = cache.load(run)
    size = cache.size
    assert cache.load(run) is first
    os.utime(run.weights_path, ns=(1, 1))
    assert cache.load(run) is not first
    assert cache.size == size


def test_networks_beyond_the_limit_go_the_one_used_longest_ago_first(trained):
    one, two, three = trained(), trained(), trained()
    cache = NetworkCache(10**9)
    kept = cache.load(one)
    cache = NetworkCache(int(cache.size * 2.5))
    kept, gone = cache.load(one), cache.load(two)
    cache.load(one)
    cache.load(three)
    assert cache.load(one) is kept
    assert cache.load(two) is not gone
