"""A digit travels in a link, and a hostile link is a sentence."""

import base64
import zlib

import numpy as np
import pytest

from mnist_cnn.digits.link import LinkError, pack, unpack


def test_a_digit_comes_out_as_it_went_in(a_seven):
    noise = np.random.default_rng(0).integers(0, 256, (28, 28)) / np.float32(255)
    for pixels in (a_seven, np.zeros((28, 28)), noise):
        found = unpack(pack(pixels))
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, pixels, atol=1e-7)


def test_a_link_stays_short_and_needs_no_escaping(a_seven):
    text = pack(a_seven)
    assert len(text) < 300
    assert text.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A",
        "hello",
        "../../etc/passwd",
        "<script>alert(1)</script>",
        "ü" * 40,
        "A" * 5000,
        base64.urlsafe_b64encode(zlib.compress(b"\0" * 100)).decode(),
        base64.urlsafe_b64encode(zlib.compress(b"\0" * 900_000)).decode(),
    ],
)
def test_anything_else_is_a_sentence(text):
    with pytest.raises(LinkError, match="cannot be read"):
        unpack(text)


@pytest.mark.parametrize("part", [slice(None, -10), slice(10, None)])
def test_a_part_of_a_link_is_a_sentence(a_seven, part):
    with pytest.raises(LinkError, match="cannot be read"):
        unpack(pack(a_seven)[part])
