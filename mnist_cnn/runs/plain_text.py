"""Text from a stranger's file, such that a page can show it: words, and no markup."""

from __future__ import annotations

import re

# Letters, digits and what sentences need; no brackets, stars, backticks or angles.
_NOT_PLAIN = re.compile(r"[^\w .,:;'’()%+=/?-]|(?<=/)/|(?<=:)//|_")


def plain_text(text: object, longest: int) -> str:
    """The text in one line, at most so long, without what Markdown makes markup of.

    Raises:
        TypeError: if it is no text.
    """
    if not isinstance(text, str):
        raise TypeError("not a text")
    return " ".join(_NOT_PLAIN.sub(" ", text[: 2 * longest]).split())[:longest]
