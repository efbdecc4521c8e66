"""The summary without TensorFlow, held against Keras' own."""

import io

from mnist_cnn.nn.architecture import Architecture, ConvBlock
from mnist_cnn.nn.summary import summary

LARGE = Architecture(
    (ConvBlock(256, 11, pool=1), ConvBlock(64, 3, pool=4)), dense=(2048,)
)


def test_the_summary_is_keras_own_character_by_character(architecture):
    assert_is_keras_own(architecture)


def test_a_table_as_wide_as_its_numbers_is_keras_own_too():
    assert_is_keras_own(LARGE)


def assert_is_keras_own(architecture: Architecture) -> None:
    from mnist_cnn.training import model

    printed = io.StringIO()
    model.build(architecture).summary(line_length=80, print_fn=printed.write)
    assert summary(architecture) == printed.getvalue()
    assert f"{architecture.parameters:,}" in printed.getvalue()
