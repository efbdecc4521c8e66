"""What a training run has written, line by line, and a callback that interferes."""

from __future__ import annotations

import json

from mnist_cnn import runs


def at_step(step: int, do):
    """A callback that does something after that many batches, before commands are."""
    import keras

    class AtStep(keras.callbacks.Callback):
        seen = 0

        def on_train_batch_end(self, batch, logs=None):
            self.seen += 1
            if self.seen == step:
                do(self.model)

    return AtStep()


def lines(run: runs.Run, kind: str) -> list[dict]:
    text = run.metrics_path.read_text()
    return [x for x in map(json.loads, text.splitlines()) if x["kind"] == kind]


def column(run: runs.Run, name: str, kind: str = "batch") -> list:
    return [line[name] for line in lines(run, kind)]


def marks(run: runs.Run) -> list[str]:
    return column(run, "what", "mark")
