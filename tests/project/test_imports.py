"""Who may import whom; and no page ever loads TensorFlow."""

import ast
import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ["app.py", *sorted(f"pages/{path.name}" for path in ROOT.glob("pages/*.py"))]
# Each would cost the server seconds or hundreds of megabytes; Keras its speed too.
HEAVY = ("tensorflow", "keras", "mlxtend", "sklearn", "matplotlib", "distributed")

VISIT = """
import sys
from streamlit.testing.v1 import AppTest
from mnist_cnn.jobs import worker

worker.ensure = lambda: None
at = AppTest.from_file("app.py", default_timeout=120).run()
assert not at.exception, at.exception
for page in sys.argv[1:]:
    at.switch_page(page).run()
    assert not at.exception, (page, at.exception)
    print(page, *sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_a_module_that_is_started_is_below_the_one_that_starts_it():
    """A string such as "mnist_cnn.jobs.worker" is an import that nobody sees."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())
    layers = contracts["tool"]["importlinter"]["contracts"][0]["layers"]
    floors = {
        room.strip(): floor
        for floor, rooms in enumerate(reversed(layers))
        for room in rooms.split("|")
    }

    def floor(module: str) -> int:
        parts = module.split(".")
        return next(floors[x] for n in (2, 3) if (x := ".".join(parts[:n])) in floors)

    started = []
    for path in (ROOT / "mnist_cnn").rglob("*.py"):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for node in ast.walk(ast.parse(path.read_text())):
            text = node.value if isinstance(node, ast.Constant) else None
            is_dotted = isinstance(text, str) and re.fullmatch(
                r"mnist_cnn(\.\w+)+", text
            )
            if is_dotted and importlib.util.find_spec(text):
                started.append(text)
                assert floor(text) <= floor(module), f"{module} starts {text}"
    assert "mnist_cnn.training.process" in started


def test_the_import_contracts_are_kept():
    checked = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


@pytest.fixture(scope="module")
def loaded(tmp_path_factory) -> dict[str, set[str]]:
    """By page: the modules in a process that has run it and those before it."""
    visited = subprocess.run(
        [sys.executable, "-c", VISIT, *PAGES],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert visited.returncode == 0, visited.stderr
    lines = [line.split() for line in visited.stdout.splitlines()]
    return {line[0]: set(line[1:]) for line in lines if line and line[0] in PAGES}


def test_there_are_pages_to_visit(loaded):
    assert list(loaded) == PAGES
    assert len(PAGES) > 1
    assert all("streamlit" in modules for modules in loaded.values())


@pytest.mark.parametrize("page", PAGES)
def test_no_page_loads_tensorflow_keras_or_anything_as_heavy(page, loaded):
    assert not loaded[page] & set(HEAVY)


def test_no_page_does_more_than_layout_and_calls():
    for page in PAGES:
        assert "import numpy" not in (ROOT / page).read_text(), page
