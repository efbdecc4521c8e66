"""What runs there are, looked up once for all who look."""

import itertools
import re
from pathlib import Path

import streamlit as st

import mnist_cnn.ui
from mnist_cnn.ui.runs import queue


def test_an_overview_that_grows_old_while_it_is_read_is_no_error(
    runs_folder, monkeypatch
):
    clock = itertools.count(0, 0.3 * queue.LOOK_SECONDS)
    monkeypatch.setattr(
        "streamlit.runtime.caching.cache_utils.TTLCACHE_TIMER", lambda: next(clock)
    )
    # A cache takes the clock with it when it is made.
    st.cache_resource.clear()
    seen = [queue.overview() for _look in range(10)]
    assert [each.runs for each in seen] == [[]] * 10


def test_no_resource_expires_while_it_is_read():
    decorators = [
        found
        for path in Path(mnist_cnn.ui.__file__).parent.rglob("*.py")
        for found in re.findall(
            r"@st\.cache_resource\b[^@]*?\ndef \w+", path.read_text(encoding="utf-8")
        )
    ]
    assert decorators
    assert [each for each in decorators if "ttl" in each] == []
