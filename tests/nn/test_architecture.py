"""A network as data: shapes, parameters, receptive fields."""

import json
import math
import re

import numpy as np
import pytest

from mnist_cnn.nn.architecture import (
    LECTURE_NETWORK,
    Architecture,
    ArchitectureError,
    ConvBlock,
)


def test_the_seed_network_is_the_lectures():
    rows = [
        (each.name, each.kind, each.output_shape, each.parameters, each.formula)
        for each in LECTURE_NETWORK.layers()
    ]
    assert rows == [
        ("conv_1", "conv", (28, 28, 32), 832, "(5·5·1 + 1)·32 = 832"),
        ("pool_1", "pool", (14, 14, 32), 0, "0"),
        ("conv_2", "conv", (14, 14, 64), 8_256, "(2·2·32 + 1)·64 = 8,256"),
        ("pool_2", "pool", (7, 7, 64), 0, "0"),
        ("dropout", "dropout", (7, 7, 64), 0, "0"),
        ("flatten", "flatten", (3136,), 0, "0"),
        ("dense_1", "dense", (1000,), 3_137_000, "(3136 + 1)·1000 = 3,137,000"),
        ("output", "dense", (10,), 10_010, "(1000 + 1)·10 = 10,010"),
    ]
    assert LECTURE_NETWORK.parameters == 3_156_098
    assert LECTURE_NETWORK.layer("dropout").rate == 0.25


def test_the_seed_networks_multiplications_are_those_worked_out_by_hand():
    by_name = {each.name: each.multiply_adds for each in LECTURE_NETWORK.layers()}
    assert by_name["conv_1"] == 28 * 28 * 32 * (5 * 5 * 1)
    assert by_name["conv_2"] == 14 * 14 * 64 * (2 * 2 * 32)
    assert by_name["dense_1"] == 3136 * 1000
    assert by_name["output"] == 1000 * 10
    assert by_name["pool_1"] == by_name["dropout"] == by_name["flatten"] == 0


def test_the_seed_networks_receptive_fields_are_those_worked_out_by_hand():
    fields = {each.name: each.receptive_field for each in LECTURE_NETWORK.layers()}
    assert fields["conv_1"] == 5
    assert fields["pool_1"] == 6
    assert fields["conv_2"] == 8
    assert fields["pool_2"] == 10
    assert fields["dense_1"] == 28


def test_shapes_and_parameters_are_keras_own(architecture):
    from mnist_cnn.training import model

    built = model.build(architecture)
    layers = architecture.layers()
    assert [each.name for each in layers] == [each.name for each in built.layers]
    for layer, keras_layer in zip(layers, built.layers, strict=True):
        assert type(keras_layer).__name__ == layer.keras_class
        assert keras_layer.output.shape == (None, *layer.output_shape)
        assert keras_layer.count_params() == layer.parameters
        trainable = sum(math.prod(x.shape) for x in keras_layer.trainable_variables)
        assert trainable == layer.trainable_parameters
    assert built.count_params() == architecture.parameters


def test_every_formula_gives_the_parameters(architecture):
    for layer in architecture.layers():
        if layer.parameters:
            calculation, result = layer.formula.split(" = ")
            assert re.fullmatch(r"[\d·+() ]+", calculation)
            assert eval(calculation.replace("·", "*")) == layer.parameters
            assert int(result.replace(",", "")) == layer.parameters


def test_a_unit_sees_exactly_its_receptive_field(
    random_digits, random_network, architecture
):
    network = random_network(architecture)
    image = random_digits(1)[0]
    spots = np.eye(784, dtype=np.float32).reshape(784, 28, 28)
    # Brighter and darker, since pooling passes on only what is the largest.
    changed = np.concatenate([image + 9 * spots, image - 9 * spots])
    base = network.forward(image).pre_activations
    results = network.forward(changed).pre_activations
    for layer in network.layers:
        if len(layer.output_shape) != 3:
            break
        middle = layer.output_shape[0] // 2
        before = base[layer.name][:, middle, middle]
        differs = (results[layer.name][:, middle, middle] != before).any(axis=1)
        seen = (differs[:784] | differs[784:]).reshape(28, 28)
        rows = np.flatnonzero(seen.any(axis=1))
        if rows[0] > 0 and rows[-1] < 27:
            assert rows[-1] - rows[0] + 1 == layer.receptive_field


def test_a_network_survives_json(architecture):
    stored = json.loads(json.dumps(architecture.to_dict()))
    assert Architecture.from_dict(stored) == architecture


def test_a_network_of_an_earlier_lab_is_read_and_written_as_it_was():
    block = {"filters": 32, "kernel": 5, "padding": "same", "pool": 2}
    stored = {"blocks": [block, block | {"filters": 64, "kernel": 2}]}
    stored |= {"dropout": 0.25, "dense": [1000], "batch_norm": False}
    assert Architecture.from_dict(stored) == LECTURE_NETWORK
    assert json.loads(json.dumps(LECTURE_NETWORK.to_dict())) == stored


@pytest.mark.parametrize(
    "stored",
    [
        None,
        [],
        "seed",
        {},
        {"blocks": 3, "dense": []},
        {"blocks": [{"depth": 1}]},
        LECTURE_NETWORK.to_dict() | {"color": "red"},
        LECTURE_NETWORK.to_dict() | {"dense": None},
    ],
)
def test_what_is_no_network_is_refused_with_a_sentence(stored):
    with pytest.raises(ArchitectureError, match="not a network the lab knows"):
        Architecture.from_dict(stored)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"blocks": (ConvBlock(0, 5),)}, "Block 1: filters must be from 1 to 256"),
        ({"blocks": (ConvBlock(257, 5),)}, "Block 1: filters must be from 1 to 256"),
        ({"blocks": (ConvBlock(8, 3), ConvBlock(8, 12))}, "Block 2: kernel must be"),
        ({"blocks": (ConvBlock(8, 3, pool=5),)}, "Block 1: pooling must be from 1"),
        ({"blocks": (ConvBlock(8, 3, "full"),)}, 'padding must be "same" or "valid"'),
        ({"blocks": (ConvBlock(8, 2.5),)}, "kernel must be a whole number"),
        ({"blocks": (ConvBlock(True, 3),)}, "filters must be a whole number"),
        ({"blocks": (ConvBlock(8, 3),) * 4}, "convolution blocks must be from 0 to 3"),
        ({"dense": (0,)}, "Dense units must be from 1 to 4096"),
        ({"dense": (10,) * 4}, "dense layers must be from 0 to 3"),
        ({"dropout": 0.95}, "Dropout must be from 0 to 0.9"),
        ({"dropout": -0.1}, "Dropout must be from 0 to 0.9"),
        ({"dropout": 10**400}, "Dropout must be from 0 to 0.9"),
        ({"dropout": float("nan")}, "Dropout must be from 0 to 0.9"),
        ({"dropout": "0.5"}, "Dropout must be a number"),
        ({"batch_norm": 1}, "Batch normalization must be true or false"),
        ({"blocks": (ConvBlock(8, 3, stride=5),)}, "Block 1: stride must be from 1"),
        ({"blocks": (ConvBlock(8, 3, pooling="min"),)}, "the max or the average"),
        ({"activation": "gelu"}, "does not know the activation 'gelu'"),
        ({"global_average": 1}, "Global average pooling must be true or false"),
        ({"blocks": (), "global_average": True}, "needs a convolution block"),
    ],
)
def test_a_value_out_of_its_range_is_named(values, message):
    with pytest.raises(ArchitectureError, match=message):
        Architecture(**values)


def test_a_kernel_larger_than_the_image_that_reaches_it_is_explained():
    blocks = (ConvBlock(8, 3, pool=4), ConvBlock(8, 11, "valid"))
    with pytest.raises(ArchitectureError, match=r"conv_2: .*11×11.*7×7 image"):
        Architecture(blocks)


def test_pooling_away_more_than_there_is_is_explained():
    with pytest.raises(ArchitectureError, match=r"pool_3: .*1×1 image"):
        Architecture(
            (ConvBlock(8, 3, pool=4), ConvBlock(8, 3, pool=4), ConvBlock(8, 3))
        )


def test_a_network_too_large_for_a_classroom_is_refused_with_its_size():
    with pytest.raises(ArchitectureError, match="would have 205,566,602 parameters"):
        Architecture((ConvBlock(64, 3, pool=1),), dense=(4096,))
