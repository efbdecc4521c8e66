"""A class's notebook: trained in plain Keras, saved, and opened on every page."""

import re
import subprocess
import sys

import numpy as np
import pytest
from playwright.sync_api import expect

from mnist_cnn import runs
from mnist_cnn.figures.probabilities import percent

NOTEBOOK = """
import json
import sys

import keras
import numpy as np
from keras import layers

with np.load(sys.argv[1]) as file:
    x_train, y_train, x_test, y_test = (
        file[name] for name in ("x_train", "y_train", "x_test", "y_test")
    )
x_train = x_train.reshape(-1, 28, 28, 1).astype("float32") / 255
x_test = x_test.reshape(-1, 28, 28, 1).astype("float32") / 255
y_train = keras.utils.to_categorical(y_train, 10)
y_test = keras.utils.to_categorical(y_test, 10)

keras.utils.set_random_seed(1)
model = keras.Sequential()
model.add(keras.Input((28, 28, 1)))
model.add(layers.Conv2D(32, (5, 5), strides=(1, 1), padding="same", activation="relu"))
model.add(layers.MaxPooling2D(pool_size=(2, 2), strides=(2, 2)))
model.add(layers.Conv2D(64, (2, 2), activation="relu", padding="same"))
model.add(layers.MaxPooling2D(pool_size=(2, 2)))
model.add(layers.Dropout(0.25))
model.add(layers.Flatten())
model.add(layers.Dense(1000, activation="relu"))
model.add(layers.Dense(10, activation="softmax"))
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
hist = model.fit(x_train, y_train, 128, 1, 0, validation_data=(x_test, y_test))
loss, accuracy = model.evaluate(x_test, y_test, verbose=0)

model.save("notebook.keras")
with open("history.json", "w") as file:
    json.dump(hist.history, file)
np.savez("read.npz", y=model.predict(x_test, verbose=0), accuracy=accuracy, loss=loss)
"""
TEST_DIGITS = 1000


@pytest.fixture(scope="module")
def digits(mnist, tmp_path_factory):
    path = tmp_path_factory.mktemp("digits") / "mnist.npz"
    np.savez(
        path,
        x_train=mnist.x_train[:2000],
        y_train=mnist.y_train[:2000],
        x_test=mnist.x_test[:TEST_DIGITS],
        y_test=mnist.y_test[:TEST_DIGITS],
    )
    return path


@pytest.fixture(scope="module")
def lab(start_server, digits):
    return start_server(MNIST_CNN_DATA=str(digits))


def test_a_notebooks_network_is_on_every_page_what_keras_says_it_is(
    lab, page, digits, tmp_path, monkeypatch
):
    trained = [sys.executable, "-c", NOTEBOOK, str(digits)]
    subprocess.run(trained, cwd=tmp_path, check=True)
    with np.load(tmp_path / "read.npz") as file:
        read, accuracy, loss = file["y"], float(file["accuracy"]), float(file["loss"])
    assert accuracy > 0.6

    page.goto(f"{lab.url}/Train")
    page.get_by_text("A network from elsewhere").click()
    box = page.get_by_test_id("stExpander").filter(has_text="A network from elsewhere")
    files = [tmp_path / "notebook.keras", tmp_path / "history.json"]
    box.locator("input[type=file]").set_input_files(files)
    box.get_by_role("button", name="Bring it in").click()
    page.get_by_text("The run is here.").wait_for()
    main = page.get_by_test_id("stMain")
    expect(main).to_contain_text(f"Validation: {accuracy:.4f} (loss {loss:.4f})")

    monkeypatch.setenv("MNIST_CNN_RUNS", str(lab.runs))
    (run,) = runs.list_runs()
    with np.load(digits) as file:
        pixels = file["x_test"].astype("f4") / 255
    ours = runs.load_network(run.id).probabilities(pixels)
    np.testing.assert_allclose(ours, read, atol=1e-5)

    page.goto(f"{lab.url}/Mistakes?network={run.id}")
    page.get_by_role("button", name=f"Read the {TEST_DIGITS:,} test digits").click()
    wrong = round((1 - accuracy) * TEST_DIGITS)
    finding = f"{wrong:,} mistakes in {TEST_DIGITS:,} test digits: {accuracy:.2%} are"
    expect(main).to_contain_text(finding)
    expect(main).to_contain_text(f"{loss:.4f}.")

    page.goto(f"{lab.url}/Architecture?network={run.id}")
    expect(main).to_contain_text("3,156,098")

    page.goto(f"{lab.url}/Compare?runs={run.id},pretrained")
    chart = page.get_by_label(
        re.compile(f"^accuracy.*notebook: validation {accuracy:.4f} after epoch 1")
    )
    chart.first.wait_for()

    page.goto(f"{lab.url}/Draw?network={run.id}")
    network = page.get_by_role("combobox", name="Network")
    expect(network).to_have_value(f"notebook · {accuracy:.2%}")
    page.get_by_text("Test digit", exact=True).click()
    answer = page.get_by_test_id("live-answer")
    expect(answer).to_have_text(str(read[0].argmax()))
    page.get_by_role("link", name="Look inside this digit").click()
    said = f"“notebook” reads a {read[0].argmax()}, with {percent(read[0].max())}."
    expect(main).to_contain_text(said)
    assert page.get_by_test_id("stException").count() == 0
