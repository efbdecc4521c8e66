"""`python -m mnist_cnn ...`: what a person or a script types and gets."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mnist_cnn import runs
from mnist_cnn.__main__ import EXIT_ERROR, config_from, main
from mnist_cnn.__main__ import _parser as parser
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.experiments.presets import PRESETS
from mnist_cnn.nn.architecture import LECTURE_NETWORK
from mnist_cnn.nn.damage import Damage
from mnist_cnn.nn.summary import summary

pytestmark = pytest.mark.usefixtures("runs_folder", "few_digits")

ROOT = Path(__file__).parents[1]


def command(*arguments: str, **settings) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "mnist_cnn", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **settings,
    )


@pytest.fixture
def seven(a_seven, tmp_path) -> str:
    path = tmp_path / "seven.png"
    large = np.kron(a_seven, np.ones((10, 10)))
    Image.fromarray((large * 255).astype(np.uint8)).save(path)
    return str(path)


@pytest.fixture
def run(random_network):
    """A run of the lecture's network, random weights, as if one epoch were done."""
    run = runs.submit(TrainingConfig())
    np.savez(run.weights_path, **random_network(LECTURE_NETWORK).weights)
    return run


def test_a_training_in_the_terminal_ends_in_one_json_line_and_is_a_run():
    process = command(
        *("train", "--epochs", "1", "--examples", "500", "--batch-size", "100"),
        *("--learning-rate", "0.001", "--optimizer", "rmsprop", "--seed", "3"),
        *("--schedule", "constant"),
    )
    printed, progress = process.communicate(timeout=300)
    assert process.returncode == 0, progress
    result = json.loads(printed.splitlines()[-1])
    run = runs.find(result["run_id"])
    assert run.config == TrainingConfig(
        epochs=1,
        examples=500,
        batch_size=100,
        learning_rate=0.001,
        optimizer="rmsprop",
        seed=3,
        schedule="constant",
    )
    status = run.status()
    assert status.state == "done"
    assert result["test_accuracy"] == status.test_accuracy
    assert result["test_loss"] == status.test_loss
    assert result["seconds"] > 0
    assert run.has_weights
    assert run.id in progress
    assert "digits/s" in progress
    assert "val_accuracy" in progress


def test_a_killed_training_in_the_terminal_is_reported_as_such(wait_until):
    process = command("train", "--epochs", "50", "--examples", "500")

    def began():
        return [r for r in runs.list_runs() if r.status().pid]

    wait_until(began)
    (run,) = began()
    assert run.status().is_active
    process.kill()
    process.communicate()
    assert run.status().state == "failed"
    assert "was killed" in run.status().reason


def test_control_c_stops_a_training_without_a_traceback(wait_until):
    # A shell's background job, and what it starts, would ignore Ctrl-C.
    process = command(
        *("train", "--epochs", "50", "--examples", "500"),
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    wait_until(lambda: any(r.recorded_status().epochs_done for r in runs.list_runs()))
    process.send_signal(signal.SIGINT)
    printed, progress = process.communicate(timeout=300)
    assert process.returncode == 0
    assert "Traceback" not in progress
    result = json.loads(printed.splitlines()[-1])
    assert result["state"] == "stopped"
    run = runs.find(result["run_id"])
    assert run.has_weights
    done = run.status().epochs_done
    resumed = command("train", "--resume", run.id)
    wait_until(lambda: run.status().epochs_done != done)
    run.send("stop")
    printed, progress = resumed.communicate(timeout=300)
    assert json.loads(printed.splitlines()[-1])["run_id"] == run.id
    assert run.status().epochs_done > done
    (line,) = [x for x in run.metrics_path.open() if '"resume"' in x and done]
    assert json.loads(line)["epoch"] == done


def test_what_cannot_be_resumed_is_a_sentence(capsys):
    resume = ["train", "--resume", "0123456789abcdef"]
    assert main(resume) == EXIT_ERROR
    assert "There is no run" in capsys.readouterr().err
    assert main(["train", "--resume", "pretrained"]) == EXIT_ERROR
    assert "This run is complete" in capsys.readouterr().err
    assert (
        main(["train", "--resume", "0123456789abcdef", "--epochs", "3"]) == EXIT_ERROR
    )
    assert "A resumed run keeps its settings" in capsys.readouterr().err


def test_without_options_a_presets_settings_are_trained():
    for preset in PRESETS:
        options = parser().parse_args(["train", "--preset", preset])
        assert config_from(options) == PRESETS[preset].config
    options = parser().parse_args(["train", "--preset", "lecture", "--epochs", "2"])
    assert config_from(options).batch_size == 32
    assert config_from(options).epochs == 2


def test_the_seed_network_is_the_default():
    assert config_from(parser().parse_args(["train"])) == TrainingConfig()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["train", "--epochs", "51"], "Epochs must be from 1 to 50, not 51."),
        (["train", "--batch-size", "8"], "Batch size must be from 16 to 1,024"),
        (["train", "--learning-rate", "5"], "Learning rate must be from"),
        (["train", "--learning-rate", "nan"], "Learning rate must be from"),
        (["train", "--examples", "10"], "Training digits must be from 500"),
        (["train", "--optimizer", "adamw"], "one of adam, sgd, rmsprop"),
        (["train", "--schedule", "x"], "one of constant, cosine"),
        (["train", "--augmentation", "mirror"], "Augmentation must be one of"),
        (["train", "--epochs", "many"], "Argument --epochs: invalid int value"),
        (["train", "--preset", "none"], "Argument --preset: invalid choice"),
        (["train", "--wings", "2"], "Unrecognized arguments: --wings 2."),
        (["worker", "--idle-seconds", "-1"], "-1 is not a duration"),
        (["worker", "--idle-seconds", "nan"], "nan is not a duration"),
        (["worker", "--idle-seconds", "long"], "long is not a duration"),
        (["train", "--shares", "1,x"], "Argument --shares: 1,x is no list of numbers."),
        ([], "The following arguments are required"),
        (["fly"], "invalid choice: 'fly'"),
        (["predict"], "The following arguments are required: IMAGE."),
        (["summary", "--run", "0123456789abcdef"], "There is no run 0123456789abcdef"),
        (["summary", "--run", "../.."], "That is not the name of a run."),
        (["evaluate", "--run", "0123456789abcdef"], "There is no run"),
    ],
)
def test_an_error_is_one_sentence_and_exit_code_2(arguments, sentence, capsys):
    try:
        code = main(arguments)
    except SystemExit as ended:
        code = ended.code
    printed, said = capsys.readouterr()
    assert code == 2
    assert printed == ""
    assert sentence in said
    assert said.count("\n") == 1
    assert said.endswith(".\n")
    assert runs.list_runs() == []


def test_a_terminal_that_lacks_characters_gets_help_without_a_traceback():
    for arguments in (["train", "--help"], ["predict", "--help"], ["--help"]):
        process = command(*arguments, env=os.environ | {"PYTHONIOENCODING": "ascii"})
        printed, said = process.communicate(timeout=60)
        assert (process.returncode, said) == (0, "")
        assert "usage" in printed


def test_wrong_data_end_a_training_with_a_sentence(tmp_path):
    path = tmp_path / "broken.npz"
    path.write_bytes(b"no archive")
    process = command(
        "train", env=os.environ | {"MNIST_CNN_DATA": str(path)}, stdin=None
    )
    printed, said = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "broken.npz cannot be read" in said.splitlines()[-1]
    assert "Traceback" not in said
    assert json.loads(printed.splitlines()[-1])["state"] == "failed"


def test_the_summary_is_the_runs_own(run, capsys):
    assert main(["summary", "--run", run.id]) == 0
    assert capsys.readouterr().out == summary(LECTURE_NETWORK)


def test_predict_gives_one_json_object_for_each_picture(run, seven, capsys):
    assert main(["predict", seven, seven, "--run", run.id]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    read = json.loads(lines[0])
    assert read["file"] == seven
    assert len(read["probabilities"]) == 10
    assert sum(read["probabilities"]) == pytest.approx(1, abs=1e-4)
    assert read["digit"] == int(np.argmax(read["probabilities"]))
    assert read["digits"] == str(read["digit"])


def test_predict_reads_a_drawn_seven_with_the_pretrained_network(seven, capsys):
    assert main(["predict", seven]) == 0
    assert json.loads(capsys.readouterr().out)["digit"] == 7


def test_predict_takes_a_broken_network(seven, capsys):
    assert main(["predict", seven, "--broken", "conv_2.0-63~bits.4"]) == 0
    read = json.loads(capsys.readouterr().out)["probabilities"]
    broken = runs.load_network().damaged(Damage({"conv_2": range(64)}, bits=4))
    anything = broken.probabilities(np.ones((28, 28)))[0]
    assert read == pytest.approx(anything, abs=1e-5)
    assert main(["predict", seven, "--broken", "conv_9.1"]) == 2
    assert "conv_9" in capsys.readouterr().err


def test_predict_reads_rows_of_digits(tmp_path, seven, capsys):
    one = Image.open(seven).convert("L")
    sheet = Image.new("L", (2 * one.width, 2 * one.height), one.getpixel((0, 0)))
    for place in ((0, 0), (one.width, 0), (0, one.height)):
        sheet.paste(one, place)
    sheet.save(tmp_path / "sheet.png")
    assert main(["predict", str(tmp_path / "sheet.png")]) == 0
    read = json.loads(capsys.readouterr().out)
    assert read["digits"] == "77_7"
    assert np.shape(read["probabilities"]) == (3, 10)


def test_predict_notes_where_an_answer_is_in_doubt(tmp_path, seven, capsys):
    sheet = Image.open(seven).convert("L")
    sheet.paste(sheet.resize([side // 3 for side in sheet.size]))
    sheet.save(tmp_path / "two.png")
    assert main(["predict", str(tmp_path / "two.png"), seven]) == 0
    two, one = map(json.loads, capsys.readouterr().out.splitlines())
    assert two["note"] == "There is more than a digit in this picture: cut it out."
    assert "note" not in one


def test_each_picture_is_answered_though_some_cannot_be_read(tmp_path, seven, capsys):
    empty = tmp_path / "empty.png"
    Image.new("L", (100, 100)).save(empty)
    dot = tmp_path / "dot.png"
    picture = Image.new("L", (100, 100))
    picture.putpixel((50, 50), 255)
    picture.save(dot)
    names = ["gone.png", seven, str(empty), str(dot), "app.py", ".", seven]
    assert main(["predict", *names]) == EXIT_ERROR
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["file"] for answer in answers] == names
    digits = [answer.get("digit") for answer in answers]
    assert digits == [None, 7, None, None, None, None, 7]
    errors = [answer["error"] for answer in answers if "digit" not in answer]
    assert "No such file" in errors[0]
    assert "in this picture" in errors[1] and errors[2] == errors[1]
    assert all(error.endswith(".") for error in errors)


def test_the_six_letters_that_pages_show_are_enough_for_a_run(run, capsys):
    assert main(["summary", "--run", run.id[:6]]) == 0
    assert capsys.readouterr().out == summary(LECTURE_NETWORK)
    shutil.copytree(run.path, run.path.with_name(run.id[:6] + "0123456789"))
    assert main(["summary", "--run", run.id[:6]]) == EXIT_ERROR
    assert "2 runs begin with" in capsys.readouterr().err
    assert main(["summary", "--run", run.id]) == 0


def test_evaluate_reads_the_test_set_at_hand(run, mnist, capsys):
    assert main(["evaluate", "--run", run.id]) == 0
    printed, said = capsys.readouterr()
    result = json.loads(printed.splitlines()[-1])
    read = runs.load_network(run.id).probabilities(mnist.x_test[:200] / np.float32(255))
    right = float((read.argmax(axis=1) == mnist.y_test[:200]).mean())
    assert result["test_accuracy"] == pytest.approx(right)
    assert result["examples"] == 200
    assert result["test_loss"] > 0
    assert "small_mnist.npz" in said


@pytest.mark.usefixtures("pen_digits")
def test_evaluate_tests_on_other_people_and_says_how_each_is_read(run, capsys):
    assert main(["evaluate", "--run", run.id, "--data", "pen"]) == 0
    printed, said = capsys.readouterr()
    assert "12 of 24 digits are drawn." in said
    found = json.loads(printed)
    # This run was trained on MNIST alone: all six writers are new to it.
    assert found["examples"] == 12 and list(found["by_writer"]) == list("123456")
    assert found["test_accuracy"] == pytest.approx(
        np.mean(list(found["by_writer"].values()))
    )
    tuned = runs.submit(TrainingConfig(data=("mnist", "pen")))
    shutil.copy(run.weights_path, tuned.weights_path)
    main(["evaluate", "--run", tuned.id, "--data", "pen"])
    assert list(json.loads(capsys.readouterr().out)["by_writer"]) == ["3", "6"]


def test_evaluate_takes_a_file_and_says_what_is_wrong_with_another(
    run, pen_digits, tmp_path, capsys
):
    main(["evaluate", "--run", run.id, "--data", str(pen_digits)])
    assert json.loads(capsys.readouterr().out)["examples"] == 12
    wrong = tmp_path / "wrong.json"
    wrong.write_text('[{"label": 10, "strokes": [[[0, 0]]]}]')
    for data, sentence in (
        (str(wrong), "Digit 1 has a wrong label"),
        ("nowhere.json", "no data set and no file 'nowhere.json'"),
    ):
        assert main(["evaluate", "--run", run.id, "--data", data]) == EXIT_ERROR
        assert sentence in capsys.readouterr().err


def test_train_tells_how_far_the_drawing_is_and_begins_no_run_without_its_digits(
    pen_digits, runs_folder, capsys
):
    assert main(["train", "--data", f"pen,{'0' * 16}"]) == EXIT_ERROR
    printed, said = capsys.readouterr()
    assert printed == "" and "12 of 24 digits are drawn.\n" in said
    assert said.endswith(
        "The digits of the file 000000 are not here (any more): add it again.\n"
    )
    assert runs.list_runs() == []


def test_the_options_of_fine_tuning_take_the_network_of_the_run(run, pen_digits):
    other = runs.submit(TrainingConfig(network=PRESETS["small"].config.network))
    options = parser().parse_args(
        [
            *("train", "--data", f"mnist,{pen_digits}:all", "--shares", "2,1"),
            *("--start-from", other.id[:8]),
        ]
    )
    config = config_from(options)
    assert config.data[0] == "mnist" and config.data[1].endswith(":all")
    assert config.shares == (2, 1) and config.start_from == other.id
    assert config.network == other.config.network


def test_export_writes_a_page_with_the_runs_name(run, tmp_path):
    run.rename("<b>&")
    page = tmp_path / "page.html"
    assert main(["export", "--run", run.id, "--to", str(page)]) == 0
    assert "<h1>&lt;b&gt;&amp;</h1>" in page.read_text("utf-8")


def test_a_page_of_another_kind_is_refused(tmp_path, capsys):
    assert main(["export", "--to", str(tmp_path / "page.pdf")]) == EXIT_ERROR
    assert ".html" in capsys.readouterr().err


def test_a_run_without_weights_is_a_sentence(seven, capsys):
    waiting = runs.submit(TrainingConfig())
    assert main(["evaluate", "--run", waiting.id]) == 2
    assert "There are no weights yet" in capsys.readouterr().err


@pytest.mark.parametrize("broken", ["weight", "answer"])
def test_a_network_that_is_not_finite_is_a_sentence(run, seven, capsys, broken):
    weights = dict(np.load(run.weights_path))
    weights["output/bias"][3] = np.nan
    if broken == "answer":
        # Each weight is a number, yet they overflow.
        weights["output/bias"][3] = 0
        weights["output/kernel"][:] = np.finfo(np.float32).max
    np.savez(run.weights_path, **weights)
    for name in ("predict", "evaluate"):
        pictures = [seven] if name == "predict" else []
        assert main([name, *pictures, "--run", run.id]) == EXIT_ERROR
        printed, said = capsys.readouterr()
        assert printed == ""
        assert "are not finite numbers" in said


def test_predict_evaluate_and_summary_need_no_tensorflow(run, seven):
    script = (
        "import sys\n"
        "from mnist_cnn.__main__ import main\n"
        f"for each in (['predict', {seven!r}], ['evaluate'], ['summary']):\n"
        f"    assert main([*each, '--run', {run.id!r}]) == 0\n"
        "assert not {'tensorflow', 'keras', 'streamlit', 'mlxtend'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
