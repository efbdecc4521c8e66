"""A network as a file that browsers fetch once, to read while the pen is down."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from mnist_cnn import runs
from mnist_cnn.nn.quantization import to_bytes
from mnist_cnn.runs import Run
from mnist_cnn.ui import static_files
from mnist_cnn.ui.components.bundle import bundle

WORKER = Path(__file__).parent / "components" / "live_reading" / "worker.js"
# Some 0.3 s a drawing in a browser: the server has an answer sooner than that.
MOST_MULTIPLY_ADDS = 300_000_000
MOST_BYTES = 12_000_000


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


def browser_network(run: Run) -> BrowserNetwork | None:
    """The run's network as of its newest complete epoch, written anew if it changed.

    Returns:
        None if it is too large for a browser, or this server cannot write files: then
        the server reads.

    Raises:
        RunError, NetworkError: if there is no network, in a sentence.
    """
    version = run.network_version()
    found = _written(run.id, version)
    if found and not all(map(static_files.is_kept, (found.url, found.worker_url))):
        _written.clear(run.id, version)
        found = _written(run.id, version)
    return found


# After a while a server whose disk was full tries again.
@st.cache_data(max_entries=500, ttl=600, show_spinner=False)
def _written(run_id: str, version: int) -> BrowserNetwork | None:
    network = runs.load_network(run_id)
    if sum(layer.multiply_adds for layer in network.layers) > MOST_MULTIPLY_ADDS:
        return None
    content = to_bytes(network)
    if len(content) > MOST_BYTES:
        return None
    url = static_files.keep("network.bin", content)
    worker_url = static_files.keep("worker.js", bundle(WORKER).encode())
    if url is None or worker_url is None:
        return None
    return BrowserNetwork(url, worker_url, Path(url).stem, len(content))
