"""When a network began to read a digit."""

import numpy as np
import pytest

from mnist_cnn.analysis.beginning import began_to_read


@pytest.mark.parametrize(
    ("read", "begin"),
    [([1, 7, 2, 7, 7], 3), ([7, 7, 7], 0), ([7, 7, 2], 2), ([1, 2, 7], 2), ([1], 0)],
)
def test_it_began_when_it_read_it_so_ever_after(read, begin):
    assert began_to_read(np.eye(10)[read]) == begin
