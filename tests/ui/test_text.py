"""A stranger's words are shown as they are: no markup, no live link."""

import pytest

from mnist_cnn.ui.text import escape


def test_what_is_markup_or_an_entity_is_escaped():
    assert escape("a&lt;b *c*") == r"a\&lt;b \*c\*"


@pytest.mark.parametrize(
    "words", ["www.example.org", "WWW.example.org", "https://a.org", "me@example.org"]
)
def test_an_address_is_no_link_and_looks_the_same(words):
    shown = escape(words).replace("\\", "")
    for start in ("www.", "WWW.", "://", "e@"):
        assert start not in shown
    assert shown.replace("\u2060", "") == words
