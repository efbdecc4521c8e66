"""What becomes of a run whose process is gone without having said how it ended."""

from __future__ import annotations

from dataclasses import replace

from mnist_cnn.locale.message import Message
from mnist_cnn.runs.status import CLUSTER_ATTEMPTS, Status


def outcome(status: Status, *, has_begun: bool = True) -> Status:
    """How a run stands whose process, or its machine, was lost.

    ======================  =============  ===================================
    recorded                attempts left  becomes
    ======================  =============  ===================================
    preparing, running or   2 or more      queued, with one attempt less
    paused                  1 or 0         failed
    queued, had not begun   2 or more      queued, with one attempt less
    queued, had not begun   1 or 0         failed
    queued, had begun       any            as it is: somebody has resumed it
    done, stopped, failed   any            as it is
    ======================  =============  ===================================

    Args:
        status: as recorded, with the epochs whose network is kept.
        has_begun: whether the process got as far as to say that it begins.
    """
    if status.is_final or (status.state == "queued" and has_begun):
        return status
    if status.attempts_left > 1:
        return replace(
            status,
            state="queued",
            attempts_left=status.attempts_left - 1,
            reason=_lost(status) if status.is_active else status.reason,
        )
    return replace(status, state="failed", reason=_died(status))


def _died(status: Status) -> str:
    if status.attempts_left:
        return Message(
            "It was begun {count} times on the cluster, and each time its process or "
            "its machine was lost.",
            count=CLUSTER_ATTEMPTS,
        )
    return (
        "The training process ended without a word: it was killed, or the machine ran "
        "out of memory."
    )


def _lost(status: Status) -> str:
    return Message(
        "The machine that trained it ({machine}) was lost. It goes on after epoch "
        "{epoch} as soon as another one has a place."
        if status.epochs_done
        else "The machine that trained it ({machine}) was lost. It begins again as "
        "soon as another one has a place.",
        machine=status.host,
        epoch=status.epochs_done,
    )
