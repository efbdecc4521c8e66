"""The ordered dense layer is Keras' layer, in values and gradients."""

import numpy as np
import pytest

UNITS = 7


@pytest.fixture(scope="module")
def keras():
    from mnist_cnn.training.environment import prepare_keras

    prepare_keras()
    import keras

    return keras


def pair(keras, activation: str):
    """Keras' own layer and the ordered one, with the same weights."""
    from mnist_cnn.training.ordered_dense import OrderedDense

    plain = keras.layers.Dense(UNITS, activation=activation)
    ordered = OrderedDense(UNITS, activation=activation)
    plain.build((None, 12))
    ordered.build((None, 12))
    ordered.set_weights(plain.get_weights())
    return plain, ordered


@pytest.mark.parametrize("activation", ["relu", "softmax"])
@pytest.mark.parametrize("rows", [1, 5])
def test_values_and_gradients_are_those_of_keras(keras, activation, rows):
    import tensorflow as tf

    rng = np.random.default_rng(rows)
    inputs = tf.constant(rng.standard_normal((rows, 12), np.float32))
    weights = tf.constant(rng.standard_normal((rows, UNITS), np.float32))

    def both(layer) -> list[np.ndarray]:
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            output = layer(inputs)
            scalar = tf.reduce_sum(output * weights)
        sources = [inputs, *(each.value for each in layer.trainable_variables)]
        return [output, *tape.gradient(scalar, sources)]

    results = [both(layer) for layer in pair(keras, activation)]
    assert len(results[0]) == 4
    for expected, found in zip(*results, strict=True):
        assert np.abs(expected).max() > 0
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


def test_the_kernels_gradient_waits_for_that_of_the_input(keras):
    import tensorflow as tf

    _plain, layer = pair(keras, "relu")

    @tf.function
    def gradients(inputs):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            scalar = tf.reduce_sum(layer(inputs))
        return tape.gradient(scalar, [inputs, layer.kernel.value])

    graph = gradients.get_concrete_function(tf.TensorSpec((5, 12))).graph
    products = [each for each in graph.get_operations() if each.type == "MatMul"]
    assert len(products) == 3
    (of_kernel,) = (each for each in products if each.control_inputs)
    assert of_kernel.get_attr("transpose_a")
    assert [each.type for each in of_kernel.control_inputs] == ["Transpose"]
