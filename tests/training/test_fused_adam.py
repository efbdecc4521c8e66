"""The fused step is Keras' step."""

import numpy as np
import pytest


@pytest.fixture(scope="module")
def trained():
    """The same model trained by Keras' Adam and by the fused one, 20 steps each."""
    from mnist_cnn.training.environment import prepare_keras

    prepare_keras()
    import keras

    from mnist_cnn.training.fused_adam import FusedAdam

    rng = np.random.default_rng(1)
    x = rng.random((160, 12), np.float32)
    y = rng.integers(0, 3, 160)
    models = []
    for optimizer in (keras.optimizers.Adam(0.01), FusedAdam(0.01)):
        keras.utils.set_random_seed(1)
        model = keras.Sequential(
            [
                keras.Input((12,)),
                keras.layers.Dense(8, activation="relu", name="hidden"),
                keras.layers.Dense(3, activation="softmax", name="output"),
            ],
            name="network",
        )
        model.compile(optimizer, "sparse_categorical_crossentropy")
        model.fit(x, y, batch_size=16, epochs=2, shuffle=False, verbose=0)
        models.append(model)
    return models


def test_it_makes_the_steps_of_keras(trained):
    plain, fused = trained
    start = np.abs(plain.get_weights()[0]).max()
    for expected, found in zip(plain.get_weights(), fused.get_weights(), strict=True):
        np.testing.assert_allclose(found, expected, atol=2e-6 * max(start, 1))


def test_its_state_is_that_of_keras(trained):
    plain, fused = trained

    def names(model):  # without the optimizer's own, which Keras numbers
        paths = [variable.path for variable in model.optimizer.variables]
        return [path.partition("/")[2] for path in paths]

    assert names(fused) == names(plain)
    for expected, found in zip(
        plain.optimizer.variables, fused.optimizer.variables, strict=True
    ):
        np.testing.assert_allclose(np.asarray(found), np.asarray(expected), atol=1e-6)
