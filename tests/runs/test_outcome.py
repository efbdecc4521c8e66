"""What becomes of a run whose process is gone."""

import pytest

from mnist_cnn.runs.liveness.outcome import outcome
from mnist_cnn.runs.status import ACTIVE_STATES, FINAL_STATES, Status

# Recorded state, attempts left, whether it had begun -> state, attempts left.
TABLE = [
    *((state, 0, True, "failed", 0) for state in ACTIVE_STATES),
    *((state, 1, True, "failed", 1) for state in ACTIVE_STATES),
    *((state, 3, True, "queued", 2) for state in ACTIVE_STATES),
    ("queued", 0, False, "failed", 0),
    ("queued", 1, False, "failed", 1),
    ("queued", 2, False, "queued", 1),
    *(("queued", left, True, "queued", left) for left in (0, 1, 2)),
    *((state, 3, begun, state, 3) for state in FINAL_STATES for begun in (True, False)),
]


@pytest.mark.parametrize(("state", "left", "begun", "becomes", "left_then"), TABLE)
def test_a_run_whose_process_is_gone(state, left, begun, becomes, left_then):
    recorded = Status(state, attempts_left=left, host="pc7", epochs_done=2)
    found = outcome(recorded, has_begun=begun)
    assert (found.state, found.attempts_left) == (becomes, left_then)


@pytest.mark.parametrize(
    ("status", "sentences"),
    [
        (Status("running"), ["ended without a word", "no network to keep"]),
        (Status("running", epochs_done=2), ["The network of epoch 2 is kept."]),
        (Status("running", attempts_left=1), ["3 times on the cluster"]),
        (
            Status("running", attempts_left=2, host="pc7", epochs_done=2),
            ["(pc7) was lost", "It goes on after epoch 2"],
        ),
        (Status("running", attempts_left=2), ["It begins again"]),
    ],
)
def test_its_reason_says_what_happened_and_what_is_kept(status, sentences):
    reason = " ".join(outcome(status).sentences)
    assert all(sentence in reason for sentence in sentences), reason


def test_a_run_that_had_not_begun_and_waits_again_has_lost_no_machine():
    waits = Status("queued", attempts_left=3)
    assert outcome(waits, has_begun=False).reason == ""


def test_what_an_earlier_version_wrote_is_not_said_twice():
    told = "Stopped. The network of epoch 2 is kept."
    assert Status("stopped", told, epochs_done=2).sentences == [told]
    assert Status("stopped", "Stopped.", epochs_done=2).sentences[0] == "Stopped."
    assert Status("done", epochs_done=2).sentences == []
