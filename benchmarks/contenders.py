"""Programs that do the same work in turns, so that noise meets all of them alike.

Each is a process of its own that waits for its turn, takes it, and says what it
measured; while one works, the others sleep.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
Measured = dict[str, float]


class Contender:
    """A program that works in turns.

    Args:
        title: for the table.
        command: what to start; it answers each line on its standard input with a line
            of JSON on its standard output.
        env: more environment; None takes a variable away.
        nice: added to its niceness.
    """

    def __init__(
        self,
        title: str,
        command: Sequence[str],
        env: Mapping[str, str | None] | None = None,
        nice: int = 0,
    ) -> None:
        self.title = title
        self.measured: list[Measured] = []
        around = dict(os.environ)
        for name, value in (env or {}).items():
            around.pop(name, None)
            if value is not None:
                around[name] = value
        self.process = subprocess.Popen(
            ["nice", "-n", str(nice), *command],
            cwd=ROOT,
            env=around,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def turn(self) -> Measured:
        """Lets it work once; what it measured, in seconds, is kept as well."""
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.title} ended with {self.process.wait()}.")
        self.measured.append(json.loads(line))
        return self.measured[-1]

    def end(self) -> None:
        """Ends it, wherever it is."""
        self.process.kill()
        self.process.wait()

    def percentiles(self, name: str) -> tuple[float, float]:
        """The 10th percentile and the median of what it measured under that name."""
        values = [each[name] for each in self.measured]
        low, middle = np.percentile(values, (10, 50))
        return float(low), float(middle)

    def ratio(self, other: Contender, name: str) -> tuple[float, float]:
        """How many times the other's value its own is: 10th percentiles, medians."""
        mine, its = self.percentiles(name), other.percentiles(name)
        return mine[0] / its[0], mine[1] / its[1]


def take_turns(contenders: Sequence[Contender], rounds: int, warm_up: int = 1) -> None:
    """All of them, one after the other; the first rounds do not count."""
    for number in range(warm_up + rounds):
        # Forwards and backwards, so that no one always follows the same other.
        for contender in contenders if number % 2 else reversed(contenders):
            contender.turn()
        if number < warm_up:
            for contender in contenders:
                contender.measured.clear()
        print(f"round {number + 1} of {warm_up + rounds}", file=sys.stderr)


def my_turn() -> bool:
    """In a contender: waits for its turn; False if there will be none."""
    return bool(sys.stdin.readline())


def say(measured: Measured) -> None:
    """In a contender: what this turn took, in seconds."""
    print(json.dumps(measured), flush=True)
