"""A network broken on purpose: what is silent, noisy, coarse or without biases."""

import numpy as np
import pytest

from mnist_cnn.nn import damage
from mnist_cnn.nn.damage import Damage, DamageError, in_bits, noise, silenceable
from mnist_cnn.nn.gradients import gradients


def a_bit_silent(architecture) -> Damage:
    """The first and the last map or unit of every layer that has any."""
    counts = silenceable(architecture)
    return Damage({name: {0, count - 1} for name, count in counts.items()})


def test_what_is_silent_is_zero_and_all_else_as_before(
    architectures, random_network, a_seven
):
    network = random_network(architectures["batch norm, pool 3"])
    whole = network.forward(a_seven)
    broken = network.damaged(Damage({"relu_1": [0, 2]})).forward(a_seven)
    for name in ("conv_1", "batch_norm_1"):
        assert (broken.activations[name] == whole.activations[name]).all()
    before, after = whole.activations["relu_1"], broken.activations["relu_1"]
    assert before[..., [0, 2]].any()
    assert not after[..., [0, 2]].any()
    assert (after[..., [1, 3]] == before[..., [1, 3]]).all()
    assert (broken.probabilities != whole.probabilities).any()


def test_silence_is_as_if_nobody_listened(architectures, random_network, random_digits):
    network = random_network(architectures["lecture"])
    digits, silent = random_digits(3), [0, 5, 31]
    found = network.damaged(Damage({"pool_1": silent})).probabilities(digits)
    network.weights["conv_2/kernel"][:, :, silent] = 0
    np.testing.assert_allclose(found, network.probabilities(digits), atol=1e-6)


def test_every_layer_but_the_last_can_be_silent(sequential, random_network, a_seven):
    found = random_network(sequential).damaged(a_bit_silent(sequential))
    activations = found.forward(a_seven).activations
    for name in silenceable(sequential):
        assert not activations[name][..., [0, -1]].any()
    assert activations["output"].sum() == pytest.approx(1)


def test_a_gradient_takes_no_way_through_silence(sequential, random_network, a_seven):
    network = random_network(sequential).damaged(a_bit_silent(sequential))
    forward, pixels = network.forward(a_seven), a_seven.copy()
    found = gradients(forward, 3)["image"][0, ..., 0]
    pixels[10, 15] += 0.01
    raised = network.forward(pixels).pre_activations["output"][0, 3]
    change = raised - forward.pre_activations["output"][0, 3]
    assert change == pytest.approx(0.01 * found[10, 15], abs=2e-4)


def test_the_noise_is_always_the_same_and_nearly_normal():
    found = noise(200_000)
    # mulberry32 of 0 begins with 1144304738, whose bytes are 68, 52, 180 and 98.
    assert found[0] == pytest.approx((68 + 52 + 180 + 98 - 510) / 147.80054127)
    assert (noise(50, 1000) == found[1000:1050]).all()
    assert abs(found.mean()) < 0.01
    assert found.std() == pytest.approx(1, abs=0.01)
    assert (np.abs(found) < 1).mean() == pytest.approx(0.683, abs=0.02)


def test_noise_is_measured_by_each_kernels_own_spread(architectures, random_network):
    network = random_network(architectures["lecture"])
    network.weights["dense_1/kernel"] *= 100
    noisy = network.damaged(Damage(noise=0.5))
    for name, values in network.weights.items():
        change = noisy.weights[name] - values
        if name.endswith("kernel"):
            assert change.std() == pytest.approx(0.5 * values.std(), rel=0.1)
        else:
            assert not change.any()


@pytest.mark.parametrize("bits", damage.BITS)
def test_a_weight_of_few_bits_has_as_many_values(bits, architectures, random_network):
    network = random_network(architectures["lecture"])
    coarse = network.damaged(Damage(bits=bits)).weights
    for name in ("conv_1/kernel", "dense_1/kernel"):
        column, before = coarse[name][..., 3], network.weights[name][..., 3]
        assert len(np.unique(column)) <= 2**bits
        assert np.corrcoef(column.ravel(), before.ravel())[0, 1] > 0.7
    assert (coarse["output/bias"] == network.weights["output/bias"]).all()


def test_a_channel_of_zeros_has_few_bits_too():
    for bits in damage.BITS:
        assert not in_bits(np.zeros((3, 3, 1, 2), np.float32), bits).any()


def test_without_biases_an_empty_image_is_read_as_nothing(
    architectures, random_network
):
    network = random_network(architectures["three blocks, no hidden dense"])
    network = network.damaged(Damage(zero_biases=True))
    read = network.probabilities(np.zeros((28, 28)))
    np.testing.assert_allclose(read, 0.1, atol=1e-6)


LINKS = {
    "": Damage(),
    "conv_1.0-3.7": Damage({"conv_1": [0, 1, 2, 3, 7]}),
    "conv_1.31~dense_1.0-998": Damage({"conv_1": [31], "dense_1": range(999)}),
    "noise.55~bits.4~biases": Damage(noise=0.55, bits=4, zero_biases=True),
}


@pytest.mark.parametrize("link", LINKS)
def test_damage_stands_in_a_link_and_in_json(link):
    found = LINKS[link]
    assert found.to_link() == link
    assert Damage.from_link(link) == found == Damage.from_dict(found.to_dict())
    assert bool(found) == bool(link)
    assert hash(found) == hash(Damage.from_link(link))


@pytest.mark.parametrize(
    "link",
    [
        *("conv_1", "conv_1.", "conv_1.x", "conv_1.-1", "conv_1.3-1", "conv_1.4096"),
        *("noise.201", "noise.", "noise.1e5", "bits.3", "biases.1", "~", "conv_1.²"),
        "conv_1.0-4095." * 9999 + "0",
    ],
)
def test_another_link_is_refused_with_a_sentence(link):
    with pytest.raises(DamageError, match=r"\.$"):
        Damage.from_link(link)


@pytest.mark.parametrize(
    "values",
    [
        None,
        {},
        *(
            {"without": {}, "zeroBiases": False, "noise": 0, "bits": None} | wrong
            for wrong in (
                *({"without": each} for each in ("abc", 3, {"conv_1": 4}, [[]])),
                *({"without": {"conv_1": each}} for each in (["0"], [0.5], [-1])),
                *({"noise": float("nan")}, {"noise": "1"}, {"bits": 8.0}),
                {"zeroBiases": "yes"},
            )
        ),
    ],
)
def test_other_json_is_refused_with_a_sentence(values):
    with pytest.raises(DamageError, match=r"\.$"):
        Damage.from_dict(values)


def test_what_a_network_does_not_have_cannot_be_silent(architectures, random_network):
    network = random_network(architectures["lecture"])
    for name, channel in (("conv_3", 0), ("output", 1), ("flatten", 0), ("conv_1", 32)):
        asked = Damage({name: [channel], "conv_2": [1]}, noise=0.1)
        with pytest.raises(DamageError, match=rf"{name}.*\.$"):
            network.damaged(asked)
        fitting = asked.fitting(network.architecture)
        assert fitting == Damage({"conv_2": [1]}, noise=0.1)


def test_what_was_silent_speaks_again_when_it_is_toggled():
    once = Damage({"conv_1": [3]}, bits=4).toggled("conv_1", 5)
    assert once.silent == {"conv_1": (3, 5)}
    assert once.toggled("conv_1", 3).toggled("conv_1", 5) == Damage(bits=4)
