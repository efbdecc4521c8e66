"""Networks that stay in memory, in so many bytes for all pages."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock

import streamlit as st

from mnist_cnn import runs
from mnist_cnn.nn.network import Network
from mnist_cnn.runs import Run

LIMIT_BYTES = 400_000_000


class NetworkCache:
    """Networks that are in use, one a file, in so many bytes or few more.

    Args:
        limit: in bytes of weights. The network used last is kept whatever its size.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = Lock()
        self._kept: OrderedDict[Path, tuple[int, Network]] = OrderedDict()

    def load(self, path: Path, version: int, read: Callable[[], Network]) -> Network:
        """The network of a file, read if it is not here in this version.

        Args:
            path: of the file.
            version: differs once the file has changed; then the older one goes.
            read: reads it.
        """
        with self._lock:
            if self._kept.get(path, (None,))[0] != version:
                self._kept[path] = version, read()
            self._kept.move_to_end(path)
            while self.size > self._limit and len(self._kept) > 1:
                self._kept.popitem(last=False)
            return self._kept[path][1]

    @property
    def size(self) -> int:
        """Bytes of all weights in it."""
        return sum(
            array.nbytes
            for _version, network in self._kept.values()
            for array in network.weights.values()
        )


@st.cache_resource(show_spinner=False)
def network_cache() -> NetworkCache:
    """The server's, for all sessions."""
    return NetworkCache(LIMIT_BYTES)


def newest_network(run: Run) -> Network:
    """The run's network as of its newest complete epoch, from memory if unchanged.

    Raises:
        RunError, NetworkError: if there is none, in a sentence.
    """
    return network_cache().load(
        run.weights_path, run.network_version(), lambda: runs.load_network(run.id)
    )
