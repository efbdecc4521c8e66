"""``python -m mnist_cnn.training.export RUN FORMAT``: makes the file of an export."""

from __future__ import annotations

import sys

from mnist_cnn import runs
from mnist_cnn.jobs.background import NICENESS, Report
from mnist_cnn.jobs.keras_export import STEPS, KerasExport
from mnist_cnn.runs import RunError
from mnist_cnn.storage.child_process import lower_priority
from mnist_cnn.training.process import prepare_environment

EXIT_FAILED = 2


def write(export: KerasExport, report: Report) -> None:
    """Writes the file, in one step, when no other export is at work.

    Raises:
        RunError, NetworkError, OSError: in a sentence.
    """
    report(0, len(STEPS))
    with export.turn():
        report(1, len(STEPS))
        weights = runs.load_network(export.source.id).weights
        prepare_environment()
        from mnist_cnn.training import model

        report(2, len(STEPS))
        built = model.build(export.source.config.network)
        model.set_weights(built, weights)
        model.compile_model(built, export.source.config)
        report(3, len(STEPS))
        # Keras looks at the ending, so the temporary name ends in it too.
        temporary = export.path.with_name(f".writing-{export.path.name}")
        try:
            if export.kind == "litert":
                built.export(temporary, format="litert", verbose=False)
            else:
                built.save(temporary)
            temporary.replace(export.path)
        except OSError:
            raise
        except Exception as error:  # TensorFlow's converter raises its own
            what = f"{type(error).__name__}: {error}".splitlines()[0]
            raise RunError(f"Keras could not make this file ({what}).") from error
        finally:
            temporary.unlink(missing_ok=True)


def main(run_id: str, kind: str) -> int:
    """Makes one file; 0 if it is there."""
    lower_priority(NICENESS)
    try:
        export = KerasExport(runs.find(run_id), kind)
        export.make(lambda report: write(export, report))
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return EXIT_FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
