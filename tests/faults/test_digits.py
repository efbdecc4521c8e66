"""Digits that are missing, damaged or of the wrong shape; downloads that fail."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from mnist_cnn import runs
from mnist_cnn.digits import mnist
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.nn.architecture import Architecture

pytestmark = pytest.mark.usefixtures("runs_folder")


def wrong_shape(path: Path, whole: Path) -> None:
    with np.load(whole) as arrays:
        np.savez(path, **{n: a[:, :20] if "x" in n else a for n, a in arrays.items()})


def swapped_bits(path: Path, whole: Path) -> None:
    content = bytearray(whole.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


FAULTS: dict[str, Callable[[Path, Path], object]] = {
    "missing": lambda path, whole: None,
    "empty": lambda path, whole: path.touch(),
    "a folder": lambda path, whole: path.mkdir(),
    "torn": lambda path, whole: path.write_bytes(whole.read_bytes()[:-5000]),
    "swapped bits": swapped_bits,
    "wrong shape": wrong_shape,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_bad_digits_are_a_sentence_on_every_page_and_of_a_training(
    pages, visit, fault, small_mnist, tmp_path, monkeypatch, all_faults, wanted_workers
):
    if not all_faults and fault not in ("torn", "wrong shape"):
        pytest.skip("make faults")
    from mnist_cnn.training.fit import Training

    path = tmp_path / "digits.npz"
    FAULTS[fault](path, small_mnist)
    monkeypatch.setenv("MNIST_CNN_DATA", str(path))
    for page in pages:
        at = visit(page)
        if "Mistakes" in page:
            assert "digits.npz" in at.error[0].value
    run = runs.submit(TrainingConfig(network=Architecture((), 0, (8,)), examples=500))
    assert Training(run).train().state == "failed"
    assert "digits.npz" in run.status().reason


class Bad(BaseHTTPRequestHandler):
    """Sends some bytes of what it promised; then hangs, or hangs up."""

    hangs = False
    sends = 0
    asked = 0
    over = threading.Event()

    def do_GET(self) -> None:
        type(self).asked += 1
        self.send_response(200)
        self.send_header("Content-Length", "11490434")
        self.end_headers()
        self.wfile.write(bytes(self.sends))
        self.wfile.flush()
        if self.hangs:
            self.over.wait(60)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def bad_server(*, hangs: bool, sends: int) -> Iterator[tuple[type[Bad], str]]:
    settings = {"hangs": hangs, "sends": sends, "over": threading.Event()}
    handler = type("Handler", (Bad,), settings)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield handler, f"http://127.0.0.1:{server.server_port}/"
    finally:
        handler.over.set()
        server.shutdown()
        server.server_close()


# Keras' own download, but for the address.
DOWNLOAD = """
import sys
import keras.src.datasets.mnist as mnist
get = mnist.get_file
def from_here(**settings):
    return get(**settings | {"origin": sys.argv[1] + "mnist.npz"})
mnist.get_file = from_here
from mnist_cnn.training import download
download.SILENCE_SECONDS = 1.0
print(download.load().source)
"""


@pytest.mark.parametrize(
    ("hangs", "sends"),
    [(True, 0), (True, 500_000), (False, 500_000)],
    ids=["hangs at once", "hangs half way", "ends half way"],
)
def test_a_download_that_fails_leaves_the_offline_digits(
    hangs,
    sends,
    tmp_path,
    runs_folder,
    offline_digits,
    monkeypatch,
    all_faults,
    pytestconfig,
):
    if not (all_faults or (hangs and sends)):
        pytest.skip("make faults")
    shutil.copy(offline_digits, runs_folder / "offline_digits.npz")
    monkeypatch.delenv("MNIST_CNN_DATA", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    with bad_server(hangs=hangs, sends=sends) as (handler, address):
        tried = subprocess.run(
            [sys.executable, "-c", DOWNLOAD, address],
            cwd=pytestconfig.rootpath,
            env=os.environ | {"MNIST_CNN_OFFLINE": "0"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert handler.asked >= 1
    assert tried.returncode == 0, tried.stderr
    assert "5,000 real MNIST digits" in tried.stdout
    # Half a file is not taken for digits the next time.
    assert mnist.find() is None
