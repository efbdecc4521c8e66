"""Runs trained on a Dask cluster, whose machines share the runs folder.

``MNIST_CNN_SCHEDULER`` is the scheduler's address. Each Dask worker that was started
with ``--resources "training=1"`` takes one training at a time. There a task starts the
training as a process of its own and waits for it: so it can be killed for sure, and no
Dask worker imports TensorFlow.

Dask gives the task of a worker that it lost to another one. Whether that is right only
the run folder knows: the training may live where just the network is gone. So a task
does nothing unless its run waits, and the lab's worker hands the run out anew when its
heart has stopped.
"""

from __future__ import annotations

import contextlib
import logging
import os
import platform
import subprocess
from typing import TYPE_CHECKING

from mnist_cnn import runs
from mnist_cnn.jobs.dispatcher import Executor
from mnist_cnn.locale.message import Message
from mnist_cnn.runs import Run, RunError
from mnist_cnn.runs.status import CLUSTER_ATTEMPTS
from mnist_cnn.storage import child_process

if TYPE_CHECKING:
    from distributed import Client, Future

RESOURCE = "training"
ANSWER_SECONDS = 3.0


def scheduler_address() -> str:
    """The scheduler that runs are handed to; empty if this machine trains them."""
    return os.environ.get("MNIST_CNN_SCHEDULER", "").strip()


class Cluster(Executor):
    """As many runs at once as the workers of the cluster have slots for.

    Args:
        address: of the scheduler, such as ``tcp://host:8786``.
    """

    attempts = CLUSTER_ATTEMPTS

    def __init__(self, address: str) -> None:
        self._address = address
        self._client: Client | None = None
        self._handed_out: dict[str, tuple[Run, Future]] = {}

    def slots(self) -> int:
        """How many runs may be trained at once.

        Raises:
            RunError: if the scheduler does not answer, or no worker takes runs.
        """
        client = self._connected()
        try:
            known = client.sync(
                client.scheduler.identity, n_workers=-1, callback_timeout=ANSWER_SECONDS
            )
        except Exception as error:  # Dask, tornado and asyncio each raise their own
            self._disconnect()
            raise self._away() from error
        offered = sum(
            int(worker["resources"].get(RESOURCE, 0))
            for worker in known["workers"].values()
        )
        if not offered:
            raise RunError(
                "No machine of the cluster at {address} takes training runs now. They "
                "wait, and go on by themselves.",
                address=self._address,
            )
        return offered

    def begun(self) -> set[str]:
        return set(self._handed_out)

    def begin(self, run: Run) -> None:
        """Hands a waiting run to the cluster; call ``slots`` before.

        Raises:
            RunError: if the scheduler does not take it.
        """
        from distributed import fire_and_forget

        left = run.recorded_status().attempts_left
        try:
            future = self._connected().submit(
                train,
                run.id,
                left,
                # A worker of the lab that comes after this one asks for the same.
                key=f"{run.id}-{left}",
                resources={RESOURCE: 1},
                pure=False,
            )
            # A training run outlives the lab's worker, and keeps its slot.
            fire_and_forget(future)
        except RunError:
            raise
        except Exception as error:
            self._disconnect()
            raise self._away() from error
        self._handed_out[run.id] = (run, future)

    def forget(self, run: Run) -> None:
        self._handed_out.pop(run.id, None)

    def ended(self) -> list[tuple[Run, str]]:
        told = []
        for run, future in list(self._handed_out.values()):
            if future.status == "pending":
                continue
            del self._handed_out[run.id]
            if future.status == "finished":
                told.append((run, future.result() or ""))
            elif future.status == "error":
                told.append((run, f"{future.exception()}"))
            # Else the scheduler was lost: a run that waits is handed out again.
        return told

    def close(self) -> None:
        self._disconnect()

    def _connected(self) -> Client:
        if self._client is not None and self._client.status == "running":
            return self._client
        self._disconnect()
        try:
            from distributed import Client
        except ImportError as error:
            raise RunError(
                "MNIST_CNN_SCHEDULER is set, but the package dask[distributed] is "
                "missing. Install it with: pip install -r requirements-dask.txt"
            ) from error
        # What it has to say in its log comes as a sentence on the page.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        try:
            self._client = Client(
                self._address, timeout=ANSWER_SECONDS, set_as_default=False
            )
        except Exception as error:
            raise self._away() from error
        return self._client

    def _disconnect(self) -> None:
        client, self._client = self._client, None
        self._handed_out.clear()
        if client is not None:
            with contextlib.suppress(Exception):
                client.close(timeout=ANSWER_SECONDS)

    def _away(self) -> RunError:
        return RunError(
            "The cluster's scheduler at {address} does not answer. Training runs wait, "
            "and go on by themselves when it is back.",
            address=self._address,
        )


def train(run_id: str, attempts_left: int) -> str:
    """On a Dask worker: trains a run if it still waits for just this attempt.

    Returns:
        How the process ended, in words, if not well.

    Raises:
        RunError: if the run is not to be found on this machine.
    """
    try:
        status = runs.find(run_id).recorded_status()
    except RunError as error:
        raise RunError(
            "On {machine}: {reason} Its runs folder is {folder}.",
            machine=platform.node(),
            reason=error,
            folder=runs.folder(),
        ) from error
    if (status.state, status.attempts_left) != ("queued", attempts_left):
        return ""
    process = child_process.start(
        "mnist_cnn.training.process", "--attached", stdin=subprocess.PIPE
    )
    try:
        with contextlib.suppress(OSError):  # it has died already
            process.stdin.write(f"{run_id}\n".encode())
            process.stdin.flush()
        code = process.wait()
    finally:
        process.kill()
    text = (
        "Signal {code} on {machine}." if code < 0 else "Exit code {code} on {machine}."
    )
    return Message(text, code=abs(code), machine=platform.node())
