"""The README's module map is true."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
FIGURES = "_figures.py"  # named together, by a star


def test_the_module_map_names_all_modules_and_no_others():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = text.partition("\nmnist_cnn/\n")[2].partition("\ntests/")[0]
    named = set(re.findall(r"\b\w+\.py\b", block))
    there = {path.name for path in (ROOT / "mnist_cnn").glob("*.py")}
    assert named - there == set()
    assert {name for name in there - named if not name.endswith(FIGURES)} == {
        "__init__.py"
    }
