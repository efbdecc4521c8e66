"""The networks that a run had on its way."""

import numpy as np
import pytest

from mnist_cnn import runs
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.nn.quantization import from_bytes, to_bytes
from mnist_cnn.nn.weights import NetworkError
from mnist_cnn.runs import history


def test_a_small_file_reads_as_the_network_does(
    architecture, random_network, random_digits
):
    network = random_network(architecture)
    opened = from_bytes(architecture, to_bytes(network))
    digits = random_digits(20)
    np.testing.assert_allclose(
        opened.probabilities(digits), network.probabilities(digits), atol=0.02
    )


@pytest.mark.parametrize("damage", [b"", b"no network", None])
def test_a_damaged_file_is_a_sentence(damage, architectures, random_network):
    small = architectures["dense only"]
    content = to_bytes(random_network(small)) if damage is None else damage
    other = architectures["lecture"] if damage is None else small
    with pytest.raises(NetworkError):
        from_bytes(other, content)


def test_moments_are_in_order_and_know_their_epoch(architectures, random_network):
    small = architectures["dense only"]
    run = runs.submit(TrainingConfig(network=small))
    assert history.moments(run) == []
    run.history_path.mkdir()
    for step in (40, 0, 5):
        history.moment_path(run, step).write_bytes(to_bytes(random_network(small)))
    (run.history_path / "x.bin").write_bytes(b"not one of ours")
    assert [each.step for each in history.moments(run)] == [0, 5, 40]
    network = history.network_at(run, history.moments(run)[2])
    assert network.architecture == small
    gone = history.moments(run)[0]
    gone.path.unlink()
    with pytest.raises(NetworkError, match="gone"):
        history.network_at(run, gone)
