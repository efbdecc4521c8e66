"""JavaScript modules in one scope."""

import re
from collections import Counter
from pathlib import Path

import pytest

from mnist_cnn.ui.components.bundle import bundle

COMPONENTS = Path(__file__).parents[2] / "mnist_cnn" / "ui" / "components"
MODULES = sorted(COMPONENTS.rglob("*.js"))
DEFINED = re.compile(r"^(?:async )?(?:function\*?|const|let|class) (\w+)", re.MULTILINE)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_no_name_is_defined_twice_by_a_module_and_what_it_imports(module):
    names = Counter(DEFINED.findall(bundle(module)))
    assert [name for name, times in names.items() if times > 1] == []


def test_what_is_imported_comes_once_and_before(tmp_path):
    (tmp_path / "a.js").write_text("export const one = 1\n")
    (tmp_path / "b.js").write_text('import { one } from "./a.js"\nconst two = one\n')
    entry = tmp_path / "c.js"
    entry.write_text('import { one } from "./a.js"\nimport "./b.js"\nuse(one)\n')
    made = bundle(entry)
    assert made.index("const one") < made.index("const two") < made.index("use(one)")
    assert made.count("const one") == 1
