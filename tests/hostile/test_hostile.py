"""Strangers' links, uploads and run files, many of them: a page never breaks.

`make hostile` tries all 1,000; the usual run the first few of each kind. The cases
follow from their numbers, so that one that fails can be tried again.
"""

from __future__ import annotations

import io
import json
import os
import random
import struct
import sys
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from mnist_cnn import runs
from mnist_cnn.digits.photo.image_files import ImageError, open_image
from mnist_cnn.experiments import link
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.runs import RunError
from mnist_cnn.runs.commands import COMMANDS, CommandReader
from mnist_cnn.ui.frame import pages

ROOT = Path(__file__).parents[2]
ALL = bool(os.environ.get("MNIST_CNN_ALL_HOSTILE"))
LINKS, FILES, UPLOADS, COMMAND_FILES = (400, 300, 200, 100) if ALL else (24, 24, 60, 40)
CASE_SECONDS = 60.0
MEGABYTES = 300

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
TEXTS = (
    *("", " ", "0", "-1", "1e999", "nan", "inf", "true", "null", "9" * 5000, "٣", "½"),
    *("../../etc/passwd", "..%2f..%2fetc", "/etc/passwd", "C:\\", "file:///etc/passwd"),
    *("\x00", "%00", "a\nb", "\u202eabc", "\ud7ff", "💥" * 50, "x" * 100_000),
    *(SCRIPT, "[x](javascript:alert(1))", "$\\frac{1}{0}$", "**b** `c` :red[d]"),
    *(
        "pretrained",
        "pretrained,pretrained",
        "{}",
        "[1]",
        "'; DROP TABLE",
        "{0.__class__}",
    ),
)
NUMBERS = (
    *(0, -1, 1, 0.5, 10**18, 10**400, -(10**400), 1e308, float("nan"), float("inf")),
    *(True, None, "7", "", SCRIPT, [], [1], {}, {"a": 1}),
)
PARAMETERS = (
    *(*link.WHOLE, *link.TEXT, *link.SWITCHES, "preset", "learning_rate", "blocks"),
    *("dense", "dropout", "activation", "augmentation", "data", "shares", "start_from"),
    *("network", "run", "runs", "moment", "broken", "digit", "test", "layer", "unit"),
    *("view", "true", "answer", "as", "embed"),
)

_outside: list[str] = []
_watched: list[Path] = []


def _note_open(event: str, arguments: tuple) -> None:
    """Notes files that are opened to be written outside the runs folder, or secrets."""
    if event != "open" or not _watched:
        return
    name, mode, flags = arguments
    if not isinstance(name, str | bytes):
        return
    path = Path(os.path.abspath(os.fsdecode(name)))  # noqa: PTH100 - links stay links
    writes = bool((flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
    harmless = path.parts[:2] in (("/", "dev"), ("/", "proc"))
    inside = any(folder in path.parents for folder in _watched)
    if path.parts[:2] == ("/", "etc") and path.name == "passwd":
        _outside.append(f"read {path}")
    elif writes and not inside and not harmless and path.suffix != ".pyc":
        _outside.append(f"{mode} {path}")


sys.addaudithook(_note_open)


@pytest.fixture(autouse=True)
def lab(runs_folder, unpacked_once, wanted_workers) -> Iterator[Path]:
    # Once without watching: what is written at the first start is the lab's own.
    show(pages()[0][0], {})
    _watched.append(runs_folder)
    _outside.clear()
    yield runs_folder
    _watched.clear()
    assert _outside == []


def show(script: str, query: dict[str, str]) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=CASE_SECONDS)
    at.query_params.update(query)
    if script != "app.py":
        at.switch_page(script)
    at.run()
    assert not at.exception, (script, query, [each.message for each in at.exception])
    return at


def cases(count: int, kind: str, make: Callable[[random.Random], object]):
    """Makes so many cases; each must end in its time and within its memory."""
    for number in range(count):
        rng = random.Random(f"{kind} {number}")
        began = time.monotonic()
        try:
            make(rng)
        except BaseException:
            print(f"{kind}, case {number}")
            raise
        assert time.monotonic() - began < CASE_SECONDS, f"{kind}, case {number}"


def any_text(rng: random.Random) -> str:
    if rng.random() < 0.7:
        return rng.choice(TEXTS)
    letters = "0123456789abcdefkpv,.-_/%<>\"'&{}[]() \u00e9\u4e00\U0001f600"
    return "".join(rng.choices(letters, k=rng.randrange(60)))


def a_run(state: str = "done") -> runs.Run:
    run = runs.submit(TrainingConfig(epochs=2), preset="seed")
    run.write_status(runs.Status(state, epochs_done=1, examples=500, test_examples=100))
    return run


def test_links():
    run = a_run()

    def one(rng: random.Random) -> None:
        names = rng.sample(PARAMETERS, rng.randrange(1, 6))
        query = {name: any_text(rng) for name in names}
        if "epochs" in query or rng.random() < 0.3:
            query["preset"] = rng.choice(("seed", "classroom", any_text(rng)))
        if rng.random() < 0.2:
            query["run"] = run.id
        script = rng.choice([script for script, _name, _icon in pages()])
        show(script, query)

    cases(LINKS, "link", one)


def mangled(rng: random.Random, value: object) -> object:
    """The value with something in it exchanged."""
    if isinstance(value, dict) and value and rng.random() < 0.85:
        name = rng.choice(list(value))
        changed = dict(value)
        changed[name] = mangled(rng, value[name])
        return changed
    return rng.choice((*NUMBERS, any_text(rng)))


def hostile_content(rng: random.Random, content: bytes) -> bytes:
    kind = rng.randrange(8)
    if kind == 0:
        return rng.randbytes(rng.randrange(5000))
    if kind == 1:
        return content[: rng.randrange(len(content) + 1)]
    if kind == 2:
        return b"[" * 150_000
    if kind == 3:
        return b'{"name":' * 20_000 + b"1" + b"}" * 20_000
    if kind == 4:
        return rng.choice(
            (b"", b"null", b"NaN", b"[]", b'"x"', b"\xff\xfe{}", b"1e400")
        )
    if kind == 5:
        return b" " * 3_000_000
    lines = []
    for line in content.splitlines() or [b"{}"]:
        try:
            value = json.loads(line)
        except ValueError:
            value = {}
        lines.append(json.dumps(mangled(rng, value)).encode())
    return b"\n".join(lines) + b"\n"


def plain_content(run: runs.Run, name: str) -> bytes:
    path = run.path / name
    if name == "label.json":
        return json.dumps({"name": SCRIPT, "starred": True}).encode()
    if name.endswith(".json"):
        return json.dumps(json.loads(path.read_bytes())).encode()
    if name == "metrics.jsonl":
        recording = ROOT / "tests" / "recordings" / "improving.jsonl"
        return b"\n".join(recording.read_bytes().splitlines()[:60])
    return b"PK\x03\x04" + bytes(200)


def arrays_of(rng: random.Random) -> bytes:
    file = io.BytesIO()
    names = ("steps", "kernels", "pixels", "labels", "probabilities", "losses", "epoch")
    shapes = ((), (0,), (3,), (2, 2), (5, 5, 1, 4), (1, 5, 5, 1, 4), (3, 28, 28))
    kinds = (np.float32, np.int64, np.uint8, bool, object, "U4", complex)
    values = {
        name: np.zeros(rng.choice(shapes), rng.choice(kinds))
        for name in rng.sample(names, rng.randrange(len(names) + 1))
    }
    np.savez(file, **values)
    return file.getvalue()


def test_run_files():
    names = ("config.json", "status.json", "label.json", "metrics.jsonl")
    binary = ("kernels.npz", "weights.npz", "test_predictions.npz", "last_batch.npz")
    others = ("drawing.bin", "summary.txt", "heartbeat", "control.jsonl", "lock")

    def one(rng: random.Random) -> None:
        run = a_run(rng.choice(("done", "queued", "running", "paused")))
        chosen = set(rng.choices((*names, *names, *binary, *others), k=3))
        for name in sorted(chosen):
            content = plain_content(run, name)
            if name in binary and rng.random() < 0.7:
                content = arrays_of(rng)
            elif name == "lock":
                content = b""
            else:
                content = hostile_content(rng, content)
            (run.path / name).write_bytes(content)
        script = rng.choice([script for script, _name, _icon in pages()])
        query = {"run": run.id, "network": run.id, "runs": f"{run.id},pretrained"}
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=CASE_SECONDS)
        at.query_params.update(query)
        at.session_state["details"] = rng.choice(
            (
                "Predictions",
                "Time machine",
                "All four curves",
                "Learning rate",
                "Last batch",
            )
        )
        at.switch_page(script).run()
        assert not at.exception, (
            script,
            {name: (run.path / name).read_bytes()[:300] for name in chosen},
            [each.message for each in at.exception],
        )
        for each in run.path.iterdir():
            each.unlink()
        run.path.rmdir()

    cases(FILES, "run files", one)


def png(width: int, height: int, data: bytes) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return (
            struct.pack(">I", len(content))
            + checked
            + struct.pack(">I", zlib.crc32(checked))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", data)
        + chunk(b"IEND", b"")
    )


BOMB = zlib.compress(bytes(20_000_000), 9)


def hostile_upload(rng: random.Random) -> bytes:
    kind = rng.randrange(8)
    if kind == 0:
        return rng.randbytes(rng.randrange(3000))
    if kind == 1:
        return png(rng.choice((50_000, 2**31 - 1)), rng.choice((1, 50_000)), BOMB)
    if kind == 2:
        return png(rng.randrange(3), rng.randrange(3), zlib.compress(b""))
    if kind == 3:
        return b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT.encode() + b"</svg>"
    if kind == 4:
        return rng.choice(
            (b"%PDF-1.7", b"PK\x03\x04", b"GIF89a", b"RIFF\xff\xff\xff\xff")
        )
    file = io.BytesIO()
    side = rng.choice((1, 28, 300))
    picture = Image.new(rng.choice(("L", "RGB", "P")), (side, rng.choice((1, side))), 9)
    picture.save(
        file,
        rng.choice(("PNG", "JPEG", "GIF", "WEBP", "BMP"))
        if picture.mode != "P"
        else "GIF",
    )
    content = bytearray(file.getvalue())
    if kind == 5:
        return bytes(content[: rng.randrange(len(content))])
    for _change in range(rng.randrange(1, 20)):
        content[rng.randrange(len(content))] = rng.randrange(256)
    return bytes(content)


def test_uploads():
    tracemalloc.start()

    def one(rng: random.Random) -> None:
        try:
            picture = open_image(hostile_upload(rng))
        except ImageError as error:
            assert "Traceback" not in str(error) and len(str(error)) < 400
        else:
            assert max(picture.size) <= 1600

    try:
        cases(UPLOADS, "upload", one)
        assert tracemalloc.get_traced_memory()[1] < MEGABYTES * 1e6
    finally:
        tracemalloc.stop()


def test_command_files(lab):
    path = lab / "control.jsonl"
    plain = b"\n".join(
        json.dumps({"what": what, "value": None}).encode() for what in COMMANDS
    )

    def one(rng: random.Random) -> None:
        path.write_bytes(hostile_content(rng, plain))
        run = a_run()
        for command in CommandReader(path).new():
            assert command.what in COMMANDS
            try:
                run.send(command.what, command.value)
            except (RunError, ValueError):
                continue

    cases(COMMAND_FILES, "command file", one)


def test_markup_in_names_and_reasons_is_shown_as_text():
    run = a_run()
    run.rename(SCRIPT)
    run.write_status(runs.Status("failed", reason=SCRIPT, source=SCRIPT, epochs_done=1))
    for script, _name, _icon in pages():
        at = show(script, {"run": run.id, "runs": f"{run.id},pretrained"})
        for each in at.main:
            proto = getattr(each, "proto", None)
            if getattr(proto, "allow_html", False) or each.type == "html":
                assert "<script" not in str(proto)
                assert "<img" not in str(proto)
