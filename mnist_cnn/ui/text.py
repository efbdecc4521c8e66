"""Text for persons: `_`, and `ngettext` for numbers, where a catalog is installed."""

import math
import re
from functools import lru_cache
from gettext import gettext, ngettext

from mnist_cnn.locale.message import Message

__all__ = ["_", "escape", "four_decimals", "language", "ngettext", "plain"]

# Python's gettext looks for catalogs on the disk at every call: a tenth of what a
# look at a live training costs.
# Bounded, since a stranger's words may pass through it, too.
_translated = lru_cache(4096)(gettext)


def _(text: str) -> str:
    """The text in the reader's language, for Markdown.

    Of a message with its values put in, which may be a stranger's: they are escaped.
    """
    if isinstance(text, Message):
        return text.said(_translated, escape)
    return _translated(text) if text else ""  # of "" catalogs say who wrote them


def plain(text: str) -> str:
    """The same where nothing is Markdown: a stranger's words stand as they are."""
    return text.said(_translated) if isinstance(text, Message) else _(text)


def four_decimals(value: float) -> str:
    """An accuracy or a loss, in four decimals; – if it was not measured."""
    return f"{value:.4f}" if math.isfinite(value) else "–"


def language() -> str:
    """The reader's: part of the key of whatever keeps texts for several readers."""
    return "en"


_MARKS = re.compile(r"[\\`*_{}\[\]()#+\-!:$<>|~&]")
# Where Markdown makes a link of bare words: before "." in "www.", "//" and "@". It
# looks after backslashes are gone, so that only a character between prevents it.
_LINKED = re.compile(r"(?i)(?<=www)(?=\.)|(?<=:)(?=//)|(?=@)")
_WORD_JOINER = "\u2060"


def escape(text: str) -> str:
    """A stranger's words in Markdown, shown as they are: no markup, no link."""
    return _MARKS.sub(r"\\\g<0>", _LINKED.sub(_WORD_JOINER, text))
