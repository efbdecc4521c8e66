"""Sessions without a browser: the websocket that a page speaks."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import time

import websockets
from PIL import Image, ImageDraw
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

ANSWER_SECONDS = 60


class Session:
    """One browser tab's conversation with the server.

    Args:
        port: of the server.
        page: name of the page, as in its address; "" is Home.
        query: what stands behind the question mark in the address.
        reads: whether it says, as browsers do, that it reads drawings by itself.

    Attributes:
        exceptions: that the page has shown, each with its message and stack.
        metrics: values of the metrics that the newest answer held.
        words: every text that the page has shown.
        fragments: seconds between the reruns that fragments ask for, by their id.
        bytes: received since the newest question.
    """

    def __init__(
        self, port: int, page: str, query: str = "", *, reads: bool = False
    ) -> None:
        self._port = port
        self._page = page
        self._query = query
        self.fragments: dict[str, float] = {}
        self.bytes = 0
        self._fragment = ""
        self._canvas = ""
        self._reads = reads
        self._reading = self._reading_fragment = ""
        self._buttons: dict[str, tuple[str, str]] = {}
        self._kept: set[str] = set()
        self._due: dict[str, float] = {}
        self.exceptions: list[str] = []
        self.metrics: list[str] = []
        self.words: list[str] = []

    @property
    def errors(self) -> int:
        """How many exceptions the page has shown."""
        return len(self.exceptions)

    async def open(self) -> None:
        """Connects and waits until the page has run once."""
        self._socket = await websockets.connect(
            f"ws://127.0.0.1:{self._port}/_stcore/stream",
            subprotocols=["streamlit"],
            max_size=None,
            # A server that a benchmark has stopped for a while is not gone.
            ping_interval=None,
        )
        await self._rerun(BackMsg())
        if self._reads:
            message = BackMsg()
            message.rerun_script.fragment_id = self._reading_fragment
            self._say_it_reads(message)
            await self._rerun(message)

    def _say_it_reads(self, message: BackMsg) -> None:
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.json_value = self._reading, json.dumps({"reads": "yes"})

    async def close(self) -> None:
        """Leaves."""
        await self._socket.close()

    async def look(self, fragment: str) -> float:
        """Reruns a fragment, as a browser does by itself; seconds until the answer."""
        message = BackMsg()
        message.rerun_script.fragment_id = fragment
        message.rerun_script.is_auto_rerun = True
        started = time.perf_counter()
        await self._rerun(message)
        return time.perf_counter() - started

    async def watch(self, seconds: float) -> list[float]:
        """Reruns what wants to be rerun, like an open tab; seconds of each answer.

        Its timers go on where an earlier call has left them.
        """
        times = []
        end = time.perf_counter() + seconds
        self._set_timers(time.perf_counter())
        while self._due and (now := time.perf_counter()) < end:
            fragment = min(self._due, key=self._due.get)
            if self._due[fragment] > now:
                await asyncio.sleep(min(self._due[fragment], end) - now)
                continue
            times.append(await self.look(fragment))
            # A timer in a browser goes on while an answer is on its way.
            was_due = self._due.pop(fragment)
            self._set_timers(now, was_due)
        return times

    def _set_timers(self, now: float, was_due: float | None = None) -> None:
        """A timer for each fragment that has none; none for those that are gone."""
        for name, interval in self.fragments.items():
            due = now if was_due is None else max(was_due, now - interval) + interval
            self._due.setdefault(name, due)
        self._due = {name: self._due[name] for name in self.fragments}

    async def until(self, text: str, seconds: float) -> float:
        """Watches until the page has said this; seconds it took."""
        began = time.perf_counter()
        while not any(text in each for each in self.words):
            assert time.perf_counter() - began < seconds, self.words[-20:]
            await self.watch(0.3)
        return time.perf_counter() - began

    async def press(self, label: str) -> None:
        """Presses the button and waits for the answer."""
        button, fragment = self._buttons[label]
        message = BackMsg()
        message.rerun_script.fragment_id = fragment
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.trigger_value = button, True
        await self._rerun(message)

    async def stroke(self, image_url: str) -> float:
        """Sends a drawing; seconds until the page has answered it."""
        message = BackMsg()
        message.rerun_script.fragment_id = self._fragment
        if self._reads:
            self._say_it_reads(message)
        state = message.rerun_script.widget_states.widgets.add()
        state.id = self._canvas
        state.json_value = json.dumps(
            {
                "drawing": {"raw": {"objects": [{}]}, "data": image_url},
                "backgroundFit": None,
            }
        )
        started = time.perf_counter()
        await self._rerun(message)
        return time.perf_counter() - started

    async def _rerun(self, message: BackMsg) -> None:
        message.rerun_script.page_name = self._page
        message.rerun_script.query_string = self._query
        # Like a browser it says what it has, so that this is not sent again.
        message.rerun_script.cached_message_hashes.extend(self._kept)
        self.metrics, self.bytes = [], 0
        again = False
        await self._socket.send(message.SerializeToString())
        while True:
            data = await asyncio.wait_for(self._socket.recv(), ANSWER_SECONDS)
            self.bytes += len(data)
            answer = ForwardMsg.FromString(data)
            if answer.metadata.cacheable:
                self._kept.add(answer.hash)
            if answer.WhichOneof("type") == "delta":
                self._note(answer)
            if answer.WhichOneof("type") == "auto_rerun":
                asked = answer.auto_rerun
                self.fragments[asked.fragment_id] = asked.interval
            if answer.WhichOneof("type") == "script_finished":
                if answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    break
                # The whole page runs again, and makes its fragments anew.
                self.fragments.clear()
                again = True

        if again and not self.fragments:
            # Without a browser the server takes Home for the page to run again.
            await self._rerun(BackMsg())

    def _note(self, answer: ForwardMsg) -> None:
        element = answer.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":
            shown = element.exception
            lines = [f"{shown.type}: {shown.message}", *shown.stack_trace]
            self.exceptions.append("\n".join(lines))
        if kind == "metric":
            self.metrics.append(element.metric.body)
        if kind in ("markdown", "alert", "heading"):
            self.words.append(getattr(element, kind).body)
        if kind == "button":
            address = (element.button.id, answer.delta.fragment_id)
            self._buttons[element.button.label] = address
        if kind == "bidi_component" and "live_reading" in element.bidi_component.id:
            self._reading = element.bidi_component.id
            self._reading_fragment = answer.delta.fragment_id
        if kind == "bidi_component" and "canvas" in element.bidi_component.id:
            self._canvas = element.bidi_component.id
            self._fragment = answer.delta.fragment_id or self._fragment


def a_seven(shift: int = 0) -> str:
    """A drawing of a seven as the canvas sends it, a PNG in a data URL."""
    image = Image.new("RGBA", (280, 280), (0, 0, 0, 255))
    points = [(x + shift % 40, y) for x, y in ((90, 70), (190, 70), (120, 220))]
    ImageDraw.Draw(image).line(points, fill="white", width=20, joint="curve")
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
