"""Pictures that people reported, from beside the project where they are."""

import os
from pathlib import Path

import numpy as np
import pytest

from mnist_cnn.analysis.reading import read_number
from mnist_cnn.digits.ink import ink_of
from mnist_cnn.digits.photo.image_files import open_image
from mnist_cnn.digits.preprocessing import prepare
from mnist_cnn.runs import load_network

CASES = Path(
    os.environ.get("MNIST_CNN_CASES", Path(__file__).parents[3] / "shared" / "cases")
)
FILES = sorted(path for path in CASES.glob("*.*") if path.suffix in (".png", ".jpg"))


@pytest.mark.skipif(not FILES, reason="the pictures are not here")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_reported_picture_is_read_rightly(path):
    number = read_number(load_network(), ink_of(open_image(path)))
    assert number.text == path.stem.split("-")[-1]


def test_a_cells_frame_leaves_no_trace():
    framed = np.full((28, 28), 255, np.uint8)
    framed[6:9, 9:19] = framed[6:22, 15:18] = 0
    bare = framed.copy()
    framed[0] = framed[:, 0] = 0
    assert np.array_equal(prepare(framed).pixels, prepare(bare).pixels)
