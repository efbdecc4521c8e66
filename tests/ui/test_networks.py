"""Which networks stay in memory."""

import gc
import os
import weakref

import pytest

from mnist_cnn import runs
from mnist_cnn.nn.damage import Damage
from mnist_cnn.nn.network import Network
from mnist_cnn.ui.network_cache import NetworkCache
from mnist_cnn.ui.networks import Chosen, broken


@pytest.fixture
def trained(runs_folder, run_like_pretrained):
    return run_like_pretrained


def loaded(cache: NetworkCache, run: runs.Run) -> Network:
    version = run.network_version()
    return cache.load(run.weights_path, version, lambda: runs.load_network(run.id))


def test_a_run_that_trains_has_one_network_in_memory_its_newest(trained):
    cache, run = NetworkCache(10**9), trained()
    first = loaded(cache, run)
    size = cache.size
    assert loaded(cache, run) is first
    os.utime(run.weights_path, ns=(1, 1))
    assert loaded(cache, run) is not first
    assert cache.size == size


def test_networks_beyond_the_limit_go_the_one_used_longest_ago_first(trained):
    one, two, three = trained(), trained(), trained()
    cache = NetworkCache(10**9)
    kept = loaded(cache, one)
    cache = NetworkCache(int(cache.size * 2.5))
    kept, gone = loaded(cache, one), loaded(cache, two)
    loaded(cache, one)
    loaded(cache, three)
    assert loaded(cache, one) is kept
    assert loaded(cache, two) is not gone


def test_no_other_network_gets_the_id_of_one_whose_broken_network_is_kept(
    architectures, random_network
):
    network = random_network(architectures["three blocks, no hidden dense"])
    lives = weakref.ref(network)
    broken(Chosen(runs.find(runs.PRETRAINED), network, ""), Damage(bits=4))
    del network
    gc.collect()
    assert lives()
