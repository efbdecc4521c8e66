"""A browser's tab without a browser: what it shows in words, and its buttons."""

from __future__ import annotations

import time

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.session import Session


class Tab(Session):
    """A session that reads and presses.

    Attributes:
        words: every text that the page has shown.
    """

    def __init__(self, port: int, page: str = "Train", query: str = "") -> None:
        super().__init__(port, page, query)
        self.words: list[str] = []
        self._buttons: dict[str, tuple[str, str]] = {}

    async def press(self, label: str) -> None:
        """Presses the button and waits for the answer."""
        button, fragment = self._buttons[label]
        message = BackMsg()
        message.rerun_script.fragment_id = fragment
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.trigger_value = button, True
        await self._rerun(message)

    async def until(self, text: str, seconds: float) -> float:
        """Looks as an open tab does until the page has said this; seconds it took."""
        began = time.perf_counter()
        while not any(text in each for each in self.words):
            assert time.perf_counter() - began < seconds, self.words[-20:]
            await self.watch(0.3)
        return time.perf_counter() - began

    def _note(self, answer: ForwardMsg) -> None:
        super()._note(answer)
        element = answer.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "button":
            place = (element.button.id, answer.delta.fragment_id)
            self._buttons[element.button.label] = place
        elif kind in ("markdown", "alert", "heading"):
            self.words.append(getattr(element, kind).body)
