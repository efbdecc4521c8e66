"""What is locked is what is required; every file of it by its hash."""

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
LOCKS = {
    "requirements.lock": ("requirements.txt",),
    "requirements-dev.lock": (
        "requirements.txt",
        "requirements-dask.txt",
        "requirements-dev.txt",
    ),
}


def named(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(lock: str) -> dict[str, list[str]]:
    """Versions by name; where systems or Pythons differ there are several."""
    found: dict[str, list[str]] = {}
    for line in (ROOT / lock).read_text().splitlines():
        if match := re.match(r"([A-Za-z0-9._-]+)(?:\[.*\])?==([^\s;]+)", line):
            found.setdefault(named(match[1]), []).append(match[2])
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_fits_what_is_required(lock):
    versions = locked(lock)
    for name in LOCKS[lock]:
        for line in (ROOT / name).read_text().splitlines():
            if not line or line.startswith(("#", "-r")):
                continue
            wanted = Requirement(line)
            found = versions.get(named(wanted.name), [])
            assert found, f"{line} is not in {lock}: make lock"
            assert all(wanted.specifier.contains(each) for each in found), (
                f"{line}, but {found} in {lock}: make lock"
            )


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_has_hashes_and_nothing_an_address(lock):
    text = (ROOT / lock).read_text()
    for entry in re.split(r"\n(?=\S)", text.strip()):
        assert "==" in entry.splitlines()[0]
        assert "--hash=sha256:" in entry
    assert "://" not in text
    assert "index" not in "".join(re.findall(r"^-.*$", text, re.MULTILINE))


def test_the_tests_run_on_the_labs_own_versions():
    lab, tests = locked("requirements.lock"), locked("requirements-dev.lock")
    assert {name: tests.get(name) for name in lab} == lab
