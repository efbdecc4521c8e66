"""How a training stands."""

from __future__ import annotations

from dataclasses import dataclass

ACTIVE_STATES = ("preparing", "running", "paused")
FINAL_STATES = ("done", "stopped", "failed")
STATES = ("queued", *ACTIVE_STATES, *FINAL_STATES)
CLUSTER_ATTEMPTS = 3


@dataclass(frozen=True)
class Status:
    """How a training stands.

    Attributes:
        state: one of ``STATES``.
        reason: why, in plain words; empty while all is well.
        source: where the digits came from, in words.
        fingerprint: of the test set used, as in ``data.Dataset``.
        examples, test_examples: digits trained on and tested on.
        steps_per_epoch: batches in an epoch; 0 before the data are there.
        epochs_done: complete epochs, whose network is in ``weights.npz``.
        test_accuracy, test_loss: of the newest complete epoch.
        started, ended: seconds since 1970.
        seconds: spent training so far, without pauses, at the newest epoch's end.
        versions: of Python, TensorFlow, Keras and numpy.
        host, pid: machine and process that train, for a person looking for them.
        commands_read: bytes of ``control.jsonl`` that were obeyed.
        attempts_left: on a cluster, this attempt and those that follow if its machine
            is lost; 0 elsewhere.
    """

    state: str = "queued"
    reason: str = ""
    source: str = ""
    fingerprint: str = ""
    examples: int = 0
    test_examples: int = 0
    steps_per_epoch: int = 0
    epochs_done: int = 0
    test_accuracy: float | None = None
    test_loss: float | None = None
    started: float | None = None
    ended: float | None = None
    seconds: float = 0.0
    versions: dict[str, str] | None = None
    host: str = ""
    pid: int | None = None
    commands_read: int = 0
    attempts_left: int = 0

    @property
    def is_active(self) -> bool:
        """Whether a training process works on it (or waits in a pause)."""
        return self.state in ACTIVE_STATES

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in FINAL_STATES
