"""A training process: imports TensorFlow, waits for the id of a run, trains it, ends.

The worker keeps one of these ready, so that a run waits neither for imports nor for the
digits to be read.
With ``--attached`` it ends, in the middle of a batch, as soon as standard input is
closed: with whoever started it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading

from mnist_cnn import runs
from mnist_cnn.digits import mnist
from mnist_cnn.training.environment import prepare_keras

ORPHAN_EXIT_CODE = 4


def main() -> int:
    """Trains the run whose id comes in on standard input; nothing comes if no work."""
    prepare_keras()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    from mnist_cnn.training.fit import Training

    with contextlib.suppress(mnist.DataError):  # whoever trains is told
        if mnist.find() is not None:
            mnist.load()
    run_id = sys.stdin.readline().strip()
    if not run_id:
        return 0
    if "--attached" in sys.argv[1:]:
        threading.Thread(target=_end_with_the_other_side, daemon=True).start()
    try:
        status = Training(runs.find(run_id)).train()
    except runs.RunError as error:
        print(error, file=sys.stderr)
        return 1
    return 1 if status.state == "failed" else 0


def _end_with_the_other_side() -> None:
    sys.stdin.read()
    # Nothing is written down: whoever looks sees that this training has died.
    os._exit(ORPHAN_EXIT_CODE)


if __name__ == "__main__":
    sys.exit(main())
