"""A limit that stands in two places is the same in both, or a little more outside."""

import re
import tomllib
from pathlib import Path

from mnist_cnn.digits.photo import image_files
from mnist_cnn.nn import keras_file
from mnist_cnn.runs.exchange import archive

ROOT = Path(__file__).parents[2]
MEGABYTE = 1 << 20


def upload_limit() -> int:
    """Bytes that Streamlit takes in one file."""
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    return settings["server"]["maxUploadSize"] * MEGABYTE


def test_the_server_takes_the_largest_file_that_a_page_asks_for():
    asked = max(keras_file.MEGABYTES, archive.MEGABYTES, image_files.MEGABYTES)
    assert upload_limit() == asked * MEGABYTE


def test_the_proxy_lets_through_what_the_lab_takes():
    text = (ROOT / "docs" / "nginx.conf").read_text()
    limit = int(re.search(r"client_max_body_size (\d+)m;", text)[1]) * MEGABYTE
    # A form's own lines come on top of the file.
    assert upload_limit() < limit <= upload_limit() + 4 * MEGABYTE
