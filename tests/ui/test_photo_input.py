"""Where a browser gives its camera to a page."""

import pytest

from mnist_cnn.ui.draw.photo_input import is_secure


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://lab.example/Draw", True),
        ("http://localhost:8501/Draw", True),
        ("http://127.0.0.1:8501/", True),
        ("http://192.168.0.7:8501/Draw", False),
        ("http://lab.example/", False),
        ("", True),
    ],
)
def test_a_page_over_http_from_another_machine_has_no_camera(url, expected):
    assert is_secure(url) is expected
