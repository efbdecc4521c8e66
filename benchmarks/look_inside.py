"""The Look inside page: what each interaction costs the server.

``python -m benchmarks.look_inside [--repeats 20] [--people 30]``

A session without a browser sends what a browser would, and waits until the page has
answered completely; "processor" is what that took of the server's processor time,
which is the same on a busy machine. Then a class: so many people, each a click on a
map or a unit every two seconds. Below that, the arithmetic alone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial

import numpy as np
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.server import Server
from benchmarks.session import Session
from mnist_cnn import runs
from mnist_cnn.analysis import what_if
from mnist_cnn.digits.link import pack
from mnist_cnn.digits.transforms import Change
from mnist_cnn.nn import saliency

OVERVIEW, SLIDERS = "inside_overview", "inside_what_if"
PERIOD_SECONDS = 2.0
CLICKS_EACH = 10
CLICKS = {
    "click a map of conv_1": ("conv_1", 32),
    "click a map of conv_2": ("conv_2", 64),
    "click a map of pool_1": ("pool_1", 32),
    "click a unit of dense_1": ("dense_1", 1000),
    "click a digit of output": ("output", 10),
}


def a_seven() -> np.ndarray:
    """A 7 as MNIST's are placed, float32 (28, 28)."""
    pixels = np.zeros((28, 28), np.float32)
    pixels[5:8, 7:21] = 1
    for row in range(8, 24):
        left = round(18 - (row - 8) * 0.5)
        pixels[row, left : left + 3] = 1
    return pixels


class Visitor(Session):
    """A tab on Look inside, which knows its widgets by their keys."""

    def __init__(self, port: int) -> None:
        super().__init__(port, "Look_inside")
        self._query = f"digit={pack(a_seven())}"
        self._widgets: dict[str, tuple[str, str]] = {}
        self.received = 0

    async def interact(self, key: str, **value: object) -> float:
        """Sends a widget's new value; seconds until the page has answered."""
        message = BackMsg()
        found, fragment = self._widgets[key]
        message.rerun_script.fragment_id = fragment
        state = message.rerun_script.widget_states.widgets.add()
        state.id = found
        for name, part in value.items():
            if name == "string_trigger_value":
                state.string_trigger_value.data = part
            elif name.endswith("array_value"):
                getattr(state, name).data.extend(part)
            else:
                setattr(state, name, part)
        self.received = 0
        started = time.perf_counter()
        await self._rerun(message)
        return time.perf_counter() - started

    async def _rerun(self, message: BackMsg) -> None:
        message.rerun_script.query_string = self._query
        await super()._rerun(message)

    def _note(self, answer: ForwardMsg) -> None:
        super()._note(answer)
        self.received += answer.ByteSize()
        element = answer.delta.new_element
        kind = element.WhichOneof("type")
        identity = getattr(getattr(element, kind or "", None), "id", "")
        key = identity.rsplit("-", 1)[-1] if identity else ""
        for name in (OVERVIEW, "inside_view", SLIDERS):
            if identity.endswith(f"-{name}"):
                key = name
        if (
            getattr(getattr(element, kind or "", None), "label", "")
            == "Covered at a time"
        ):
            key = "covered"
        if identity:
            self._widgets[key] = (identity, answer.delta.fragment_id)


async def interactions(server: Server, repeats: int) -> None:
    """Prints the median and the 95th percentile of each interaction."""
    visitor = Visitor(server.port)
    started = time.perf_counter()
    await visitor.open()
    print(f"first run of the page                 {_ms(time.perf_counter() - started)}")
    rng = np.random.default_rng(0)
    for name in CLICKS:
        await _measure(
            server, visitor, name, OVERVIEW, partial(a_click, name, rng), repeats
        )
    await visitor.interact("inside_view", string_array_value=["What mattered"])
    sizes = iter([2, 4, 6, 8, 10] * repeats)
    await _measure(
        server,
        visitor,
        "what mattered: another occlusion",
        "covered",
        lambda: {"string_array_value": [_window(next(sizes))]},
        repeats,
    )
    await visitor.interact("inside_view", string_array_value=["What if"])
    await _measure(
        server,
        visitor,
        "what if: a slider at rest, curves",
        SLIDERS,
        lambda: a_turn(int(rng.integers(-90, 90))),
        repeats,
    )
    print(f"memory of the server                  {server.memory_mb():8.0f} MB")
    await visitor.close()


def a_click(name: str, rng: np.random.Generator) -> dict[str, str]:
    """What a browser sends for a click on any map or unit of that layer."""
    layer, units = CLICKS[name]
    chosen = {"item": layer, "tile": int(rng.integers(units)), "number": 1}
    return {"json_value": json.dumps({"chosen": chosen})}


def a_turn(angle: int) -> dict[str, str]:
    """What a browser sends when the slider for the angle has come to rest."""
    change = asdict(Change()) | {"angle": angle}
    return {"json_value": json.dumps({"change": change})}


async def a_class(server: Server, people: int) -> None:
    """Prints what each of so many people waits who click here and there."""
    visitors = [Visitor(server.port) for _ in range(people)]
    for visitor in visitors:
        await visitor.open()

    async def clicks(number: int) -> list[float]:
        rng = np.random.default_rng(number)
        await asyncio.sleep(PERIOD_SECONDS * number / people)
        times = []
        for _ in range(CLICKS_EACH):
            click = a_click(str(rng.choice(list(CLICKS))), rng)
            times.append(await visitors[number].interact(OVERVIEW, **click))
            await asyncio.sleep(max(0.0, PERIOD_SECONDS - times[-1]))
        return times

    rows = await asyncio.gather(*(clicks(number) for number in range(people)))
    p10, p50, p95 = np.percentile(np.concatenate(rows), (10, 50, 95))
    print(
        f"{people} people, {people * CLICKS_EACH} clicks".ljust(34),
        f"p10 {_ms(p10)}  p50 {_ms(p50)}  p95 {_ms(p95)}  "
        f"errors {sum(visitor.errors for visitor in visitors)}",
    )
    for visitor in visitors:
        await visitor.close()


async def _measure(
    server: Server,
    visitor: Visitor,
    name: str,
    key: str,
    value: Callable[[], dict[str, object]],
    repeats: int,
) -> None:
    times, sizes = [], []
    used, errors = server.cpu_seconds(), visitor.errors
    for _ in range(repeats):
        times.append(await visitor.interact(key, **value()))
        sizes.append(visitor.received)
    used = (server.cpu_seconds() - used) / repeats
    p10, p50, p95 = np.percentile(times, (10, 50, 95))
    print(
        f"{name:34} p10 {_ms(p10)}  p50 {_ms(p50)}  p95 {_ms(p95)}  processor "
        f"{_ms(used)}  {np.median(sizes) / 1000:4.0f} kB  "
        f"errors {visitor.errors - errors}"
    )


def arithmetic(repeats: int) -> None:
    """Prints what the core takes for one digit and the pretrained network."""
    model, pixels = runs.load_network(), a_seven()
    forward = model.forward(pixels)
    parts = {
        "forward pass, everything kept": lambda: model.forward(pixels),
        "occlusion, windows of 4×4": lambda: saliency.occlusion(forward, 7),
        "Grad-CAM": lambda: saliency.grad_cam(forward, 7, "conv_2"),
        "contributions": lambda: saliency.contributions(forward, 7),
        "curve over the angle, 37 digits": lambda: what_if.curve(
            model, pixels, "angle"
        ),
    }
    for name, part in parts.items():
        times = []
        for _ in range(repeats):
            started = time.perf_counter()
            part()
            times.append(time.perf_counter() - started)
        print(f"{name:37} {_ms(float(np.median(times)))}")


def _window(size: int) -> str:
    return f"{size}×{size}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:8.1f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--people", type=int, default=30)
    options = parser.parse_args()
    with Server() as server:
        asyncio.run(interactions(server, options.repeats))
        asyncio.run(a_class(server, options.people))
    arithmetic(options.repeats)


if __name__ == "__main__":
    main()
