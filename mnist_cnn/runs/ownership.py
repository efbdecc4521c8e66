"""Who may change a run: the browser that started it, or the teacher.

A browser has a random key; a run's settings hold only the key's hash. Whoever knows a
run's id may watch it. Every page asks here before it steers, renames, stars or deletes.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from mnist_cnn.runs import run as runs
from mnist_cnn.runs.run import PRETRAINED, Run, RunError

PASSPHRASE = "MNIST_CNN_PASSPHRASE"
FREE_GUESSES = 3
LONGEST_WAIT_SECONDS = 60.0
PLACES_KEPT = 1000
LONGEST_PASSPHRASE = 1000

_KEY = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Visitor:
    """Somebody who looks at the lab.

    Attributes:
        keys: of the browser, as ``new_key`` makes them.
        is_teacher: whether they gave the teacher's passphrase.
        is_here: whether the lab can be reached from its own machine only.
    """

    keys: tuple[str, ...] = ()
    is_teacher: bool = False
    is_here: bool = False

    def owns(self, run: Run) -> bool:
        """Whether this browser started the run."""
        # All are compared, so that the time tells nothing.
        owned = [
            hmac.compare_digest(owner_of(key).encode(), run.owner.encode())
            for key in self.keys
            if is_key(key)
        ]
        return bool(run.owner) and any(owned)


def new_key() -> str:
    """A key for a browser: 256 random bits, url-safe."""
    return secrets.token_urlsafe(32)


def is_key(key: object) -> bool:
    """Whether something that a browser sent can be a key."""
    return isinstance(key, str) and _KEY.fullmatch(key) is not None


def owner_of(key: str) -> str:
    """What a run of this browser's has as its owner: the key's SHA-256, in hex."""
    return hashlib.sha256(key.encode()).hexdigest()


def obstacle(run: Run, visitor: Visitor) -> str:
    """Why this visitor may not change the run, in a sentence; empty if they may."""
    if run.id == PRETRAINED:
        return "The pretrained network is part of the lab and stays as it is."
    if visitor.is_teacher or visitor.owns(run):
        return ""
    if run.owner:
        others = " or the teacher" if has_teacher() else ""
        return (
            "You watch a run that somebody else started. Only the browser that "
            f"started it{others} can steer or change it."
        )
    if has_teacher():
        return (
            "This run was started in a terminal, or imported. Only the teacher can "
            "steer or change it."
        )
    if visitor.is_here:
        return ""
    return (
        "This run was started in a terminal, or imported. Nobody can steer or change "
        "it here, because this lab is open to the network and was started without a "
        "teacher's passphrase."
    )


def demand(run: Run, visitor: Visitor) -> None:
    """Raises RunError, with the sentence, unless this visitor may change the run."""
    if problem := obstacle(run, visitor):
        raise RunError(problem)


def waiting(visitor: Visitor) -> list[Run]:
    """The runs of this browser that wait for their turn, oldest first."""
    return [run for run in runs.queue() if visitor.owns(run)]


def has_teacher() -> bool:
    """Whether the lab was started with a teacher's passphrase."""
    return bool(os.environ.get(PASSPHRASE))


class Door:
    """Asks for the teacher's passphrase, and makes guessing slow.

    After three wrong guesses a place has to wait: 2 s, then 4 s, up to a minute.

    Args:
        clock: seconds, as ``time.monotonic`` counts them.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        # For each place: wrong guesses, and when the next one counts.
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def ask(self, place: str, guess: object) -> str:
        """Why a guess from that place (a network address) is not let in; or ""."""
        with self._lock:
            wrong, closed_until = self._wrong.get(place, (0, 0.0))
            seconds = closed_until - self._clock()
            if seconds > 0:
                return f"Too many wrong guesses. Try again in {seconds:.0f} s."
            if _is_passphrase(guess):
                self._wrong.pop(place, None)
                return ""
            wrong += 1
            wait = 0.0
            if wrong >= FREE_GUESSES:
                wait = min(2.0 ** (wrong - FREE_GUESSES + 1), LONGEST_WAIT_SECONDS)
            self._wrong[place] = (min(wrong, 20), self._clock() + wait)
            self._wrong.move_to_end(place)
            if len(self._wrong) > PLACES_KEPT:
                self._wrong.popitem(last=False)
            return "That is not the teacher's passphrase."


def _is_passphrase(guess: object) -> bool:
    wanted = os.environ.get(PASSPHRASE)
    if not wanted or not isinstance(guess, str) or len(guess) > LONGEST_PASSPHRASE:
        return False
    # Hashes: equally long, whatever was guessed.
    digests = [
        hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        for text in (wanted, guess)
    ]
    return hmac.compare_digest(*digests)


door = Door()
