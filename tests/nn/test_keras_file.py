"""Keras models of somebody's own: written by Keras 3.0.5 (recordings), and hostile."""

import io
import json
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from mnist_cnn.nn import keras_file
from mnist_cnn.nn.keras_file import read_keras_file
from mnist_cnn.nn.keras_layers import KerasFileError

RECORDINGS = Path(__file__).parents[1] / "recordings" / "keras"
FILE = (RECORDINGS / "3.0.5.keras").read_bytes()


@pytest.mark.parametrize("name", ["3.0.5.keras", "3.0.5.h5"])
def test_a_model_reads_what_keras_read_when_it_was_saved(name):
    model = read_keras_file((RECORDINGS / name).read_bytes())
    recorded = np.load(RECORDINGS / "3.0.5.npz")
    # It was given pixels from 0 to 255 and divides them itself.
    read = model.network.probabilities(recorded["x"][..., 0] / 255)
    np.testing.assert_allclose(read, recorded["y"], atol=1e-5)
    assert model.name == "mine"


def test_a_functional_model_without_branches_is_a_line_of_layers():
    content = (RECORDINGS / "functional-3.0.5.keras").read_bytes()
    network = read_keras_file(content).network
    kinds = [layer.kind for layer in network.layers]
    assert kinds == ["conv", "relu", "global_average_pool", "dense"]


def as_keras_2_wrote_it(path):
    """The recorded .h5 file with the names and places that Keras 2 gives."""
    with h5py.File(RECORDINGS / "3.0.5.h5") as now, h5py.File(path, "w") as then:
        config = json.loads(now.attrs["model_config"])
        entry, *layers = config["config"]["layers"]
        shape = entry["config"]["batch_shape"]
        layers[0]["config"]["batch_input_shape"] = shape  # no layer for the input
        for each in layers:
            slope = each["config"].pop("negative_slope", None)
            each["config"] |= {} if slope is None else {"alpha": slope}
            name = each["config"]["name"]
            arrays = list(now["model_weights"][name].attrs["weight_names"])
            group = then.create_group(f"model_weights/{name}")
            names = [f"{name}/{array}:0".encode() for array in arrays]
            group.attrs["weight_names"] = names
            for array in arrays:
                group[f"{name}/{array}:0"] = now["model_weights"][name][array][:]
        config["config"]["layers"] = layers
        then.attrs["model_config"] = json.dumps(config)
        then.attrs["keras_version"] = "2.15.0"


def test_an_h5_file_of_keras_2_is_read_the_same(tmp_path):
    as_keras_2_wrote_it(tmp_path / "2.h5")
    recorded = np.load(RECORDINGS / "3.0.5.npz")
    network = read_keras_file((tmp_path / "2.h5").read_bytes()).network
    read = network.probabilities(recorded["x"][..., 0] / 255)
    np.testing.assert_allclose(read, recorded["y"], atol=1e-5)


def changed(change, weights=None):
    """The recorded file with its description changed, or its weights."""
    with zipfile.ZipFile(io.BytesIO(FILE)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(files["config.json"])
    change(config["config"]["layers"])
    files["config.json"] = json.dumps(config).encode()
    if weights is not None:
        made = io.BytesIO(files["model.weights.h5"])
        with h5py.File(made, "r+") as file:
            weights(file)
        files["model.weights.h5"] = made.getvalue()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def nothing(_layers):
    pass


def layer(index, **values):
    return lambda layers: layers[index]["config"].update(values)


def replaced(index, kind, **values):
    def change(layers):
        layers[index]["class_name"] = kind
        layers[index]["config"].update(values)

    return change


def put(path, values):
    def change(file):
        del file[path]
        file[path] = values

    return change


def linked(file):
    del file["layers/conv2d/vars/0"]
    file["layers/conv2d/vars/0"] = h5py.ExternalLink("/etc/passwd", "/")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "not a zip"),
        (b"PK\x05\x06" + bytes(18), "no 'config.json'|no 'model"),
        (b"\x89HDF\r\n\x1a\n" + bytes(100), "no Keras model"),
        (FILE[: len(FILE) // 2], "not a zip|incomplete"),
        (changed(replaced(7, "Lambda")), r"does not know the layer.*Lambda"),
        (changed(replaced(7, "LSTM")), r"LSTM"),
        (changed(layer(2, activation="gelu")), "gelu"),
        (changed(layer(2, kernel_size=[3, 5])), "square"),
        (changed(layer(2, dilation_rate=[2, 2])), "dilation_rate"),
        (changed(layer(2, data_format="channels_first")), "channels last"),
        (changed(layer(2, filters=10**9)), "from 1 to 4096"),
        (changed(layer(2, filters="3")), "whole numbers"),
        (changed(layer(2, filters=7)), r"'first' has no array"),
        (changed(layer(0, batch_shape=[None, 32, 32, 3])), r"\(32, 32, 3\)"),
        (changed(layer(11, units=11)), "ten units"),
        (changed(lambda layers: layers.extend(layers[2:3] * 900)), "layers|follow"),
        (changed(lambda layers: layers.clear()), "ten units"),
        (changed(lambda layers: layers.append({})), "no Keras model"),
        (changed(nothing, put("layers/conv2d/vars/1", [np.nan] * 3)), "no numbers"),
        (changed(nothing, put("layers/conv2d/vars/1", [1, 2, 3])), "no array"),
        (changed(nothing, linked), "no Keras model"),
        (changed(nothing, lambda file: file.clear()), "no Keras model"),
    ],
)
def test_what_the_lab_cannot_take_is_a_sentence(content, sentence):
    with pytest.raises(KerasFileError, match=sentence):
        read_keras_file(content)


def test_a_zip_bomb_and_a_file_that_is_too_large_are_not_unpacked(monkeypatch):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", bytes(30_000_000))
    with pytest.raises(KerasFileError, match="30,000,000 bytes"):
        read_keras_file(made.getvalue())
    monkeypatch.setattr(keras_file, "MEGABYTES", 0)
    with pytest.raises(KerasFileError, match="larger than"):
        read_keras_file(FILE)


def test_a_description_nested_without_end_is_a_sentence():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("config.json", "[" * 200_000)
        archive.writestr("model.weights.h5", b"")
    with pytest.raises(KerasFileError):
        read_keras_file(made.getvalue())


def test_logits_and_layers_without_bias_are_taken():
    def change(layers):
        del layers[12:]  # without softmax: the loss had from_logits=True
        layers[2]["config"]["use_bias"] = False

    def weights(file):
        del file["layers/conv2d/vars/1"]

    network = read_keras_file(changed(change, weights)).network
    assert network.layers[-1].activation == "softmax"
    assert not network.weights["conv_1/bias"].any()
