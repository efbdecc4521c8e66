"""Home and Architecture, run without a browser."""

import html
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mnist_cnn import runs
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.nn.architecture import LECTURE_NETWORK, Architecture, ConvBlock
from mnist_cnn.nn.summary import summary
from mnist_cnn.nn.weights import weight_shapes

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def lab(runs_folder):
    return runs_folder


def home() -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30).run()
    assert not at.exception
    return at


def architecture(network: str = "") -> AppTest:
    at = home()
    if network:
        at.query_params["network"] = network
    at.switch_page("pages/2_Architecture.py").run()
    assert not at.exception
    return at


def shown_html(at: AppTest) -> str:
    return html.unescape("".join(each.proto.body for each in at.get("html")))


def a_run_of(network: Architecture) -> runs.Run:
    import numpy as np

    run = runs.submit(TrainingConfig(network=network))
    rng = np.random.default_rng(0)
    np.savez(
        run.weights_path,
        **{
            # Variances of batch normalization are not negative.
            name: abs(rng.normal(size=shape)).astype(np.float32)
            for name, shape in weight_shapes(network).items()
        },
    )
    return run


def test_home_says_which_network_and_which_digits_are_in_use():
    words = " ".join(m.value for m in home().markdown)
    assert "3,156,098" in words
    assert "MNIST" in words


def test_architecture_begins_with_where_the_parameters_are_and_shows_every_formula():
    at = architecture()
    assert summary(LECTURE_NETWORK) in shown_html(at)
    assert "(5·5·1 + 1)·32 = 832" in shown_html(at)
    said = next(m.value for m in at.main.markdown if "parameters" in m.value)
    assert "has **3,137,000** of its 3,156,098 parameters (99%)" in said
    assert "“MNIST and pen digits”" in said
    assert "5,378,832 multiply-adds, 58% of them there" in said
    assert "3,137,000 parameters" in shown_html(at)


@pytest.mark.parametrize(
    "network",
    [
        Architecture(blocks=(), dense=(), dropout=0.0),
        Architecture(blocks=(ConvBlock(4, 3, "valid", 1),), dense=(), batch_norm=True),
    ],
)
def test_architecture_shows_any_network_that_a_run_has(network):
    at = architecture(a_run_of(network).id)
    assert summary(network) in shown_html(at)
    assert shown_html(at).count('<th scope="row">') == len(network.layers())


def test_architecture_explains_every_kind_of_layer_that_a_network_has(sequential):
    at = architecture(a_run_of(sequential).id)
    explained = {each.label for each in at.expander}
    titles = {
        "rescaling": "Rescaling",
        "average_pool": "Average pooling",
        "global_average_pool": "Global average pooling",
        "leaky_relu": "Leaky ReLU",
        "tanh": "tanh",
        "sigmoid": "Sigmoid",
    }
    for layer in sequential.layers():
        for kind in {layer.kind, layer.activation} & set(titles):
            assert titles[kind] in explained
    strides = any(
        each.kind == "conv" and each.stride > 1 for each in sequential.layers()
    )
    assert ("Strides" in explained) == strides


def test_a_network_without_convolution_has_no_kernels_and_the_page_says_so():
    at = architecture(a_run_of(Architecture(blocks=(), dense=())).id)
    assert "no convolution" in at.info[0].value
