"""Who may import whom; and no page ever loads TensorFlow."""

import ast
import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import mnist_cnn

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
    for path in ROOT.glob("mnist_cnn/*/**/*.py"):
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


def test_the_first_visitor_does_not_wait_for_scipy(loaded):
    assert "scipy" not in loaded["app.py"]


def test_no_page_does_more_than_layout_and_calls():
    for page in PAGES:
        assert "import numpy" not in (ROOT / page).read_text(), page


def late_imports(path: Path) -> set[str]:
    """The lab's own modules that a file imports inside its functions."""
    functions = [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    found = set()
    for node in (node for function in functions for node in ast.walk(function)):
        if isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return {name for name in found if name.partition(".")[0] == "mnist_cnn"}


def test_no_arrow_hides_in_a_function():
    for path in [*ROOT.glob("mnist_cnn/**/*.py"), *(ROOT / page for page in PAGES)]:
        names = late_imports(path)
        if path.name == "__main__.py" or "training" in path.parts:
            # TensorFlow is set up before it is loaded.
            names = {name for name in names if ".training" not in name}
        assert not names, path


def test_no_room_goes_through_the_roof():
    public = {"mnist_cnn." + name for name in mnist_cnn.__all__}
    for path in ROOT.glob("mnist_cnn/*/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "mnist_cnn":
                names = {"mnist_cnn." + alias.name for alias in node.names}
                assert not names & public, path
