"""The network, the preparation and the paths in JavaScript, held against numpy's."""

from __future__ import annotations

import base64
from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from mnist_cnn import runs
from mnist_cnn.digits import mnist
from mnist_cnn.digits.drawing import drawn_ink
from mnist_cnn.digits.preprocessing import prepare_ink, resize_ink
from mnist_cnn.digits.segmentation import split
from mnist_cnn.nn import quantization
from mnist_cnn.nn.damage import BITS, Damage
from mnist_cnn.nn.gradients import IMAGE, gradients
from mnist_cnn.ui.components.bundle import WORKER, bundle

FUNCTIONS = """
const bytes = (text) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0)).buffer
const floats = (text) => new Float32Array(bytes(text))
const text = (values) => {
  const found = new Uint8Array(Float32Array.from(values).buffer)
  let letters = ""
  for (const each of found) letters += String.fromCharCode(each)
  return btoa(letters)
}
const layers = (map) => [...map].map(([name, { values }]) => [name, text(values)])
"""


def encoded(values: np.ndarray | bytes) -> str:
    if isinstance(values, np.ndarray):
        values = values.astype("<f4").tobytes()
    return base64.b64encode(values).decode()


def decoded(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4")


@pytest.fixture(scope="module")
def script(browser):
    """A page that knows all of the worker's functions; calls JavaScript with values."""
    page = browser.new_page()
    page.add_script_tag(content=FUNCTIONS + bundle(WORKER))
    yield page.evaluate
    page.close()


def opened(script, network) -> None:
    script(
        """async (address) => {
          const file = await fetch(address)
          self.network = await openNetwork(await file.arrayBuffer())
        }""",
        f"data:;base64,{encoded(quantization.to_bytes(network))}",
    )


def test_every_layer_is_numpys_before_and_after_its_activation(
    script, architecture, random_network, random_digits, monkeypatch
):
    monkeypatch.setattr(quantization, "_bits", lambda _values: 32)
    # The lecture's thousand units take only longer to bring to the browser.
    units = tuple(min(each, 50) for each in architecture.dense)
    network = random_network(replace(architecture, dense=units))
    every_layer_is_numpys(script, network, random_digits(1)[0])


def test_every_layer_of_somebodys_own_network_is_numpys(
    script, sequential, random_network, random_digits, monkeypatch
):
    monkeypatch.setattr(quantization, "_bits", lambda _values: 32)
    every_layer_is_numpys(script, random_network(sequential), random_digits(1)[0])


WHOLE = Damage()
DAMAGE = [
    Damage({"conv_1": [0, 3], "dense_1": range(1, 6), "batch_norm_1": [1]}),
    Damage({"pool_1": [2], "tanh_1": [4]}, noise=0.35, zero_biases=True),
    *(Damage(bits=bits, noise=noise) for bits in BITS for noise in (0, 0.5)),
]


def test_every_layer_of_a_broken_network_is_numpys(
    script, sequential, architectures, random_network, random_digits, monkeypatch
):
    monkeypatch.setattr(quantization, "_bits", lambda _values: 32)
    for architecture in (sequential, architectures["batch norm, pool 3"]):
        for damage in DAMAGE:
            network = random_network(architecture)
            fitting = damage.fitting(architecture)
            every_layer_is_numpys(script, network, random_digits(1)[0], fitting)


def test_weights_are_changed_once_whatever_falls_silent(
    script, sequential, random_network
):
    opened(script, random_network(sequential))
    silent, other, whole = script(
        """([some, more, other, whole]) => {
          const weights = (damage) => network.damaged(damage).weights
          const those = weights(some)
          return [more, other, whole].map((each) => weights(each) === those)
        }""",
        [
            damage.to_dict()
            for damage in (
                *(Damage({"conv_1": maps}, noise=0.5) for maps in ([], [0, 2])),
                *(Damage({"conv_1": [0]}, noise=noise) for noise in (0.4, 0)),
            )
        ],
    )
    assert silent
    assert not other
    assert not whole


def every_layer_is_numpys(script, network, digit, damage=WHOLE) -> None:
    digit[:, :9] = 0  # what is skipped, too
    opened(script, network)
    forward = network.damaged(damage).forward(digit)
    before, after = script(
        """([pixels, damage]) => {
          const forward = network.damaged(damage).forward(floats(pixels))
          return [layers(forward.preActivations), layers(forward.activations)]
        }""",
        [encoded(digit), damage.to_dict()],
    )
    assert [name for name, _ in after] == [layer.name for layer in network.layers]
    for found, wanted in (
        (before, forward.pre_activations),
        (after, forward.activations),
    ):
        for name, text in found:
            ours = wanted[name].ravel()
            scale = max(1.0, float(np.abs(ours).max()))
            np.testing.assert_allclose(decoded(text) / scale, ours / scale, atol=1e-4)


@pytest.mark.parametrize("padding", ["same", "valid"])
def test_every_kernel_size_and_padding_is_numpys(
    padding, script, random_network, random_digits, one_block
):
    digit = random_digits(1)[0]
    for kernel in range(1, 12):
        network = random_network(one_block(kernel, padding))
        opened(script, network)
        found = script(
            "(pixels) => text(network.forward(floats(pixels)).probabilities)",
            encoded(digit),
        )
        wanted = network.probabilities(digit)[0]
        np.testing.assert_allclose(decoded(found), wanted, atol=1e-3)


def test_few_bits_a_weight_read_like_all_of_them(script):
    network = runs.load_network()
    opened(script, network)
    digits = mnist.load().x_test[:150].astype(np.float32) / 255
    found = script(
        """(all) => {
          const digits = floats(all)
          const read = []
          for (let start = 0; start < digits.length; start += 784) {
            const digit = digits.slice(start, start + 784)
            read.push(...network.forward(digit).probabilities)
          }
          return text(read)
        }""",
        encoded(digits),
    )
    wanted = network.probabilities(digits)
    np.testing.assert_allclose(decoded(found).reshape(-1, 10), wanted, atol=0.01)


def test_weights_that_are_no_numbers_do_not_hinder_opening(
    script, architectures, random_network
):
    network = random_network(architectures["lecture"])
    network.weights["conv_1/kernel"][0] = np.nan
    opened(script, network)
    read = script("() => [...network.forward(new Float32Array(784).fill(1)).pixels]")
    assert len(read) == 784


def scribble(seed: int, digits: int = 1, side: int = 280) -> np.ndarray:
    """Strokes as a canvas has them: white on black, round, with gray edges."""
    rng = np.random.default_rng(seed)
    zoom, brush = 3, int(rng.integers(4, 40))
    image = Image.new("L", (side * zoom, side * zoom))
    pen = ImageDraw.Draw(image)
    for place in range(digits):
        left, right = side * place / digits, side * (place + 1) / digits
        low, high = (left + 0.2 * side / digits, 0.1 * side), (right, 0.9 * side)
        points = rng.uniform(low, high, (int(rng.integers(1, 6)), 2)) * zoom
        pen.line([tuple(point) for point in points], 255, brush * zoom)
        for x, y in points:
            r = brush * zoom / 2
            pen.ellipse((x - r, y - r, x + r, y + r), 255)
    return np.asarray(image.reduce(zoom))


DRAWINGS = {
    **{f"one digit, {seed}": scribble(seed) for seed in range(25)},
    **{f"several, {seed}": scribble(seed, 1 + seed % 4) for seed in range(25, 45)},
    "dark on light": 255 - scribble(50),
    "a small canvas": scribble(51, side=112),
    "a large canvas": scribble(52, 3, side=900),
    "wide": scribble(53)[80:200],
    "nothing": np.zeros((280, 280), np.uint8),
    "nearly nothing": np.full((280, 280), 20, np.uint8) + scribble(54) // 16,
    "a dot": np.pad(np.full((1, 1), 255, np.uint8), 140),
    "all white": np.full((280, 280), 255, np.uint8),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_is_prepared_as_python_prepares_it(name, script):
    gray = DRAWINGS[name]
    found = script(
        """([gray, width, height]) => {
          const levels = new Uint8Array(bytes(gray))
          const asText = ({ values, width, height }) => [text(values), width, height]
          const told = ({ pixels, isEmpty, steps, digits }) => ({
            pixels: text(pixels),
            isEmpty,
            steps: steps.map(({ name, picture }) => [name, asText(picture)]),
            digits: digits.map(({ box, row, pixels }) => [box, row, text(pixels)]),
          })
          const way = (options) => told(prepare(levels, width, height, options))
          return [way({ withSteps: true }), way({ onlyResize: true })]
        }""",
        [encoded(gray.tobytes()), gray.shape[1], gray.shape[0]],
    )
    prepared, resized = found
    wanted = resize_ink(drawn_ink(gray))
    assert resized["isEmpty"] == wanted.is_empty
    same_picture(resized["pixels"], wanted.pixels)
    ink = drawn_ink(gray.astype(np.float32))
    groups = split(ink.ink)
    if len(groups) < 2:
        assert prepared["digits"] == []
        whole = prepare_ink(ink)
    else:
        each = [prepare_ink(replace(ink, ink=group.ink)) for group in groups]
        assert len(prepared["digits"]) == len(each)
        for found, group, one in zip(prepared["digits"], groups, each, strict=True):
            box, row, pixels = found
            assert (tuple(box), row) == (group.box, group.row)
            same_picture(pixels, one.pixels)
        whole = each[-1]
    assert prepared["isEmpty"] == whole.is_empty
    same_picture(prepared["pixels"], whole.pixels)
    assert [name for name, _ in prepared["steps"]] == [s.name for s in whole.steps]
    for (_, (picture, width, height)), step in zip(
        prepared["steps"], whole.steps, strict=True
    ):
        assert (height, width) == step.picture.shape
        same_picture(picture, step.picture)


def same_picture(found: str, wanted: np.ndarray) -> None:
    difference = np.abs(decoded(found) - wanted.ravel())
    assert difference.mean() < 1 / 255
    assert difference.max() < 0.01


def test_all_paths_together_are_the_score(
    script, architectures, random_network, a_seven, monkeypatch
):
    monkeypatch.setattr(quantization, "_bits", lambda _values: 32)
    for name in architectures.keys() - {"lecture"}:  # it has three million paths
        all_paths_are_the_score(script, random_network(architectures[name]), a_seven)


def test_all_paths_of_somebodys_own_network_are_the_score(
    script, sequential, random_network, a_seven, monkeypatch
):
    monkeypatch.setattr(quantization, "_bits", lambda _values: 32)
    all_paths_are_the_score(script, random_network(sequential), a_seven)


def test_no_path_goes_through_what_is_silent(
    script, sequential, random_network, a_seven, monkeypatch
):
    monkeypatch.setattr(quantization, "_bits", lambda _values: 32)
    network = random_network(sequential)
    all_paths_are_the_score(script, network, a_seven, Damage({"conv_1": [0, 2]}))


def all_paths_are_the_score(script, network, digit, damage=WHOLE) -> None:
    opened(script, network)
    network = network.damaged(damage)
    forward = network.forward(digit)
    paths = script(
        """([pixels, damage]) => {
          const broken = network.damaged(damage)
          return strongestPaths(broken, broken.forward(floats(pixels)), {
            perLayer: 9999, pixels: 9999,
          })
        }""",
        [encoded(digit), damage.to_dict()],
    )
    silent = {(name, each) for name, some in damage.without for each in some}
    assert not silent & {(path["fromLayer"], path["from"]) for path in paths}
    sums = defaultdict(float)
    for path in paths:
        sums[path["fromLayer"], path["toLayer"]] += path["contribution"]
    found = gradients(forward, forward.predicted_class)
    before = "image"
    for layer in network.layers:
        if layer.kind in ("flatten", "dropout"):
            continue
        # A layer's inputs, each times its gradient.
        gradient = found[name_before(network, layer)]
        inputs = forward.inputs[layer.name].reshape(gradient.shape)
        wanted = (gradient * inputs).sum()
        assert sums[before, layer.name] == pytest.approx(float(wanted), abs=2e-3)
        before = layer.name


def name_before(network, layer) -> str:
    place = network.layers.index(layer)
    return network.layers[place - 1].name if place else IMAGE


def test_paths_at_rest_stay_what_they_are(script, a_seven):
    opened(script, runs.load_network())
    first, second, third = script(
        """(pixels) => {
          const forward = network.forward(floats(pixels))
          const first = strongestPaths(network, forward)
          const less = network.forward(floats(pixels).map((value) => value * 0.97))
          const second = strongestPaths(network, less, { previous: first })
          const third = strongestPaths(network, less, { previous: second })
          return [first, second, third]
        }""",
        encoded(a_seven),
    )
    assert {path["toLayer"] for path in first} == {
        *("conv_1", "pool_1", "conv_2", "pool_2", "dense_1", "output")
    }
    assert second == third

    def ways(paths):
        return {
            (path["fromLayer"], path["from"], path["toLayer"], path["to"])
            for path in paths
        }

    assert ways(first) == ways(second)


HOST = "http://127.0.0.1:1"
IS_KEPT = """() => new Promise((resolve) => {
  const asked = indexedDB.open("mnist-cnn-networks")
  asked.onsuccess = () => {
    const files = asked.result.transaction("files").objectStore("files").count()
    files.onsuccess = () => {
      asked.result.close()
      resolve(files.result === 1)
    }
  }
})"""
READ_ALL = """(gray) => new Promise((resolve) => {
  const told = []
  const worker = new Worker("/worker.js")
  worker.onmessage = ({ data }) => {
    told.push([data.type, data.key, data.frame])
    if (data.frame === 2) {
      const pixels = new Float32Array(784)
      worker.postMessage({ type: "read", frame: 3, keys, pixels })
    }
    if (data.frame === 3) resolve(told)
  }
  const drawing = { width: 280, height: 280, gray: new Uint8Array(bytes(gray)) }
  const keys = ["a", "gone"]
  for (const frame of [1, 2]) {
    worker.postMessage({ type: "read", frame, keys, ...drawing })
  }
  worker.postMessage({ type: "network", key: "gone", url: "/gone.bin" })
  worker.postMessage({ type: "network", key: "a", url: `${origin}/network.bin` })
})"""


def test_a_worker_reads_the_newest_and_fetches_a_network_once(page):
    files = {
        "": ("text/html", "<title>Empty</title>"),
        "worker.js": ("text/javascript", bundle(WORKER)),
        "network.bin": ("", quantization.to_bytes(runs.load_network())),
    }
    fetched = []

    def answer(route):
        name = route.request.url.removeprefix(f"{HOST}/")
        fetched.append(name)
        kind, body = files.get(name, ("", None))
        status = 404 if body is None else 200
        route.fulfill(status=status, content_type=kind, body=body or "")

    page.context.route(f"{HOST}/**", answer)
    for _visit in range(2):
        page.goto(f"{HOST}/")
        page.add_script_tag(content=FUNCTIONS)
        told = page.evaluate(READ_ALL, encoded(scribble(1).tobytes()))
        assert ["failed", "gone", None] in told
        assert ["ready", "a", None] in told
        frames = [each[2] for each in told if each[0] == "reading"]
        assert frames == [2, 3]
        page.wait_for_function(IS_KEPT)
    assert fetched.count("network.bin") == 1
    page.watch.errors.clear()  # the file that is not there
