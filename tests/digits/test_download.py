"""MNIST is downloaded whole and checked, or not at all, however bad the line is."""

import contextlib
import hashlib
import io
import socket
import sys
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from mnist_cnn.digits import download as downloading
from mnist_cnn.digits import mnist
from mnist_cnn.digits.download import DownloadError, download

MNIST = bytes(range(256)) * 4000


class Handler(BaseHTTPRequestHandler):
    """Sends MNIST in the way that the server was asked for."""

    def do_GET(self) -> None:
        self.server.asked += 1
        if self.server.way == "not found":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.server.content)))
        self.end_headers()
        way, content, over = self.server.way, self.server.content, self.server.over
        if way == "hangs at once":
            over.wait(20)
        elif way == "hangs half way":
            self.wfile.write(content[:500_000])
            over.wait(20)
        elif way == "ends half way":
            self.wfile.write(content[:500_000])
        elif way == "dribbles":
            while not over.wait(0.05):
                self.wfile.write(b"x")
        elif way == "something else":
            self.wfile.write(content[::-1])
        elif way == "slow":
            for start in range(0, len(content), 100_000):
                self.wfile.write(content[start : start + 100_000])
                over.wait(0.1)
        else:
            self.wfile.write(content)

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):  # the lab has given up
            super().handle()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def server(monkeypatch):
    serving = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving.way, serving.content, serving.asked = "whole", MNIST, 0
    serving.over = threading.Event()
    serving.url = f"http://127.0.0.1:{serving.server_port}/mnist.npz"
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    monkeypatch.setattr(downloading, "SILENCE_SECONDS", 0.4)
    monkeypatch.setattr(downloading, "INTERVAL_SECONDS", 0.5)
    yield serving
    serving.over.set()
    serving.shutdown()
    serving.server_close()


def fetch(server, path):
    download(path, server.url, hashlib.sha256(MNIST).hexdigest())


BAD = [
    "hangs at once",
    "hangs half way",
    "ends half way",
    "dribbles",
    "something else",
    "not found",
]


@pytest.mark.parametrize("way", BAD)
def test_a_bad_line_is_given_up_in_time_and_leaves_what_was_there(
    server, tmp_path, way, capsys
):
    server.way = way
    path = tmp_path / "mnist.npz"
    path.write_bytes(b"the one before")
    timeout, output = socket.getdefaulttimeout(), sys.stdout
    began = time.monotonic()
    with pytest.raises(DownloadError):
        fetch(server, path)
    assert time.monotonic() - began < 5
    assert path.read_bytes() == b"the one before"
    assert list(tmp_path.iterdir()) == [path]
    assert (socket.getdefaulttimeout(), sys.stdout) == (timeout, output)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("way", ["whole", "slow"])
def test_a_line_that_makes_progress_is_waited_for(server, tmp_path, way):
    server.way = way
    path = tmp_path / "datasets" / "mnist.npz"
    fetch(server, path)
    assert path.read_bytes() == MNIST
    assert list(path.parent.iterdir()) == [path]


def zip_with(flags: int = 0, size: int | None = None) -> bytes:
    """The file in a zip that says this of it."""
    with io.BytesIO() as packed:
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("digits.tra", MNIST)
        content = bytearray(packed.getvalue())
    local, listed = content.index(b"PK\3\4"), content.index(b"PK\1\2")
    for at in (local + 6, listed + 8):
        content[at] |= flags
    if size is not None:
        for at in (listed + 20, listed + 24):
            content[at : at + 4] = size.to_bytes(4, "little")
    return bytes(content)


def test_a_file_is_taken_out_of_its_zip(server, tmp_path):
    server.content = zip_with()
    sha256 = hashlib.sha256(MNIST).hexdigest()
    download(tmp_path / "digits.tra", server.url, sha256, "digits.tra")
    assert (tmp_path / "digits.tra").read_bytes() == MNIST


@pytest.mark.parametrize(
    "content",
    [b"no zip", zip_with(flags=1), zip_with(size=2 * len(MNIST))],
    ids=["no zip", "encrypted", "cut short"],
)
def test_a_damaged_zip_is_an_error_of_the_download(server, tmp_path, content):
    server.content = content
    with pytest.raises(DownloadError, match="something else"):
        download(tmp_path / "digits.tra", server.url, "0" * 64, "digits.tra")
    assert list(tmp_path.iterdir()) == []


def test_a_refused_connection_is_an_error_of_the_download(tmp_path):
    with pytest.raises(DownloadError, match=r"^Connection refused$"):
        download(tmp_path / "mnist.npz", "http://127.0.0.1:1/mnist.npz")


@pytest.fixture
def damaged_cache(server, runs_folder, tmp_path, monkeypatch, offline_digits):
    """Keras' cache holds half a file; the server has the whole one."""
    monkeypatch.delenv("MNIST_CNN_DATA", raising=False)
    monkeypatch.setenv("MNIST_CNN_OFFLINE", "0")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    server.content = offline_digits.read_bytes()
    mnist.offline_file().write_bytes(server.content)
    sha256 = hashlib.sha256(server.content).hexdigest()
    monkeypatch.setattr(
        mnist, "download", lambda path: download(path, server.url, sha256)
    )
    mnist.keras_cache().parent.mkdir(parents=True)
    mnist.keras_cache().write_bytes(server.content[:5000])


@pytest.mark.usefixtures("damaged_cache")
def test_a_damaged_cache_is_downloaded_again_by_a_training_only(server):
    assert mnist.find() is None
    assert mnist.load().is_offline
    assert server.asked == 0
    digits = mnist.load(download_missing=True)
    assert digits.source == "MNIST from Keras' cache"
    assert not digits.is_offline
    assert mnist.load() is digits
    assert server.asked == 1


@pytest.mark.usefixtures("damaged_cache")
def test_without_a_download_the_offline_digits_serve_and_say_why(server):
    server.way = "ends half way"
    server.content = server.content * 2
    digits = mnist.load(download_missing=True)
    assert server.asked == 1
    assert digits.is_offline and len(digits.x_test) == 1000
    assert "the file in Keras' cache is damaged" in digits.source


@pytest.mark.usefixtures("damaged_cache")
def test_offline_no_download_is_tried(server, monkeypatch):
    monkeypatch.setenv("MNIST_CNN_OFFLINE", "1")
    assert mnist.load(download_missing=True).is_offline
    assert server.asked == 0


@pytest.mark.usefixtures("damaged_cache")
def test_a_chosen_file_that_is_damaged_fails_and_is_not_replaced(
    server, tmp_path, monkeypatch
):
    chosen = tmp_path / "mine.npz"
    np.savez(chosen, x_train=np.zeros(3))
    monkeypatch.setenv("MNIST_CNN_DATA", str(chosen))
    with pytest.raises(mnist.DataError, match=r"mine\.npz"):
        mnist.load(download_missing=True)
    assert server.asked == 0
