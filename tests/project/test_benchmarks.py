"""``make bench`` knows every benchmark, and each of them starts."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text()
LISTED = re.search(r"BENCHMARKS := ((?:.*\\\n)*.*)", MAKEFILE)[1]
LISTED = LISTED.replace("\\", "").split()
# All in one process, since each imports much of the lab.
ASK = """
import runpy, sys
for name in sys.argv[1:]:
    sys.argv = [name, "--help"]
    try:
        runpy.run_module(f"benchmarks.{name}", run_name="__main__")
    except SystemExit as ended:
        assert not ended.code, name
    else:
        raise AssertionError(f"{name} has no --help")
"""


def test_make_bench_runs_every_benchmark_and_no_helper():
    programs = {
        path.stem
        for path in (ROOT / "benchmarks").glob("*.py")
        if "ArgumentParser" in path.read_text()
    }
    assert set(LISTED) == programs


def test_each_benchmark_says_what_it_can_do():
    asked = subprocess.run(
        [sys.executable, "-c", ASK, *LISTED],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert asked.returncode == 0, asked.stderr
    before, *helps = asked.stdout.split("usage: ")
    assert not before
    for name, said in zip(LISTED, helps, strict=True):
        assert said.startswith(f"{name} ")
        assert f"benchmarks.{name}" in said


def test_without_pen_digits_the_handwriting_is_left_out_with_a_sentence(tmp_path):
    missing = tmp_path / "pen.json.gz"
    asked = subprocess.run(
        [sys.executable, "-m", "benchmarks.handwriting", "--pen-digits", missing],
        cwd=ROOT,
        env=os.environ | {"MNIST_CNN_DATA": str(tmp_path / "mnist.npz")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert asked.returncode == 0, asked.stderr
    assert str(missing) in asked.stdout
