"""The summary without TensorFlow, held against Keras' own."""

import pytest
from networks import ARCHITECTURES

from mnist_cnn.nn.architecture import Architecture, ConvBlock
from mnist_cnn.nn.summary import summary

LARGE = Architecture(
    (ConvBlock(256, 11, pool=1), ConvBlock(64, 3, pool=4)), dense=(2048,)
)


@pytest.mark.parametrize("name", [*ARCHITECTURES, "large"])
def test_the_summary_is_keras_own_character_by_character(name):
    from mnist_cnn.training import model

    architecture = (ARCHITECTURES | {"large": LARGE})[name]
    kept = model.summary_text(model.build(architecture))
    assert summary(architecture) == kept
    assert f"{architecture.parameters:,}" in kept
