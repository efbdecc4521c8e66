"""How often a page looks again, so that a whole class can watch one training."""

from __future__ import annotations

import threading
import time

import streamlit as st

LOOK_SECONDS = 0.4
# A look takes 10 ms of a core, and the training waits for that core with all others.
LOOKS_A_SECOND = 8
LONGEST_SECONDS = 5.0
# Whoever has not looked for so long has left.
GONE_SECONDS = 2 * LONGEST_SECONDS

_last_looks: dict[str, float] = {}
_lock = threading.Lock()


def note_look() -> float:
    """Notes that this browser looks; seconds until it should look again.

    Up to three viewers look 2.5 times a second; more share ``LOOKS_A_SECOND``, down to
    one look each in ``LONGEST_SECONDS``.
    """
    context = st.runtime.scriptrunner.get_script_run_ctx()
    if context is None:
        return LOOK_SECONDS
    now = time.monotonic()
    with _lock:
        _last_looks[context.session_id] = now
        for session, last in list(_last_looks.items()):
            if now - last > GONE_SECONDS:
                del _last_looks[session]
        return seconds_between(len(_last_looks))


def seconds_between(viewers: int) -> float:
    """Seconds between two looks of one viewer when so many watch."""
    # In steps, so that a viewer more or less does not change everybody's pace.
    seconds = LOOK_SECONDS
    while viewers > LOOKS_A_SECOND * seconds:
        seconds *= 2
    return min(seconds, LONGEST_SECONDS)
