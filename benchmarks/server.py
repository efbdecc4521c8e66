"""`streamlit run app.py`, for benchmarks and for tests."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[1]
STARTS_WITHIN_SECONDS = 40.0


class Server:
    """The lab over a runs folder; runs from ``start`` to ``stop``, or in a block.

    Its worker and trainings go on after it.

    Args:
        runs: the runs folder, which exists; an empty one if none is given.
        environment: variables besides those of this process.
        app: the folder with the app.py.

    Attributes:
        runs, port, url: where it is.
        process: of the server, while it runs.
        started: when, by ``time.perf_counter``.
    """

    def __init__(
        self,
        runs: Path | None = None,
        environment: dict[str, str] | None = None,
        app: Path = ROOT,
    ) -> None:
        self._app = app
        self._temporary = tempfile.TemporaryDirectory()
        self.runs = runs or Path(self._temporary.name) / "runs"
        self.runs.mkdir(exist_ok=True)
        self._environment = {"MNIST_CNN_RUNS": str(self.runs)} | (environment or {})
        self._log_path = Path(self._temporary.name) / "server.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
        self._temporary.cleanup()

    def start(self) -> None:
        """Starts it and waits until it answers."""
        self.started = time.perf_counter()
        with self._log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "streamlit", "run", "app.py"),
                    f"--server.port={self.port}",
                    "--server.address=127.0.0.1",
                ],
                cwd=self._app,
                env=os.environ | self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        until = self.started + STARTS_WITHIN_SECONDS
        while time.perf_counter() < until and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1)
                return
            except OSError:
                time.sleep(0.01)
        raise RuntimeError(f"The server did not start:\n{self.log}")

    def stop(self) -> None:
        """Ends it as Ctrl-C does; harmless once it has ended."""
        self.process.terminate()
        self.process.wait(20)

    @property
    def log(self) -> str:
        """What it has printed."""
        return self._log_path.read_text(errors="replace")

    def cpu_seconds(self) -> float:
        """Processor time of the server's process so far."""
        values = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2]
        user, system = values.split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float:
        """Resident memory of the server's process."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
