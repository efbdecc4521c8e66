"""The forward pass in numpy, held against Keras."""

import itertools

import numpy as np
import pytest

from mnist_cnn import runs
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.nn import network, operations
from mnist_cnn.nn.architecture import LECTURE_NETWORK, Architecture, ConvBlock
from mnist_cnn.nn.network import Network
from mnist_cnn.nn.weights import NetworkError, load_weights, weight_shapes

CLOSE = {"rtol": 1e-5, "atol": 1e-5}


def keras_results(ours: Network, images: np.ndarray):
    """By layer: what Keras has before and after the activation function."""
    import keras

    from mnist_cnn.training import model

    built = model.build(ours.architecture)
    model.set_weights(built, ours.weights)
    values, before, after = model.as_input(images * 255), {}, {}
    for layer in built.layers:
        after[layer.name] = np.asarray(layer(values, training=False))
        before[layer.name] = after[layer.name]
        if getattr(layer, "activation", None) is not None:
            activation, layer.activation = layer.activation, keras.activations.linear
            before[layer.name] = np.asarray(layer(values, training=False))
            layer.activation = activation
        elif "relu_" in layer.name:
            before[layer.name] = np.asarray(values)
        values = after[layer.name]
    return before, after


@pytest.mark.parametrize("count", [1, 7])
def test_every_layer_is_keras_own_before_and_after_its_activation(
    count, architecture, random_network, random_digits
):
    ours = random_network(architecture)
    digits = random_digits(count)
    before, after = keras_results(ours, digits)
    forward = ours.forward(digits)
    assert list(forward.activations) == list(after)
    for layer in after:
        scale = max(1.0, float(np.abs(after[layer]).max()))
        np.testing.assert_allclose(
            forward.pre_activations[layer] / scale, before[layer] / scale, **CLOSE
        )
        np.testing.assert_allclose(
            forward.activations[layer] / scale, after[layer] / scale, **CLOSE
        )


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("kernel", range(1, 12))
def test_every_kernel_size_and_padding_is_keras_own(
    kernel, padding, random_network, random_digits
):
    ours = random_network(Architecture((ConvBlock(3, kernel, padding),), 0, ()))
    digits = random_digits(2)
    _, after = keras_results(ours, digits)
    for layer, values in ours.activations(digits).items():
        np.testing.assert_allclose(values, after[layer], **CLOSE)


def test_weights_have_keras_names_and_shapes(architecture):
    from mnist_cnn.training import model

    kept = model.weights_of(model.build(architecture))
    shapes = {name: array.shape for name, array in kept.items()}
    assert shapes == weight_shapes(architecture)


def test_many_digits_are_read_like_each_alone(
    architectures, random_network, random_digits
):
    ours = random_network(architectures["lecture"])
    digits = random_digits(network.CHUNK + 3)
    together = ours.probabilities(digits)
    assert together.shape == (len(digits), 10)
    for place in (0, network.CHUNK - 1, network.CHUNK, len(digits) - 1):
        alone = ours.probabilities(digits[place])
        assert alone.shape == (1, 10)
        np.testing.assert_allclose(together[place], alone[0], **CLOSE)


def test_probabilities_are_float32_and_sum_to_one(random_network, random_digits):
    read = random_network(LECTURE_NETWORK).probabilities(random_digits(20))
    assert read.dtype == np.float32
    assert (read >= 0).all()
    np.testing.assert_allclose(read.sum(axis=1), 1, atol=1e-5)


def test_no_digits_give_no_probabilities(random_network):
    assert random_network(LECTURE_NETWORK).probabilities(
        np.zeros((0, 28, 28))
    ).shape == (0, 10)


def test_scores_of_thousands_do_not_overflow():
    with np.errstate(over="raise", invalid="raise"):
        read = operations.softmax(np.array([[5000.0, -5000.0, 5000.0]], np.float32))
    assert read.tolist() == [[0.5, 0.0, 0.5]]


def test_what_a_layer_gives_enters_the_next(architectures, random_network, a_seven):
    forward = random_network(architectures["lecture"]).forward(a_seven)
    names = list(forward.activations)
    for one, following in itertools.pairwise(names):
        assert forward.inputs[following] is forward.activations[one]
    assert forward.inputs["conv_1"][0, ..., 0].tolist() == a_seven.tolist()


@pytest.mark.parametrize("shape", [(28,), (27, 28), (1, 28, 28, 3), (784,), ()])
def test_pixels_of_another_shape_are_refused_with_a_sentence(shape, random_network):
    with pytest.raises(NetworkError, match=r"shape \(28, 28\), .* not"):
        random_network(LECTURE_NETWORK).probabilities(np.zeros(shape))


def test_digits_with_a_channel_axis_as_keras_takes_them_are_read_alike(
    random_network, random_digits
):
    ours, digits = random_network(LECTURE_NETWORK), random_digits(3)
    read = ours.probabilities(digits[..., None])
    assert (read == ours.probabilities(digits)).all()


@pytest.mark.parametrize("what", ["probabilities", "activations"])
def test_pixels_up_to_255_are_refused_with_what_to_do(what, random_network):
    read = getattr(random_network(LECTURE_NETWORK), what)
    with pytest.raises(NetworkError, match=r"from 0 to 1; .* 255\. Divide"):
        read(np.full((2, 28, 28), 255, np.uint8))
    with pytest.raises(NetworkError, match="from 0 to 1"):
        read(np.full((28, 28), -1.0))


def test_weights_of_another_network_are_refused_by_name(random_network):
    weights = random_network(LECTURE_NETWORK).weights
    with pytest.raises(
        NetworkError, match=r"'conv_1/kernel' has shape \(5, 5, 1, 32\)"
    ):
        Network(Architecture((ConvBlock(16, 5),)), weights)
    with pytest.raises(NetworkError, match="no array 'conv_3/kernel'"):
        Network(Architecture((*LECTURE_NETWORK.blocks, ConvBlock(8, 2))), weights)


def submit_with_weights(ours: Network) -> runs.Run:
    run = runs.submit(TrainingConfig(network=ours.architecture))
    np.savez(run.weights_path, **ours.weights)
    return run


def test_a_runs_network_is_loaded_with_its_own_architecture(
    runs_folder, architectures, random_network, random_digits
):
    ours = random_network(architectures["batch norm, pool 3"])
    loaded = runs.load_network(submit_with_weights(ours).id)
    assert loaded.architecture == ours.architecture
    digits = random_digits(3)
    assert (loaded.probabilities(digits) == ours.probabilities(digits)).all()


def test_a_run_without_a_complete_epoch_says_so(runs_folder):
    with pytest.raises(NetworkError, match="the first epoch has to be complete"):
        runs.load_network(runs.submit(TrainingConfig()).id)


@pytest.mark.parametrize("content", [b"", b"PK\3\4 and then nothing", b"x" * 5000])
def test_damaged_weights_are_a_sentence(tmp_path, content):
    path = tmp_path / "weights.npz"
    path.write_bytes(content)
    with pytest.raises(NetworkError, match=r"weights\.npz cannot be read"):
        load_weights(path)


def test_weights_that_would_run_code_are_refused(tmp_path):
    path = tmp_path / "weights.npz"
    np.savez(path, **{"conv_1/kernel": np.array([print], dtype=object)})
    with pytest.raises(NetworkError, match="cannot be read"):
        load_weights(path)


def test_the_pretrained_network_reads_a_drawn_seven(a_seven):
    read = runs.load_network().probabilities(a_seven)[0]
    assert read.argmax() == 7
    assert read[7] > 0.9


def test_the_pretrained_network_is_above_99_percent_on_the_test_set(complete_mnist):
    from mnist_cnn.digits import mnist

    arrays = mnist.read(complete_mnist)
    read = runs.load_network().probabilities(arrays["x_test"] / np.float32(255))
    assert (read.argmax(axis=1) == arrays["y_test"]).mean() > 0.99
