"""Sentences that know their fields, so that a page can say them in another language.

Below ``ui`` nobody knows who reads. So nothing there glues a sentence of parts: it is
one text with named fields, and what is put into them (as gettext's catalogs need it).
"""

from __future__ import annotations

from collections.abc import Callable
from string import Formatter
from typing import Any

# From an English text to the same in the reader's language.
Translate = Callable[[str], str]


class Message(str):
    """A sentence in English, like any other string; it can be said otherwise, too.

    ``Message("Run {id} has no network.", id="3f09ab")`` is equal to the string
    "Run 3f09ab has no network.".

    Args:
        text: with a named field for each value; as it is if there are none.
        values: for the fields; a message among them is translated, too.
    """

    __slots__ = ("text", "values")

    def __new__(cls, text: str, /, **values: Any) -> Message:
        values = {name: _told(value) for name, value in values.items()}
        message = super().__new__(cls, text.format(**values) if values else text)
        message.text, message.values = text, values
        return message

    @classmethod
    def listed(cls, parts: list[str], between: str = ", ") -> Message:
        """Parts one after the other, each a message of its own."""
        named = {f"part_{number}": part for number, part in enumerate(parts)}
        return cls(between.join(f"{{{name}}}" for name in named), **named)

    def said(self, translate: Translate, show: Callable[[str], str] = str) -> str:
        """The sentence in another language, of which ``translate`` knows the texts.

        Args:
            translate: from an English text to the reader's.
            show: what becomes of values that are no numbers; a page escapes them.
        """
        text = translate(self.text) if self.text else ""
        if not self.values:
            return text
        return _Saying(translate, show).vformat(text, (), self.values)


class _Saying(Formatter):
    """Puts a message's values into its text, as ``Message.said`` is told to."""

    def __init__(self, translate: Translate, show: Callable[[str], str]) -> None:
        self._translate, self._show = translate, show

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Message):
            return value.said(self._translate, self._show)
        told = format(value, format_spec)
        return told if isinstance(value, int | float) else self._show(told)


class MessageError(ValueError):
    """What cannot be done, in a sentence for a person.

    Args:
        text: a message, or its text.
        values: for the text's fields; an error among them says its own sentence.

    Attributes:
        message: the sentence, which is what ``str`` gives in English.
    """

    def __init__(self, text: str, /, **values: Any) -> None:
        is_whole = isinstance(text, Message)
        self.message = text if is_whole else Message(text, **values)
        super().__init__(self.message)


def _told(value: Any) -> Any:
    if isinstance(value, MessageError):
        return value.message
    return str(value) if isinstance(value, BaseException) else value
