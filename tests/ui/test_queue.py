"""What runs there are, looked up once for all who look."""

import itertools
from pathlib import Path

import mnist_cnn.ui
from mnist_cnn.ui.runs import queue


def test_an_overview_that_grows_old_while_it_is_read_is_no_error(
    runs_folder, monkeypatch
):
    clock = itertools.count(0, 0.3 * queue.LOOK_SECONDS)
    monkeypatch.setattr(
        "streamlit.runtime.caching.cache_utils.TTLCACHE_TIMER", lambda: next(clock)
    )
    queue.look_again()
    seen = [queue.overview() for _look in range(10)]
    assert [each.runs for each in seen] == [[]] * 10


def test_no_resource_expires_while_it_is_read():
    sources = Path(mnist_cnn.ui.__file__).parent.rglob("*.py")
    kept = [
        (path.name, line)
        for path in sources
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("@st.cache_resource")
    ]
    assert len(kept) > 5
    assert [each for each in kept if "ttl" in each[1]] == []
