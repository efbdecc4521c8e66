"""A network as a file that browsers fetch once, to read while the pen is down."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from mnist_cnn import runs
from mnist_cnn.nn.quantization import to_bytes
from mnist_cnn.nn.weights import NetworkError
from mnist_cnn.runs import Run, RunError
from mnist_cnn.runs.history import moment_path
from mnist_cnn.ui.components.bundle import WORKER, bundle
from mnist_cnn.ui.network_cache import newest_network
from mnist_cnn.ui.server import static_files

# Some 0.3 s a drawing in a browser: the server has an answer sooner than that.
MAX_MULTIPLY_ADDS = 300_000_000
MAX_BYTES = 12_000_000


@dataclass(frozen=True)
class BrowserNetwork:
    """Where a browser finds a network.

    Attributes:
        url: of the file, and worker_url: of the script that reads with it; both to be
            resolved against the page's base.
        key: differs whenever the network does.
        bytes: of the file.
    """

    url: str
    worker_url: str
    key: str
    bytes: int


def browser_network(run: Run, step: int | None) -> BrowserNetwork | None:
    """The run's network as of its newest complete epoch, written anew if it changed.

    Args:
        step: of a moment on the run's way, if it is to be that network.

    Returns:
        None if it is too large for a browser, this server cannot write files, or the
        network has just been deleted: then the server reads.
    """
    try:
        which = run.id, run.network_version(), step
        found = _written(*which)
        if found and not all(map(static_files.is_kept, (found.url, found.worker_url))):
            _written.clear(*which)
            found = _written(*which)
        return found
    except (RunError, NetworkError):
        return None


# After a while a server whose disk was full tries again.
@st.cache_data(max_entries=500, ttl=600, show_spinner=False)
def _written(run_id: str, version: int, step: int | None) -> BrowserNetwork | None:
    run = runs.find(run_id)
    network = newest_network(run)
    if sum(layer.multiply_adds for layer in network.layers) > MAX_MULTIPLY_ADDS:
        return None
    content = to_bytes(network) if step is None else _kept(run, step)
    if len(content) > MAX_BYTES:
        return None
    url = static_files.keep("network.bin", content)
    worker_url = static_files.keep("worker.js", bundle(WORKER).encode())
    if url is None or worker_url is None:
        return None
    return BrowserNetwork(url, worker_url, Path(url).stem, len(content))


def _kept(run: Run, step: int) -> bytes:
    try:
        return moment_path(run, step).read_bytes()
    except OSError as error:
        raise NetworkError("That moment of the run is gone.") from error
