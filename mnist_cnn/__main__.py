"""The lab without its pages: ``python -m mnist_cnn COMMAND``."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import suppress
from dataclasses import asdict, fields, replace
from pathlib import Path

import numpy as np

from mnist_cnn import runs
from mnist_cnn.analysis.evaluation import (
    accuracy,
    accuracy_by_group,
    cross_entropy,
)
from mnist_cnn.analysis.reading import UNSURE, read_number
from mnist_cnn.digits import datasets
from mnist_cnn.digits.ink import NO_INK, ink_of
from mnist_cnn.digits.photo.image_files import open_image
from mnist_cnn.experiments import config
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.experiments.presets import DEFAULT_PRESET, PRESETS
from mnist_cnn.jobs.worker import work
from mnist_cnn.locale.message import MessageError
from mnist_cnn.nn.damage import Damage
from mnist_cnn.nn.network import Network
from mnist_cnn.nn.summary import summary as summary_of
from mnist_cnn.runs import resume
from mnist_cnn.runs.exchange.keras_import import from_keras
from mnist_cnn.ui.components.network_page import network_page

EXIT_ERROR = 2


class CommandError(MessageError):
    """What a command cannot do, in one sentence."""


def main(arguments: list[str] | None = None) -> int:
    """Runs one command.

    Returns:
        0; or 2, with one sentence on standard error, for input that is no good and
        for a training run that failed.
    """
    for stream in (sys.stdout, sys.stderr):
        # A terminal that lacks a character shows another; it is no reason to end.
        stream.reconfigure(errors="replace")
    options = _parser().parse_args(arguments)
    try:
        return options.command(options)
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
    except (ValueError, OSError) as error:
        # ConfigError, RunError, DataError, NetworkError and ImageError are ValueErrors.
        print(" ".join(str(error).split()), file=sys.stderr)
    return EXIT_ERROR


def train(options: argparse.Namespace) -> int:
    """Trains at once, in this terminal; the pages show the run like any other."""
    settings = config_from(options)
    preset = options.preset or DEFAULT_PRESET
    if options.resume and (options.preset or settings != PRESETS[preset].config):
        raise CommandError("A resumed run keeps its settings: give --resume alone.")
    for name in () if options.resume else settings.data:
        datasets.make_ready(name, download_missing=True, report=_tell_drawn)
    # Late, since TensorFlow takes seconds to load and is set up before that.
    from mnist_cnn.training.environment import prepare_keras

    prepare_keras()
    from mnist_cnn.training.callbacks.progress_bar import ProgressBar
    from mnist_cnn.training.fit import Training

    if options.resume:
        run = runs.find_by_prefix(options.resume)
        resume.resume(run, state="preparing")
    else:
        run = runs.submit(settings, preset=preset, state="preparing")
    print(f"Run {run.id} in {run.path}", file=sys.stderr)
    with ProgressBar(run.config.batch_size) as bar:
        status = Training(run, [bar]).train()
    print(
        json.dumps(
            {
                "run_id": run.id,
                "state": status.state,
                "reason": " ".join(status.sentences),
                "test_accuracy": status.test_accuracy,
                "test_loss": status.test_loss,
                "epochs": status.epochs_done,
                "seconds": round(status.seconds, 2),
            }
            | ({"tests": list(map(asdict, status.tests))} if status.tests else {})
        )
    )
    if status.state == "failed":
        print(*status.sentences, file=sys.stderr)
        return EXIT_ERROR
    return 0


def config_from(options: argparse.Namespace) -> TrainingConfig:
    """The preset's settings, with those that were given in their place.

    Raises:
        ConfigError: naming the field and its range.
    """
    settings = {field.name for field in fields(TrainingConfig)}
    given = {
        name: value
        for name, value in vars(options).items()
        if name in settings and value is not None
    }
    if "data" in given:
        given["data"] = tuple(map(_data_name, given["data"]))
    if "start_from" in given:
        start = runs.find_by_prefix(options.start_from)
        given["start_from"] = start.id
        if not options.preset:
            given["network"] = start.config.network
    return replace(PRESETS[options.preset or DEFAULT_PRESET].config, **given)


def worker(options: argparse.Namespace) -> int:
    """Trains queued runs until none comes any more."""
    if not work(options.idle_seconds):
        print("A worker serves this runs folder already.", file=sys.stderr)
    return 0


def summary(options: argparse.Namespace) -> int:
    """Prints what ``model.summary()`` prints."""
    print(summary_of(runs.find_by_prefix(options.run).config.network), end="")
    return 0


def evaluate(options: argparse.Namespace) -> int:
    """Reads a test set with a run's network: the part of it that is new to it."""
    run = runs.find_by_prefix(options.run)
    model = _network(options)
    trained_on = runs.trained_on(run)
    name = datasets.unseen(_data_name(options.data), trained_on)
    digits = datasets.load(
        name, download_missing=name.startswith("pen"), report=_tell_drawn
    )
    if datasets.was_trained_on(name, trained_on):
        print(
            "This network was trained on these very digits, or on some of them.",
            file=sys.stderr,
        )
    probabilities = model.probabilities(digits.x_test.astype("float32") / 255)
    print(f"{run.name} on {digits.source}", file=sys.stderr)
    found = {
        "test_accuracy": accuracy(probabilities, digits.y_test),
        "test_loss": cross_entropy(probabilities, digits.y_test),
        "examples": len(digits.y_test),
    }
    if digits.groups is not None:
        found[f"by_{digits.grouped_by}"] = accuracy_by_group(
            probabilities, digits.y_test, digits.groups
        )
    print(json.dumps(found))
    return 0


def _network(options: argparse.Namespace) -> Network:
    network = runs.load_network(options.run)
    return network.damaged(Damage.from_link(options.broken))


def _tell_drawn(done: int, total: int) -> None:
    """Ten times, since drawing thousands of digits takes a minute."""
    if done * 10 // total > (done - 1) * 10 // total:
        print(f"{done:,} of {total:,} digits are drawn.", file=sys.stderr)


def _data_name(text: str) -> str:
    """A data set's name; a file is taken in first."""
    if datasets.is_name(text):
        return text
    name, is_whole = text.removesuffix(datasets.ALL), text.endswith(datasets.ALL)
    try:
        content = Path(name).read_bytes()
    except OSError as error:
        raise CommandError(
            "There is no data set and no file {name!r} ({reason}). Data sets are "
            "{known}.",
            name=name,
            reason=error.strerror or error,
            known=", ".join(datasets.NAMES),
        ) from error
    added = datasets.add_file(content, Path(name).name)
    return added + (datasets.ALL if is_whole else "")


def predict(options: argparse.Namespace) -> int:
    """Reads the digits in each picture: one JSON object a line, in the files' order.

    It has ``digits`` (a string; rows are parted by ``_``) and ``probabilities``: ten
    for one digit, which is ``digit``, too, else a list of ten for each; and a ``note``
    where that is in doubt. Or it has an ``error`` if the picture cannot be read; then
    the command returns 2.
    """
    network = _network(options)
    answers = [{"file": name} | _predict(network, name) for name in options.images]
    for answer in answers:
        print(json.dumps(answer))
    return EXIT_ERROR if any("error" in answer for answer in answers) else 0


def _predict(network: Network, name: str) -> dict[str, object]:
    try:
        found = ink_of(open_image(Path(name).read_bytes()))
    except OSError as error:
        return {"error": f"{error.strerror or error}."}
    except ValueError as error:
        return {"error": str(error)}
    number = read_number(network, found)
    if not number.groups:
        return {"error": found.message or NO_INK}
    if not np.isfinite(number.probabilities).all():
        return {"error": "The network gives no finite numbers for this picture."}
    rounded = np.round(number.probabilities.astype(float), 6).tolist()
    answer: dict[str, object] = {"digits": number.text, "probabilities": rounded}
    if len(rounded) == 1:
        answer |= {"digit": int(number.text), "probabilities": rounded[0]}
    if number.min_confidence < UNSURE:
        answer["note"] = "The network is not sure: this may be no digit."
    elif found.is_doubtful:
        answer["note"] = "There is more than a digit in this picture: cut it out."
    return answer


def import_(options: argparse.Namespace) -> int:
    """Makes a run of a Keras model that was trained elsewhere, and prints its id."""
    history = None if options.history is None else options.history.read_bytes()
    run = from_keras(options.model.read_bytes(), options.name, history)
    print(json.dumps({"run": run.id, "name": run.name}))
    return 0


def export(options: argparse.Namespace) -> int:
    """Writes a run's network as one page, which reads what is drawn on it."""
    target = Path(options.to)
    if target.suffix != ".html":
        raise CommandError(
            "A page's name ends in .html: {name} does not.", name=target.name
        )
    target.write_text(network_page(runs.find_by_prefix(options.run)), "utf-8")
    return 0


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:
        """One sentence, without the usage before it."""
        print(f"{message[:1].upper()}{message[1:]}.", file=sys.stderr)
        sys.exit(EXIT_ERROR)


def _duration(text: str) -> float:
    with suppress(ValueError):
        if (seconds := float(text)) >= 0:  # not NaN
            return seconds
    raise argparse.ArgumentTypeError(f"{text} is not a duration: 0 s or more")


def _names(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(",")))


def _numbers(text: str) -> tuple[float, ...]:
    try:
        return tuple(map(float, text.split(",")))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no list of numbers") from error


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m mnist_cnn", description=__doc__)
    commands = parser.add_subparsers(required=True, parser_class=_Parser)

    made = commands.add_parser("train", help="train a network in this terminal")
    made.set_defaults(command=train)
    made.add_argument("--preset", choices=PRESETS, help=f"if none: {DEFAULT_PRESET}")
    made.add_argument(
        "--resume",
        metavar="ID",
        help="go on with a run that died or was stopped, after its last complete epoch",
    )
    for name, (low, high) in config.RANGES.items():
        kind = float if isinstance(low, float) else int
        option = f"--{name.replace('_', '-')}"
        made.add_argument(option, type=kind, help=f"from {low:g} to {high:g}")
    made.add_argument("--optimizer", help=", ".join(config.OPTIMIZERS))
    made.add_argument("--schedule", help=", ".join(config.SCHEDULES))
    made.add_argument(
        "--augmentation",
        type=_names,
        help="names separated by commas",
        metavar="NAME,NAME",
    )
    made.add_argument(
        "--data",
        type=_names,
        metavar="NAME,NAME",
        help="mnist, pen, or a FILE as for evaluate; several are mixed. Pen digits and "
        "files are split by writer: every third tests; all of them train with :all "
        "behind the name",
    )
    made.add_argument(
        "--shares",
        type=_numbers,
        metavar="X,X",
        help="how much of an epoch each data set makes up; if none: as much each",
    )
    made.add_argument(
        "--start-from",
        metavar="RUN",
        help="fine-tune the network of that run (its id, or the beginning of it)",
    )
    made.add_argument(
        "--leave-out-offline-digits",
        action="store_const",
        const=True,
        help="train without the 5,000 digits that serve where there is no network",
    )

    made = commands.add_parser("worker", help="train queued runs")
    made.set_defaults(command=worker)
    made.add_argument(
        "--idle-seconds",
        type=_duration,
        default=600.0,
        help="leave when no run has waited for that long, 0 or more",
    )

    made = commands.add_parser("import", help="bring a Keras model along")
    made.set_defaults(command=import_)
    made.add_argument("model", type=Path, metavar="FILE", help="a .keras or .h5 file")
    made.add_argument("--name", default="", help="what the run is called")
    made.add_argument(
        "--history", type=Path, metavar="FILE", help="hist.history as JSON, or as CSV"
    )

    for command, text in (
        (summary, "print the layers of a network"),
        (evaluate, "test a network on the test set at hand"),
        (predict, "read digits from pictures"),
        (export, "write a network as one page to draw on"),
    ):
        made = commands.add_parser(command.__name__, help=text)
        made.set_defaults(command=command)
        made.add_argument(
            "--run", default=runs.PRETRAINED, help="id of a run, or its beginning"
        )
        if command is evaluate:
            made.add_argument(
                "--data",
                default="mnist",
                metavar="NAME",
                help=f"{', '.join(datasets.NAMES)}, or a FILE: a list of strokes as "
                "pen_digits.json.gz, UNIPEN text, or an .npz with x and y",
            )
        if command in (evaluate, predict):
            made.add_argument(
                "--broken",
                default="",
                metavar="TEXT",
                help="break it first, as links say it: conv_1.0-3.7~noise.50~bits.4"
                "~biases silences five maps, adds noise of half a kernel's deviation "
                "to each weight, keeps 4 bits of it, and sets all biases to 0",
            )
        if command is export:
            made.add_argument("--to", required=True, metavar="PAGE.html")
        if command is predict:
            made.add_argument("images", nargs="+", metavar="IMAGE")
    return parser


if __name__ == "__main__":
    sys.exit(main())
