"""The fused step is Keras' step, and leaves no trace in what is saved."""

import numpy as np
import pytest


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The same model trained by Keras' Adam and by the fused one, 20 steps each."""
    from mnist_cnn.training.process import prepare_environment

    prepare_environment()
    import keras

    from mnist_cnn.training.fused_adam import fused_adam

    rng = np.random.default_rng(1)
    x = rng.random((160, 12), np.float32)
    y = rng.integers(0, 3, 160)
    models = []
    for optimizer in (keras.optimizers.Adam(0.01), fused_adam(0.01)):
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
    path = tmp_path_factory.mktemp("saved") / "model.keras"
    models[1].save(path)
    return models, path, keras


def test_it_makes_the_steps_of_keras(trained):
    (plain, fused), _path, _keras = trained
    start = np.abs(plain.get_weights()[0]).max()
    for expected, found in zip(plain.get_weights(), fused.get_weights(), strict=True):
        np.testing.assert_allclose(found, expected, atol=2e-6 * max(start, 1))


def test_its_state_is_that_of_keras(trained):
    (plain, fused), _path, _keras = trained

    def names(model):  # without the optimizer's own, which Keras numbers
        paths = [variable.path for variable in model.optimizer.variables]
        return [path.partition("/")[2] for path in paths]

    assert names(fused) == names(plain)
    for expected, found in zip(
        plain.optimizer.variables, fused.optimizer.variables, strict=True
    ):
        np.testing.assert_allclose(np.asarray(found), np.asarray(expected), atol=1e-6)


def test_a_saved_model_opens_with_plain_keras(trained):
    (_plain, fused), path, keras = trained
    opened = keras.saving.load_model(path)
    assert type(opened.optimizer) is keras.optimizers.Adam
    assert "update_step" not in vars(opened.optimizer)
    assert int(opened.optimizer.iterations.numpy()) == 20
    for expected, found in zip(fused.get_weights(), opened.get_weights(), strict=True):
        np.testing.assert_array_equal(found, expected)
