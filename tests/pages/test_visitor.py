"""Who may steer, on the Train page; the key in the browser is tried in Chromium."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from mnist_cnn import runs
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.runs import Run, RunError, ownership
from mnist_cnn.ui import visitor
from mnist_cnn.ui.train import steering

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def lab(runs_folder, monkeypatch):
    monkeypatch.delenv(ownership.PASSPHRASE, raising=False)


def train_page(run: Run | None = None) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30).run()
    if run:
        at.query_params["run"] = run.id
    at.switch_page("pages/1_Train.py").run()
    assert not at.exception
    return at


def keys(at: AppTest) -> set[str]:
    """Of all buttons, and of the bar with those that steer."""
    bars = {each.proto.id.rpartition("-")[2] for each in at.get("bidi_component")}
    return bars | {button.key for button in at.button if button.key}


def captions(at: AppTest) -> str:
    return "\n".join(each.value for each in at.caption)


def somebody_elses(state: str = "queued") -> Run:
    owner = ownership.owner_of(ownership.new_key())
    run = runs.submit(TrainingConfig(), owner=owner)
    run.write_status(runs.Status(state))
    return run


def test_whoever_starts_a_run_may_steer_it_and_another_browser_may_not():
    mine = train_page()
    mine.button(key="start").click().run()
    (run,) = runs.list_runs()
    buttons = {f"{what}_{run.id}" for what in ("steer", "delete", "star")}
    assert buttons <= keys(mine)
    other = train_page(run)
    assert not buttons & keys(other)
    assert "somebody else started" in captions(other)


@pytest.mark.parametrize("state", ["queued", "stopped", "done"])
def test_others_see_no_button_that_changes_a_run(state):
    run = somebody_elses(state)
    at = train_page(run)
    changing = ("steer", "go_on", "delete", "star", "sure", "name")
    assert not {f"{what}_{run.id}" for what in changing} & keys(at)


def test_a_forged_press_changes_nothing(monkeypatch):
    run = somebody_elses()
    # As if the buttons had been drawn, for a visitor who is refused when they press.
    monkeypatch.setattr(steering, "visitor", ownership.Visitor)
    steering.press(run, "stop")
    assert not run.control_path.exists()


def test_the_teacher_enters_with_the_passphrase_and_leaves(monkeypatch):
    monkeypatch.setenv(ownership.PASSPHRASE, "chalk")
    run = somebody_elses()
    at = train_page(run)
    for guess in ("cheese", "chalk"):
        assert f"steer_{run.id}" not in keys(at)
        at.text_input(key="passphrase").set_value(guess)
        next(each for each in at.button if each.label == "Enter").click().run()
        assert not at.exception
    assert f"steer_{run.id}" in keys(at)
    next(each for each in at.button if each.label == "Leave as teacher").click().run()
    assert f"steer_{run.id}" not in keys(at)


def test_a_wrong_passphrase_is_said_and_not_kept(monkeypatch):
    monkeypatch.setenv(ownership.PASSPHRASE, "chalk")
    at = train_page()
    at.text_input(key="passphrase").set_value("cheese")
    next(each for each in at.button if each.label == "Enter").click().run()
    assert "not the teacher's" in at.error[0].value
    assert at.text_input(key="passphrase").value == ""


def test_without_a_passphrase_there_is_no_box_for_one():
    with pytest.raises(KeyError):
        train_page().text_input(key="passphrase")


@pytest.mark.parametrize(
    ("address", "forwarded", "alone"),
    [
        ("localhost", None, True),
        ("127.0.0.1", None, True),
        ("localhost", "10.0.0.7", False),
        ("0.0.0.0", None, False),
        (None, None, False),
        ("192.168.1.7", None, False),
    ],
)
def test_the_lab_knows_whether_others_can_reach_it(
    address, forwarded, alone, monkeypatch
):
    class Context:
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}

    monkeypatch.setattr(st, "get_option", {"server.address": address}.get)
    monkeypatch.setattr(st, "context", Context())
    assert visitor.is_on_this_machine_only() is alone


def test_the_limit_of_waiting_runs_outlives_the_server():
    at = train_page()
    at.button(key="start").click().run()
    for _run in range(2):
        runs.submit(TrainingConfig(), owner=runs.list_runs()[0].owner)
    at.button(key="unfold").click().run()
    at.number_input(key="seed_1").set_value(5)
    at.button(key="start").click().run()
    assert len(runs.list_runs()) == 3
    assert "waiting already" in at.error[0].value


def test_deleting_is_refused_in_the_callback_too():
    run = somebody_elses("done")
    with pytest.raises(RunError):
        ownership.demand(run, ownership.Visitor((ownership.new_key(),)))
    assert run.path.is_dir()
