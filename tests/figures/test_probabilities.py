"""Probabilities in words."""

import numpy as np

from mnist_cnn.figures.probabilities import percent


def test_no_answer_is_said_to_be_quite_certain():
    # What float32 leaves of a softmax can be 1.
    said = [percent(share) for share in (np.float32(1), 0.9996, 0.9994, 0.5, 0)]
    assert said == [">99.9%", ">99.9%", "99.9%", "50.0%", "0.0%"]
