"""Where a browser gives its camera to a page, and what a part of a picture is."""

import io

import pytest
from PIL import Image

from mnist_cnn.ui.components.box_chooser import Part
from mnist_cnn.ui.draw import photo_input
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


@pytest.mark.parametrize(
    ("size", "box", "expected"),
    [
        ((100, 100), (0.1, 0.1, 0.5, 0.5), (200, 200)),
        ((100, 100), (0.5, 0.5, 0.55, 1.0), (120, 1200)),
        ((20, 20), (0.5, 0.5, 0.52, 0.52), (200, 200)),
        ((30, 1200), (0.5, 0.0, 0.52, 1.0), (1, 1200)),
    ],
)
def test_a_part_has_a_pixel_at_least_and_is_not_enlarged_without_end(
    size, box, expected
):
    file = io.BytesIO()
    Image.new("L", size, 255).save(file, "PNG")
    picture = photo_input._picture.__wrapped__(file.getvalue(), Part(0, box))
    assert picture.image.size == expected
