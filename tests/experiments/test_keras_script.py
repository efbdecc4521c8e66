"""The Python file to take home trains this very network."""

import ast
import json
import warnings
from dataclasses import replace

import numpy as np
import pytest

from mnist_cnn.digits import datasets
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.experiments.keras_script import keras_script
from mnist_cnn.experiments.presets import PRESETS
from mnist_cnn.nn.architecture import Architecture, ConvBlock
from mnist_cnn.nn.network import Network
from mnist_cnn.nn.sequential import LayerSpec, Sequential
from mnist_cnn.training import model


@pytest.mark.parametrize("preset", list(PRESETS))
def test_it_is_python_of_at_most_110_lines_without_the_lab(preset):
    text = keras_script(PRESETS[preset].config)
    compile(text, "script.py", "exec")
    assert len(text.splitlines()) <= 110
    assert max(map(len, text.splitlines())) <= 88
    assert "mnist_cnn." not in text.replace("mnist_cnn.keras", "")


@pytest.fixture
def few(mnist, monkeypatch):
    """What plain Keras loads: 2,000 digits to train on, 500 to test on."""
    import keras

    monkeypatch.delenv("MNIST_CNN_DATA", raising=False)

    digits = (
        (mnist.x_train[:2000], mnist.y_train[:2000]),
        (mnist.x_test[:500], mnist.y_test[:500]),
    )
    monkeypatch.setattr(keras.datasets.mnist, "load_data", lambda: digits)


ANY_KIND = Sequential(
    (
        LayerSpec("rescaling", scale=2.0, offset=-1.0),
        LayerSpec("conv", 4, 3, 2, "same", "leaky_relu", slope=0.2),
        LayerSpec("batch_norm"),
        LayerSpec("tanh"),
        LayerSpec("average_pool", size=3, stride=2),
        LayerSpec("leaky_relu", slope=0.1),
        LayerSpec("global_average_pool"),
        LayerSpec("dense", 8, activation="sigmoid"),
        LayerSpec("dense", 10, activation="softmax"),
    )
)


@pytest.mark.parametrize(
    "config", [PRESETS["small"].config, TrainingConfig(ANY_KIND)], ids=["small", "any"]
)
def test_it_builds_the_same_network_with_the_same_first_weights(few, config):
    import keras

    names: dict = {}
    exec(keras_script(config).split("model.summary()")[0], names)
    keras.utils.set_random_seed(config.seed)
    lab = model.build(config.network)
    ours = model.weights_of(lab)
    theirs = model.weights_of(names["model"])
    assert len(ours) == len(theirs)
    pixels = model.as_input(names["x_test"][:3, ..., 0])
    assert np.array_equal(lab(pixels), names["model"](pixels))
    for mine, other in zip(ours.values(), theirs.values(), strict=True):
        assert np.array_equal(mine, other)
    forward = Network(config.network, ours).probabilities(np.eye(28))
    read = names["model"](np.eye(28)[None, :, :, None], training=False)
    np.testing.assert_allclose(forward, np.asarray(read), atol=1e-5)


def test_it_runs_to_its_end_and_is_as_accurate_as_the_lab(
    few, mnist, tmp_path, monkeypatch
):
    import keras

    from mnist_cnn import runs
    from mnist_cnn.training.fit import Training

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MNIST_CNN_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("MNIST_CNN_DATA", str(tmp_path / "few.npz"))
    np.savez(
        tmp_path / "few.npz",
        x_train=mnist.x_train[:2000],
        y_train=mnist.y_train[:2000],
        x_test=mnist.x_test[:500],
        y_test=mnist.y_test[:500],
    )
    network = Architecture((ConvBlock(8, 3), ConvBlock(16, 3)), 0.25, (64,))
    config = TrainingConfig(network=network, batch_size=32, epochs=4)
    names: dict = {}
    exec(keras_script(config), names)
    run = Training(runs.submit(config, state="preparing")).train()
    assert run.test_accuracy > 0.85
    # Other batches and another dropout, on 500 test digits: two standard deviations.
    assert names["test_accuracy"] == pytest.approx(run.test_accuracy, abs=0.035)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        keras.saving.load_model(tmp_path / "mnist_cnn.keras")


SMALL = Architecture((), 0, (8,))
CONFIGS = {
    "one step": TrainingConfig(network=SMALL, examples=500, batch_size=512, epochs=1),
    "two steps": TrainingConfig(network=SMALL, examples=500, batch_size=256, epochs=1),
    "a warm-up": TrainingConfig(network=SMALL, examples=1000, batch_size=50, epochs=2),
    "constant": TrainingConfig(
        network=SMALL, examples=500, epochs=1, schedule="constant", optimizer="sgd"
    ),
    "digits kept aside": TrainingConfig(
        network=SMALL, examples=500, epochs=1, validation_examples=300
    ),
    "half of the digits kept aside": TrainingConfig(
        network=SMALL, epochs=1, validation_examples=5000, shuffle_labels=True
    ),
    "shuffled": TrainingConfig(
        network=SMALL, epochs=1, shuffle_labels=True, optimizer="rmsprop"
    ),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_digits_and_every_steps_learning_rate_are_the_labs(
    few, mnist, name, tmp_path, monkeypatch
):
    import keras

    from mnist_cnn.training.batches import Batches
    from mnist_cnn.training.callbacks.learning_rate import LearningRateScheduler
    from mnist_cnn.training.mixture import keep_aside, training_digits

    class Recorder(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.rates = []

        def on_train_batch_end(self, batch, logs=None):
            self.rates.append(float(self.model.optimizer.learning_rate))

    config = CONFIGS[name]
    monkeypatch.chdir(tmp_path)
    theirs, ours = Recorder(), Recorder()
    names: dict = {"recorder": theirs}
    script = keras_script(config)
    exec(script.replace("SetLearningRate()]", "SetLearningRate(), recorder]"), names)

    dataset = replace(
        mnist,
        x_train=mnist.x_train[:2000],
        y_train=mnist.y_train[:2000],
        x_test=mnist.x_test[:500],
        y_test=mnist.y_test[:500],
    )
    rest, (x_val, y_val) = keep_aside(dataset, config.validation_examples)
    images, labels = training_digits([rest], config)
    assert np.array_equal(np.rint(names["x_train"][..., 0] * 255), images)
    assert np.array_equal(names["y_train"], labels)
    assert np.array_equal(np.rint(names["x_val"][..., 0] * 255), x_val)
    assert np.array_equal(names["y_val"], y_val)
    lab = model.build(config.network)
    lab.compile(config.optimizer, "sparse_categorical_crossentropy")
    scheduler = LearningRateScheduler(config.schedule, config.learning_rate)
    batches = Batches(images, labels, config)
    lab.fit(batches, epochs=config.epochs, callbacks=[scheduler, ours], verbose=0)
    assert theirs.rates == ours.rates
    assert len(ours.rates) == config.epochs * len(batches)


def test_it_leaves_out_the_offline_digits_as_the_lab_does(complete_mnist, monkeypatch):
    from mnist_cnn.digits import mnist
    from mnist_cnn.training.mixture import training_digits

    monkeypatch.setenv("MNIST_CNN_DATA", str(complete_mnist))
    config = TrainingConfig(leave_out_offline_digits=True, examples=3000)
    names: dict = {}
    exec(keras_script(config).split("keras.utils.set_random_seed")[0], names)
    images, labels = training_digits(
        [mnist.without_offline_digits(mnist.load())], config
    )
    assert np.array_equal(np.rint(names["x_train"][..., 0] * 255), images)
    assert np.array_equal(names["y_train"], labels)


def test_what_it_leaves_out_is_said():
    assert "does not" in keras_script(PRESETS["champion"].config)
    assert "does not" not in keras_script(PRESETS["seed"].config)


def test_a_strangers_file_name_does_not_end_the_docstring(runs_folder):
    pens = [{"label": 1, "strokes": [[[0, 0], [1, 1]]]}] * 10
    name = datasets.add_file(json.dumps(pens).encode(), '"""; raise SystemExit; """\\')
    text = keras_script(TrainingConfig(data=("mnist", name)))
    assert "raise SystemExit" in ast.get_docstring(ast.parse(text))
