"""Ten people press Start in the same second, on two servers over one runs folder."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import ExitStack

import pytest

from benchmarks.server import Server
from benchmarks.session import Session
from mnist_cnn import runs

pytestmark = pytest.mark.usefixtures("runs_folder", "few_digits")


async def all_press_start(ports: list[int], count: int) -> list[Session]:
    tabs = [Session(ports[number % len(ports)], "Train") for number in range(count)]
    await asyncio.gather(*(tab.open() for tab in tabs))
    await asyncio.gather(*(tab.press("Start training") for tab in tabs))
    return tabs


def test_ten_starts_in_one_second_are_ten_runs_each_trained_once_in_order(
    is_worker, processes_of, wait_until, all_faults
):
    with ExitStack() as opened:
        servers = [opened.enter_context(Server(runs.folder())) for _ in range(2)]
        ports = [server.port for server in servers]
        tabs = asyncio.run(all_press_start(ports, 10))
        submitted = list(reversed(runs.list_runs()))
        assert len(submitted) == 10
        assert [tab.exceptions for tab in tabs] == [[]] * 10
        if not all_faults:
            for run in submitted:
                run.send("stop")
        wait_until(lambda: all(run.status().is_final for run in submitted))
        # Each server may have started one; all but the first find it and leave.
        wait_until(lambda: sum(map(is_worker, processes_of(runs.folder()))) == 1)
    trained = submitted if all_faults else []
    stati = [run.status() for run in trained]
    assert [status.state for status in stati] == ["done"] * len(trained)
    for earlier, later in itertools.pairwise(stati):
        assert earlier.ended <= later.started
    for run in trained:
        text = run.metrics_path.read_text()
        assert text.count('"kind":"epoch"') == run.config.epochs
        assert '"kind":"resume"' not in text
