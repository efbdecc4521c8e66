"""A stranger's words are shown as they are: no markup, no live link."""

import pytest

from mnist_cnn.locale.message import Message
from mnist_cnn.ui.text import _, escape


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


def test_what_a_stranger_put_into_a_message_is_escaped_once_and_the_message_is_not():
    inner = Message("**Not** {value!r}, {count:,}", value="[a](b)", count=-5000)
    shown = _(Message("{name}: {reason}", name="*x*", reason=inner))
    assert shown == r"\*x\*: **Not** '\[a\]\(b\)', -5,000"
