"""What really goes wrong in a classroom, done to the lab: a few of each, or all.

``make faults`` does all of them; a plain test run a few of each.
"""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def all_faults(request) -> bool:
    """Whether every fault is asked for."""
    return request.config.getoption("--all-faults")


def pytest_collection_modifyitems(config: pytest.Config, items: list) -> None:
    """Leaves out what takes long, unless every fault is asked for."""
    if config.getoption("--all-faults"):
        return
    for item in items:
        if item.get_closest_marker("thorough"):
            item.add_marker(pytest.mark.skip(reason="make faults"))
