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
import time
from dataclasses import dataclass

from mnist_cnn.runs.run import Run
from mnist_cnn.runs.schema import RunError
from mnist_cnn.runs.store import BUNDLED
from mnist_cnn.runs.turns import queue

PASSPHRASE = "MNIST_CNN_PASSPHRASE"
GUESS_SECONDS = 1.0
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
    if run.id in BUNDLED:
        return "This network is part of the lab and stays as it is."
    if visitor.is_teacher or visitor.owns(run):
        return ""
    if run.owner:
        if has_teacher():
            return (
                "You watch a run that somebody else started. Only the browser that "
                "started it or the teacher can steer or change it."
            )
        return (
            "You watch a run that somebody else started. Only the browser that started "
            "it can steer or change it."
        )
    if has_teacher():
        return (
            "This run was started in a terminal. Only the teacher can "
            "steer or change it."
        )
    if visitor.is_here:
        return ""
    return (
        "This run was started in a terminal. Nobody can steer or change "
        "it here, because this lab is open to the network and was started without a "
        "teacher's passphrase."
    )


def demand(run: Run, visitor: Visitor) -> None:
    """Raises RunError, with the sentence, unless this visitor may change the run."""
    if problem := obstacle(run, visitor):
        raise RunError(problem)


def waiting(visitor: Visitor) -> list[Run]:
    """The runs of this browser that wait for their turn, oldest first."""
    return [run for run in queue() if visitor.owns(run)]


def has_teacher() -> bool:
    """Whether the lab was started with a teacher's passphrase."""
    return bool(os.environ.get(PASSPHRASE))


def is_passphrase(guess: object) -> bool:
    """Whether that is the teacher's passphrase; the answer takes a moment.

    So guessing is slow, and the right passphrase opens however much others have
    guessed.
    """
    time.sleep(GUESS_SECONDS)
    wanted = os.environ.get(PASSPHRASE)
    if not wanted or not isinstance(guess, str) or len(guess) > LONGEST_PASSPHRASE:
        return False
    # Hashes: equally long, whatever was guessed.
    digests = [
        hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        for text in (wanted, guess)
    ]
    return hmac.compare_digest(*digests)
