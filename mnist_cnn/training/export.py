"""``python -m mnist_cnn.training.export RUN FILE``: a network for other programs.

The file's ending says whether it is Keras' own (.keras) or LiteRT's (.tflite).
"""

from __future__ import annotations

import sys
from pathlib import Path

import filelock

from mnist_cnn import runs
from mnist_cnn.runs import Run, RunError
from mnist_cnn.storage.background import NICENESS, BackgroundFile, Report
from mnist_cnn.storage.child_process import lower_priority
from mnist_cnn.training.environment import prepare_keras

EXIT_FAILED = 2
# That mnist_cnn.jobs.keras_export has words for.
STEPS = 4


def write(run: Run, path: Path, report: Report) -> None:
    """Writes the file, in one step, when no other export is at work.

    Raises:
        RunError, NetworkError, OSError: in a sentence.
    """
    report(0, STEPS)
    # Each process takes half a gigabyte.
    with filelock.FileLock(path.parent / "turn.lock"):
        report(1, STEPS)
        weights = runs.load_network(run.id).weights
        prepare_keras()
        from mnist_cnn.training import model

        report(2, STEPS)
        built = model.build(run.config.network)
        model.set_weights(built, weights)
        model.compile_model(built, run.config)
        built.optimizer.build(built.trainable_variables)
        report(3, STEPS)
        # Keras looks at the ending, so the temporary name ends in it too.
        temporary = path.with_name(f".writing-{path.name}")
        try:
            if path.suffix == ".tflite":
                built.export(temporary, format="litert", verbose=False)
            else:
                built.save(temporary)
            temporary.replace(path)
        except OSError:
            raise
        except Exception as error:  # TensorFlow's converter raises its own
            what = f"{type(error).__name__}: {error}".splitlines()[0]
            raise RunError(
                "Keras could not make this file ({reason}).", reason=what
            ) from error
        finally:
            temporary.unlink(missing_ok=True)


def main(run_id: str, file: str) -> int:
    """Makes one file; 0 if it is there."""
    lower_priority(NICENESS)
    path = Path(file)
    made = BackgroundFile(path, __name__)
    try:
        made.make(lambda report: write(runs.find(run_id), path, report))
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return EXIT_FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
