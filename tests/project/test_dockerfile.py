"""The Dockerfile, step by step without Docker: what it copies is enough to serve."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
import streamlit.config

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0


def instructions() -> list[tuple[str, str]]:
    """Name and arguments of each instruction, in order."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines()]
    parts = [line.split(None, 1) for line in lines if line and not line.startswith("#")]
    return [(name, " ".join(rest.split())) for name, rest in parts]


def arguments(name: str) -> list[str]:
    return [rest for each, rest in instructions() if each == name]


def copied() -> list[str]:
    return [source for rest in arguments("COPY") for source in shlex.split(rest)[:-1]]


def environment() -> dict[str, str]:
    pairs = shlex.split(" ".join(arguments("ENV")))
    return dict(pair.split("=", 1) for pair in pairs)


def command() -> list[str]:
    return json.loads(arguments("CMD")[-1])


def health_check() -> list[str]:
    return json.loads(arguments("HEALTHCHECK")[0].partition("CMD ")[2])


def test_all_that_the_lab_needs_is_copied_and_nothing_else():
    needed = {"app.py", "pages", "mnist_cnn", "static", ".streamlit"}
    requirements = {name for name in copied() if name.startswith("requirements")}
    assert set(copied()) - requirements == needed
    assert requirements
    assert all((ROOT / name).exists() for name in copied())
    installed = " ".join(arguments("RUN"))
    assert all(name in installed for name in requirements)


def test_what_is_copied_reaches_the_builder():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in lines
    sent = {line[1:] for line in lines if line.startswith("!")}
    for name in copied():
        assert any(Path(name).match(pattern) for pattern in sent), name


def test_it_serves_as_nobody_in_particular_and_keeps_runs_on_a_volume():
    names = [name for name, _ in instructions()]
    user = arguments("USER")[-1]
    assert user not in ("root", "0")
    assert names.index("USER") > names.index("COPY")
    assert f"--owner={user}" in " ".join(arguments("RUN"))
    assert arguments("VOLUME") == [environment()["MNIST_CNN_RUNS"]]
    # Keras keeps its MNIST where the runs are, so that it is downloaded once.
    assert environment()["KERAS_HOME"].startswith(environment()["MNIST_CNN_RUNS"])


def test_the_commands_options_exist():
    program, run, script, *options = command()
    assert (program, run) == ("streamlit", "run")
    assert script in copied()
    assert options
    for option in options:
        name, _, value = option.removeprefix("--").partition("=")
        assert value
        streamlit.config.get_option(name)
    port = next(each.partition("=")[2] for each in options if "port" in each)
    assert arguments("EXPOSE") == [port]
    assert port in health_check()[-1]


def test_the_python_is_one_that_the_lab_is_tested_with():
    assert any(
        f"python:3.{minor}-slim" in arguments("FROM")[0] for minor in (11, 12, 13)
    )


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """The image's folder, made as the Dockerfile makes it, but for the installing."""
    folder = tmp_path_factory.mktemp("image") / "lab"
    folder.mkdir()
    for name in copied():
        source = ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "plotly.min.js")
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy(source, folder / name)
    made = next(rest for rest in arguments("RUN") if "provide_plotly" in rest)
    steps = [step for step in made.split("&&") if "python" in step]
    assert len(steps) == 2
    for step in steps:
        _, *rest = shlex.split(step)
        subprocess.run([sys.executable, *rest], cwd=folder, check=True)
    return folder


def test_the_image_serves_and_its_health_check_sees_it(
    end_processes_of, image, runs_folder, tmp_path
):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    home = {
        name: value.replace("/runs", str(runs_folder)).replace("/tmp", str(tmp_path))
        for name, value in environment().items()
    }
    before = {path: path.stat().st_mtime_ns for path in image.rglob("*")}
    _, *rest = [part.replace("8501", port) for part in command()]
    check = [part.replace("8501", port) for part in health_check()[1:]]
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", *rest],
        cwd=image,
        env=os.environ | home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + PATIENCE
        while subprocess.run(
            [sys.executable, *check], check=False, stderr=subprocess.DEVNULL
        ).returncode:
            assert server.poll() is None
            assert time.monotonic() < until
        script = f"http://127.0.0.1:{port}/app/static/plotly.min.js"
        with urllib.request.urlopen(script, timeout=30) as answer:
            assert len(answer.read()) > 1_000_000
    finally:
        server.kill()
        server.wait()
        end_processes_of(runs_folder)
    # A read-only root is enough.
    assert {path: path.stat().st_mtime_ns for path in image.rglob("*")} == before
    failed = subprocess.run(
        [sys.executable, *check], check=False, stderr=subprocess.DEVNULL
    )
    assert failed.returncode != 0
