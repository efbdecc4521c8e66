"""Data sets on Train and Compare, run without a browser."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mnist_cnn import runs
from mnist_cnn.digits import datasets, mnist
from mnist_cnn.digits.dataset import DataError
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.jobs.evaluation_job import Evaluation, Preparation
from mnist_cnn.runs import RunError
from mnist_cnn.runs.status import DataTest
from mnist_cnn.storage import child_process
from mnist_cnn.ui import networks

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.usefixtures("runs_folder", "few_digits")


def opened(page: str, **query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    for name, value in query.items():
        at.query_params[name] = value
    at.switch_page(f"pages/{page}").run()
    assert not at.exception
    return at


def words(at: AppTest) -> str:
    return "\n".join(each.value for each in (*at.markdown, *at.caption, *at.error))


def field(at: AppTest, kind: str, name: str):
    found = [x for x in getattr(at, kind) if (x.key or "").startswith(f"{name}_")]
    assert found, name
    return found[0]


def test_a_mixture_that_starts_from_a_network_is_chosen_and_started(pen_digits):
    at = opened("1_Train.py")
    field(at, "multiselect", "data").set_value(["mnist", "pen"]).run()
    field(at, "text_input", "shares").set_value("2, 1").run()
    field(at, "selectbox", "start_from").set_value(runs.MNIST_ONLY).run()
    assert not at.exception
    assert "From there:" in words(at) and "random weights, since" not in words(at)
    at.button(key="start").click().run()
    assert not at.exception
    config = runs.queue()[0].config
    assert config.data == ("mnist", "pen") and config.shares == (2, 1)
    assert config.start_from == runs.MNIST_ONLY
    assert config.network == runs.find(runs.MNIST_ONLY).config.network


def test_a_network_in_training_stays_chosen_though_its_label_changes(
    run_like_pretrained,
):
    run = run_like_pretrained()
    at = opened("1_Train.py")
    field(at, "selectbox", "start_from").set_value(run.id).run()
    before = at._tree.get_widget_states()
    run.write_status(replace(run.status(), epochs_done=2, test_accuracy=0.9))
    for _press in range(2):  # of a browser that holds the label of an epoch ago
        networks._titles.clear()
        at._run(before)
        assert not at.exception and not at.error
    at.button(key="start").click().run()
    assert runs.queue()[0].config.start_from == run.id


def test_shares_that_are_none_are_a_sentence(pen_digits):
    at = opened("1_Train.py")
    field(at, "multiselect", "data").set_value(["mnist", "pen"]).run()
    field(at, "text_input", "shares").set_value("2, x").run()
    at.button(key="start").click().run()
    assert not at.exception
    assert "Shares must be numbers" in words(at)


def test_a_file_of_ones_own_is_taken_and_another_is_a_sentence(pen_digits):
    at = opened("1_Train.py")
    uploader = next(x for x in at.file_uploader if x.key.startswith("digit-file"))
    uploader.upload("our class.json", pen_digits.read_bytes(), "text/json").run()
    assert not at.exception
    chosen = field(at, "multiselect", "data").value
    assert [datasets.about(name).title for name in chosen] == [
        "MNIST",
        "our class.json",
    ]
    uploader = next(x for x in at.file_uploader if x.key.startswith("digit-file"))
    bad = b'[{"label": 10, "strokes": [[[0, 0]]]}]'
    uploader.upload("bad.json", bad, "text/json").run()
    assert not at.exception
    assert "The file bad.json cannot be taken. Digit 1 has a wrong label" in words(at)
    assert field(at, "multiselect", "data").value == chosen


def test_the_choice_of_pen_digits_says_how_to_get_them(monkeypatch, tmp_path):
    monkeypatch.delenv("MNIST_CNN_PEN_DIGITS", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    at = opened("1_Train.py")
    assert not at.info
    field(at, "multiselect", "data").set_value(["mnist", "pen"]).run()
    assert "A training run with internet downloads them" in at.info[0].value
    monkeypatch.setenv("MNIST_CNN_PEN_DIGITS", str(tmp_path / "none.json"))
    assert "there is no file" in at.run().info[0].value


def test_one_file_too_many_is_a_sentence(pen_list):
    at = opened("1_Train.py")
    for count in range(1, 5):
        uploader = next(x for x in at.file_uploader if x.key.startswith("digit-file"))
        content = json.dumps(pen_list[:count]).encode()
        uploader.upload(f"{count}.json", content, "text/json").run()
        assert not at.exception
    assert len(field(at, "multiselect", "data").value) == 4
    assert "no more than 4 data sets are mixed" in words(at)


def test_the_name_of_a_strangers_file_is_never_markup(pen_list):
    name = datasets.add_file(json.dumps(pen_list).encode(), "[here](https://e.org)")
    at = opened("1_Train.py", preset="classroom", data=name)
    assert r"data \[here\]" in at.header[0].value.lower()
    ids = [runs.submit(TrainingConfig(data=data)).id for data in (("mnist",), (name,))]
    at = opened("6_Compare.py", runs=",".join(ids))
    assert ">[here](" in "".join(each.proto.body for each in at.get("html"))
    assert "[here](" not in words(at)


def test_what_was_gained_and_forgotten_is_said_side_by_side():
    run = runs.submit(TrainingConfig(start_from=runs.MNIST_ONLY))
    tests = (
        DataTest("mnist", "MNIST", 10_000, 0.9949, 0.9941),
        DataTest("pen", "Pen digits", 2498, 0.96, 0.99),
        DataTest("pen:all", "Pen digits", 7494, 0.96, 0.99),
    )
    run.write_status(replace(run.recorded_status(), state="done", tests=tests))
    at = opened("1_Train.py", run=run.id)
    assert "It started from the network of run MNIST only." in words(at)
    assert "From there: conv_1, conv_2, dense_1, output." in words(at)
    assert "“all writers” were trained on" in words(at)
    assert "Below the line" in words(at)
    told = {each.label: (each.value, each.delta) for each in at.metric}
    assert told["Pen digits, all writers, 7,494 digits"][0] == "99.00%"
    assert told["Pen digits, 2,498 digits"] == ("99.00%", "+3.00 points, from 96.00%")
    assert told["MNIST, 10,000 digits"][1].startswith("-0.08 points")


def test_nothing_is_said_of_gains_where_a_training_began_with_random_weights():
    run = runs.submit(TrainingConfig(data=("mnist", "pen")))
    tests = (DataTest("pen", "Pen digits", 2498, None, 0.99),)
    run.write_status(replace(run.recorded_status(), state="done", tests=tests))
    at = opened("1_Train.py", run=run.id)
    assert "Pen digits, 2,498 digits" in [each.label for each in at.metric]
    assert "Below the line" not in words(at)


def test_compare_has_networks_by_test_sets(pen_digits):
    at = opened("6_Compare.py")
    assert at.button(key="read-test-sets")
    datasets.load("pen")
    run = runs.find(runs.MNIST_ONLY)
    Evaluation(run, datasets.load("pen:all"), "pen:all").run()
    Evaluation(run, mnist.load()).run()
    at = at.run()
    assert not at.exception
    texts = [each.proto.body for each in at.get("html")]
    table = next(each for each in texts if ">Network<" in each)
    names = re.findall('<th scope="row">(.*?)</th>', table)
    assert names == ["MNIST and pen digits", "MNIST only"]
    row = dict(re.findall('data-column="(.*?)">(.*?)<', table.split("MNIST only")[1]))
    assert row["Pen digits"].endswith("%") and row["MNIST"].endswith("%")
    assert row["8×8 digits"] == "…"


def test_where_pen_digits_are_missing_compare_reads_the_others(monkeypatch, tmp_path):
    monkeypatch.delenv("MNIST_CNN_PEN_DIGITS", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    started = []
    monkeypatch.setattr(
        child_process, "start", lambda *command, **_options: started.append(command)
    )
    with pytest.raises(DataError):
        Preparation("pen").run()
    at = opened("6_Compare.py")
    at.button(key="read-test-sets").click().run()
    assert not at.exception
    assert started and not any("pen" in command for command in started)


def test_what_compare_cannot_read_is_a_sentence(pen_digits, monkeypatch):
    def fail(*_command, **_options):
        raise OSError("no such program")

    monkeypatch.setattr(child_process, "start", fail)
    at = opened("6_Compare.py")
    at.session_state["compare_reading"] = True
    at.run()
    assert not at.exception
    assert "no such program" in words(at)

    def deleted(*_asked):
        raise RunError("Run 3f has no network (any more).")

    monkeypatch.setattr("mnist_cnn.ui.compare.test_sets.Evaluation", deleted)
    assert not at.run().exception
