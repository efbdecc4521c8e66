"""The Python file to take home trains this very network."""

import numpy as np
import pytest

from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.experiments.keras_script import keras_script
from mnist_cnn.experiments.presets import PRESETS
from mnist_cnn.experiments.schedule import learning_rate
from mnist_cnn.nn.architecture import Architecture, ConvBlock
from mnist_cnn.training import model


@pytest.mark.parametrize("preset", list(PRESETS))
def test_it_is_python_of_at_most_60_lines_without_the_lab(preset):
    text = keras_script(PRESETS[preset].config)
    compile(text, "script.py", "exec")
    assert len(text.splitlines()) <= 60
    assert max(map(len, text.splitlines())) <= 88
    assert "mnist_cnn." not in text.replace("mnist_cnn.keras", "")


@pytest.fixture
def few(mnist, monkeypatch):
    """What plain Keras loads: 2,000 digits to train on, 500 to test on."""
    import keras

    digits = (
        (mnist.x_train[:2000], mnist.y_train[:2000]),
        (mnist.x_test[:500], mnist.y_test[:500]),
    )
    monkeypatch.setattr(keras.datasets.mnist, "load_data", lambda: digits)


def test_it_builds_the_same_network_with_the_same_first_weights(few):
    import keras

    config = PRESETS["small"].config
    names: dict = {}
    exec(keras_script(config).split("model.summary()")[0], names)
    keras.utils.set_random_seed(config.seed)
    ours = model.weights_of(model.build(config.network))
    theirs = model.weights_of(names["model"])
    assert len(ours) == len(theirs)
    for mine, other in zip(ours.values(), theirs.values(), strict=True):
        assert np.array_equal(mine, other)


def test_it_runs_to_its_end_and_is_as_accurate_as_the_lab(
    few, mnist, tmp_path, monkeypatch
):
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
    assert (tmp_path / "mnist_cnn.keras").is_file()


def test_its_learning_rate_is_the_labs_after_the_warm_up(few):
    config = TrainingConfig(examples=1000, batch_size=100, epochs=3)
    names: dict = {}
    exec(keras_script(config).split("model.compile(")[0], names)
    for step in range(3, 30):
        ours = learning_rate("cosine", config.learning_rate, step, 30)
        assert float(names["rate"](step)) == pytest.approx(ours, abs=1e-7)
    assert float(names["rate"](0)) < config.learning_rate


def test_what_it_leaves_out_is_said():
    assert "does not" in keras_script(PRESETS["champion"].config)
    assert "does not" not in keras_script(PRESETS["seed"].config)
