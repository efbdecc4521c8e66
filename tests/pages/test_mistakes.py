"""The Mistakes page, run without a browser."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from mnist_cnn import runs
from mnist_cnn.analysis.evaluation import confusion_matrix
from mnist_cnn.digits import datasets, mnist
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.jobs.evaluation_job import Evaluation
from mnist_cnn.runs import predictions
from mnist_cnn.runs.predictions import Predictions

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def lab(runs_folder, few_digits):
    return runs_folder


@pytest.fixture
def digits(lab):
    return mnist.load()


def mistakes(**query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    for name, value in query.items():
        at.query_params[name] = value
    at.switch_page("pages/5_Mistakes.py").run()
    assert not at.exception
    return at


def a_run(digits, *, swapped: int = 0) -> runs.Run:
    """A finished run that is right with 0.8, but for as many fours read as nines."""
    run = runs.submit(TrainingConfig())
    shutil.copy(runs.find(runs.PRETRAINED).weights_path, run.weights_path)
    said = digits.y_test.copy()
    said[np.flatnonzero(said == 4)[:swapped]] = 9
    shares = np.full((len(said), 10), 0.2 / 9, np.float32)
    shares[np.arange(len(said)), said] = 0.8
    predictions.save(
        Predictions(shares, digits.y_test.astype(np.uint8), digits.fingerprint),
        run.predictions_path,
    )
    return run


def text_of(at: AppTest) -> str:
    return "\n".join(
        each.value for each in (*at.markdown, *at.caption, *at.info, *at.warning)
    )


def test_the_numbers_are_those_of_the_saved_predictions(digits):
    run = a_run(digits, swapped=3)
    run.rename("a *long* name")
    at = mistakes(network=run.id)
    said = f"makes **3 mistakes** in 200 test digits: {197 / 200:.2%}"
    assert rf"“a \*long\* name” {said}" in text_of(at)
    assert "| **4** | 1.0000 |" in text_of(at)


def test_the_most_frequent_confusion_is_shown_at_first(digits):
    at = mistakes(network=a_run(digits, swapped=3).id)
    assert "**3** images of a true **4** predicted as **9**" in text_of(at)


def test_the_cell_in_the_link_is_shown_until_another_is_chosen(digits):
    at = mistakes(network=a_run(digits, swapped=3).id, true="4", answer="4")
    fours = int((digits.y_test == 4).sum()) - 3
    assert f"**{fours}** images of a true **4** predicted correctly" in text_of(at)
    next(box for box in at.selectbox if box.label == "True digit").select(7).run()
    assert not at.exception
    assert "**0** images of a true **7** predicted as **4**" in text_of(at)
    assert at.query_params["true"] == "7"
    assert at.query_params["answer"] == "4"
    # A click on the matrix, and boxes of a browser that does not know of it.
    stale = at._tree.get_widget_states()
    at.query_params["true"] = "2"
    at.run()
    at._run(stale)
    assert "images of a true **2** predicted as **4**" in text_of(at)


@pytest.mark.parametrize("true", ["10", "-1", "x", "٣", "4.0"])
def test_a_cell_that_cannot_be_leaves_the_link(digits, true):
    at = mistakes(network=a_run(digits, swapped=3).id, true=true)
    assert "no confusion matrix has" in text_of(at)
    assert "true" not in at.query_params
    assert "images of a true **4** predicted as **9**" in text_of(at)


def test_a_network_without_a_mistake_is_shown_too(digits):
    at = mistakes(network=a_run(digits).id)
    assert "makes no mistake" in text_of(at)
    assert "underconfident" in text_of(at)


def test_predictions_of_another_test_set_show_numbers_but_no_images(digits):
    run = a_run(digits, swapped=3)
    saved = predictions.load(run.predictions_path)
    predictions.save(
        Predictions(saved.probabilities, saved.labels, "0" * 16), run.predictions_path
    )
    at = mistakes(network=run.id)
    assert "of another test set" in text_of(at)
    assert "**3 mistakes** in 200" in text_of(at)
    assert text_of(at).count("images are not at hand") == 3
    assert any("200 test digits" in button.label for button in at.button)


def test_what_was_read_anew_is_shown_with_its_images(digits, lab):
    run = a_run(digits, swapped=3)
    run.predictions_path.unlink()
    at = mistakes(network=run.id)
    assert "when its training ends" in text_of(at)
    assert "test digits:" not in text_of(at)
    Evaluation(run, digits).run()
    at = mistakes(network=run.id)
    assert "Test digits: " in text_of(at)
    read = Evaluation(run, digits).result()
    matrix = confusion_matrix(read.probabilities, read.labels)
    assert re.search(rf"\*\*{200 - np.trace(matrix)} mistakes?\*\* in", text_of(at))


def test_damaged_predictions_are_a_sentence(digits):
    run = a_run(digits)
    run.predictions_path.write_bytes(b"no archive")
    at = mistakes(network=run.id)
    assert "damaged" in text_of(at)


def test_without_digits_the_numbers_are_still_told(monkeypatch, tmp_path, digits):
    run = a_run(digits, swapped=3)
    monkeypatch.setenv("MNIST_CNN_DATA", str(tmp_path / "none.npz"))
    at = mistakes(network=run.id)
    assert "cannot be read" in at.error[0].value
    assert "**3 mistakes** in 200" in text_of(at)


def test_the_calibration_speaks_of_the_answers_that_are_not_near_certain(digits):
    text = text_of(mistakes(network=a_run(digits, swapped=3).id))
    count = len(digits.y_test)
    # Every answer was given 80 %, and all but three are right.
    assert f"{count:,} of {count:,} predictions were given 90% or less" in text
    assert "underconfident" in text


@pytest.mark.usefixtures("pen_digits")
def test_another_test_set_is_chosen_by_the_link_and_read_writer_by_writer(digits):
    run = a_run(digits)
    at = mistakes(network=run.id, data="pen")
    assert "Pen digits are not drawn yet" in text_of(at)  # a process draws them now
    pen = datasets.load("pen:all")
    at = at.run()
    assert at.button(key="evaluate")
    Evaluation(run, pen, "pen:all").run()
    at = at.run()
    assert "12 digits by 6 people" in text_of(at) and "CC BY 4.0" in text_of(at)
    assert "Writer by writer" in [each.value for each in at.header]
    at.selectbox(key="data").set_value("mnist").run()
    assert not at.exception
    assert "Writer by writer" not in [each.value for each in at.header]


def test_who_was_seen_before_the_fine_tuning_is_not_new(digits, pen_digits):
    run = runs.submit(TrainingConfig(data=("mnist", "pen"), start_from=runs.PRETRAINED))
    shutil.copy(runs.find(runs.PRETRAINED).weights_path, run.weights_path)
    seen = datasets.load("pen:all")
    Evaluation(run, seen, "pen:all").run()
    told = text_of(mistakes(network=run.id, data="pen"))
    assert "12 digits by 6 people (6 people, with a pen). License" in told
    assert "trained on these very digits" in told
    assert "Only of people" not in told


def test_a_test_set_that_a_run_has_not_read_is_a_sentence(digits, pen_digits):
    run = a_run(digits)
    datasets.load("pen")
    at = mistakes(network=run.id, data="pen")
    assert [each.value for each in at.info] == [
        "This network has not read these digits yet."
    ]


def test_a_link_to_a_test_set_that_is_not_here_is_a_sentence(digits):
    at = mistakes(network=a_run(digits).id, data="<script>")
    assert "a test set that is not here" in text_of(at)
    assert at.selectbox(key="data").value == "mnist"


def test_while_the_digits_are_read_a_sentence_says_so(monkeypatch):
    said = "are being read"
    assert said not in text_of(mistakes())
    monkeypatch.setattr(datasets, "load", lambda name: st.stop())
    assert said in text_of(mistakes())
