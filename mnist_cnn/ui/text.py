"""Text for persons: `_` translates where a catalog is installed."""

from functools import lru_cache
from gettext import gettext

__all__ = ["_", "literal"]

# Python's gettext looks for catalogs on the disk at every call: a tenth of what a
# look at a live training costs.
# Bounded, since sentences with a stranger's words in them pass through it, too.
_ = lru_cache(4096)(gettext)

_MARKS = frozenset(r"\`*_{}[]()#+-!:$<>|~")


def literal(text: str) -> str:
    """A stranger's words in Markdown, shown as they are."""
    return "".join(f"\\{each}" if each in _MARKS else each for each in text)
