"""The Train page, run without a browser; nothing is trained here."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_cnn import runs
from mnist_cnn.digits.augmentation import AUGMENTATIONS
from mnist_cnn.experiments.config import RANGES, TrainingConfig
from mnist_cnn.experiments.presets import PRESETS
from mnist_cnn.jobs import worker
from mnist_cnn.runs import Status
from mnist_cnn.runs.exchange.keras_import import from_keras
from mnist_cnn.runs.ownership import Visitor
from mnist_cnn.runs.schema import EpochPoint, Mark, Resumed
from mnist_cnn.ui.board.drawing import PIXELS
from mnist_cnn.ui.train import steering
from mnist_cnn.ui.train.form import start
from mnist_cnn.ui.train.form.augmentation import sheet

ROOT = Path(__file__).parents[2]
RECORDINGS = ROOT / "tests" / "recordings"


@pytest.fixture(autouse=True)
def lab(tmp_path, monkeypatch):
    """An empty runs folder, and no worker that would train in it."""
    monkeypatch.setenv("MNIST_CNN_RUNS", str(tmp_path))


def train_page(run: str | None = None) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30).run()
    if run:
        at.query_params["run"] = run
    at.switch_page("pages/1_Train.py").run()
    assert not at.exception
    return at


def run_in_state(state: str, recording: str | None = None, **changes) -> runs.Run:
    run = runs.submit(TrainingConfig(epochs=5), preset="seed")
    if recording:
        content = (RECORDINGS / f"{recording}.jsonl").read_bytes()
        run.metrics_path.write_bytes(content)
    run.write_status(replace(Status(state), **changes))
    return run


def words(at: AppTest) -> str:
    kinds = (at.markdown, at.caption, at.error, at.warning, at.info, at.header)
    progress = [each.proto.text for each in at.get("progress")]
    return "\n".join([*(each.value for kind in kinds for each in kind), *progress])


def press(at: AppTest, key: str) -> AppTest:
    at.button(key=key).click().run()
    assert not at.exception
    return at


def commands(run: runs.Run) -> list[tuple[str, float | None]]:
    lines = run.control_path.read_text().splitlines()
    return [(each["what"], each["value"]) for each in map(json.loads, lines)]


def test_an_empty_lab_shows_how_to_begin():
    at = train_page()
    assert at.button(key="start").label == "Start training"
    assert "None yet" in words(at)


def test_a_training_process_gets_ready_while_settings_are_chosen(wanted_workers):
    at = train_page()
    assert wanted_workers == [True]
    at.number_input(key="epochs_0").set_value(2).run()
    assert wanted_workers == [True]
    assert runs.list_runs() == []


def test_start_submits_one_run_and_shows_it(wanted_workers):
    at = train_page()
    wanted_workers.clear()
    press(at, "start")
    (run,) = runs.list_runs()
    assert run.config == PRESETS["classroom"].config
    assert run.name == "Classroom 1"
    assert at.query_params["run"] in (run.id, [run.id])
    assert wanted_workers
    assert "waiting" in words(at)


def test_start_pressed_five_times_is_one_training(monkeypatch):
    # On a busy machine five presses take longer than a person's.
    monkeypatch.setattr(start, "SAME_PRESS_SECONDS", 60.0)
    at = train_page()
    for _ in range(5):
        press(at, "start")
    assert len(runs.list_runs()) == 1
    assert not at.error


def test_the_same_training_is_not_started_twice_and_the_page_says_why(monkeypatch):
    monkeypatch.setattr(start, "SAME_PRESS_SECONDS", -1.0)
    at = press(press(train_page(), "start"), "start")
    (run,) = runs.list_runs()
    assert "This very training run is going on" in at.error[0].value
    run.write_status(Status("done"))
    press(at, "start")
    assert len(runs.list_runs()) == 2


def test_a_browser_with_three_waiting_runs_is_asked_to_let_others_go_first():
    at = train_page()
    press(at, "start")
    for version in (1, 2, 3):
        at.button(key="unfold").click().run()
        at.number_input(key=f"seed_{version}").set_value(version + 1)
        press(at, "start")
    assert len(runs.list_runs()) == 3
    assert "waiting already" in at.error[0].value


@pytest.mark.parametrize("preset", list(PRESETS))
def test_a_preset_fills_in_every_setting(preset):
    at = train_page()
    at.selectbox(key="preset_0").select(preset).run()
    press(at, "start")
    (run,) = runs.list_runs()
    assert run.config == PRESETS[preset].config
    assert run.preset == preset


def test_changed_settings_are_trained_and_named_as_changed():
    at = train_page()
    at.number_input(key="epochs_0").set_value(7)
    at.text_input(key="learning_rate_0").set_value("3e-4")
    at.number_input(key="examples_0").set_value(5000)
    press(at, "start")
    (run,) = runs.list_runs()
    assert (run.config.epochs, run.config.learning_rate) == (7, 3e-4)
    assert run.config.examples == 5000
    assert run.preset == "classroom, changed"
    assert "**Classroom, changed** · 7 epochs" in words(at)


@pytest.mark.parametrize("rate", ["0", "10", "fast", "", "nan", "-0.1"])
def test_a_learning_rate_out_of_range_is_refused_with_a_sentence(rate):
    at = train_page()
    at.text_input(key="learning_rate_0").set_value(rate)
    press(at, "start")
    assert runs.list_runs() == []
    assert "Learning rate must be" in at.error[0].value
    assert "0.000001 to 1" in at.error[0].value


def test_the_drawing_of_the_draw_page_goes_along():
    at = train_page()
    drawing = np.zeros((28, 28), np.float32)
    drawing[5:20, 14] = 1.0
    at.session_state[PIXELS] = drawing
    press(at, "start")
    (run,) = runs.list_runs()
    assert run.drawing().tolist() == (drawing * 255).astype(np.uint8).tolist()


def test_without_a_link_the_newest_run_is_shown():
    run_in_state("done")
    newest = run_in_state("done")
    at = train_page()
    assert at.button(key=f"open_{newest.id}").disabled


def test_without_a_link_a_run_that_has_begun_is_shown_before_one_that_waits():
    begun = run_in_state("done")
    run_in_state("queued")
    at = train_page()
    assert at.button(key=f"open_{begun.id}").disabled


def test_the_run_in_the_link_is_shown_though_it_is_not_the_newest():
    older = run_in_state("done", "overfitting")
    run_in_state("done")
    at = train_page(older.id)
    assert at.button(key=f"open_{older.id}").disabled
    assert "Overfitting since epoch 8" in words(at)


@pytest.mark.parametrize("link", ["0123456789abcdef", "../../etc", "%00"])
def test_a_link_to_no_run_is_a_sentence(link):
    at = train_page(link)
    assert at.warning
    assert at.button(key="start")


def test_a_run_that_is_deleted_while_it_is_watched_is_a_sentence():
    run = run_in_state("done", "plateau")
    at = train_page(run.id)
    runs.delete(run)
    at.run()
    assert not at.exception
    assert "It may have been deleted" in words(at)


@pytest.mark.parametrize(
    "recording", sorted(p.stem for p in RECORDINGS.glob("*.jsonl"))
)
def test_every_recorded_training_can_be_shown_and_is_explained(recording):
    run = run_in_state("done", recording, steps_per_epoch=10, examples=400)
    at = train_page(run.id)
    assert at.info
    assert at.get("bidi_component")


def test_a_training_that_died_is_said_and_its_curve_kept():
    run = run_in_state("running", "plateau", steps_per_epoch=30, epochs_done=10)
    at = train_page(run.id)
    assert "failed" in at.header[0].value
    assert "killed" in at.error[0].value
    assert "The network of epoch 10 is kept." in at.error[0].value
    assert "Validation: **0.9680**" in words(at)


def test_a_run_that_died_is_resumed_with_one_press(wanted_workers):
    run = run_in_state("running", "plateau", steps_per_epoch=30, epochs_done=10)
    with zipfile.ZipFile(run.model_path, "w") as archive:
        archive.writestr("model.weights.h5", b"numbers")
    at = train_page(run.id)
    assert at.button(key=f"go_on_{run.id}").label == "Resume"
    assert "Goes on after epoch 10" in words(at)
    wanted_workers.clear()
    press(at, f"go_on_{run.id}")
    status = run.status()
    assert (status.state, status.epochs_done) == ("queued", 10)
    assert wanted_workers
    assert "waiting" in words(at)
    assert "Validation: **0.9680**" in words(at)


def test_a_run_without_a_complete_epoch_is_started_again_with_one_press():
    run = run_in_state("stopped")
    at = train_page(run.id)
    assert at.button(key=f"go_on_{run.id}").label == "Start again"
    press(at, f"go_on_{run.id}")
    assert run.status().state == "queued"


def test_a_run_that_cannot_be_resumed_says_why():
    lost = run_in_state("stopped", epochs_done=1)
    assert "(model.keras) is gone" in words(train_page(lost.id))
    torn = run_in_state("stopped", epochs_done=1)
    torn.model_path.write_bytes(b"torn")
    at = press(train_page(torn.id), f"go_on_{torn.id}")
    assert "(model.keras) is damaged" in at.error[0].value
    assert torn.status().state == "stopped"


def test_a_complete_run_has_nothing_to_resume():
    run = run_in_state("done", epochs_done=1)
    with pytest.raises(KeyError):
        train_page(run.id).button(key=f"go_on_{run.id}")


@pytest.fixture
def training(monkeypatch):
    monkeypatch.setattr(runs.Run, "is_locked", lambda self: True)
    return run_in_state(
        "running", "plateau", steps_per_epoch=30, examples=3000, test_examples=1000
    )


def test_each_press_is_one_command_and_rates_multiply(training, monkeypatch):
    monkeypatch.setattr(steering, "visitor", lambda: Visitor(is_here=True))
    pressed = ["pause", "one_batch", "one_batch", "×3", "×3", "÷10", "resume", "stop"]
    for name in pressed:
        steering.press(training, name)
    rates = iter([0.006, 0.018, 0.0018])
    assert commands(training) == [
        ("learning_rate", next(rates)) if name in steering.FACTORS else (name, None)
        for name in pressed
    ]


def test_a_rate_that_a_resume_took_back_is_not_multiplied(monkeypatch):
    run = run_in_state("running")
    run.send("learning_rate", 0.5)
    read = run.control_path.stat().st_size
    run.write_status(replace(run.recorded_status(), commands_read=read))
    told = [EpochPoint(1, 5, peak=0.01), Mark(7, "learning_rate", 0.5)]
    run.metrics_path.write_bytes(msgspec.json.Encoder().encode_lines(told))
    assert steering.asked_rate(run, run.recorded_status(), run.metrics()) == 0.5
    told += [Resumed(5, "resumed", 1, epoch=1)]
    run.metrics_path.write_bytes(msgspec.json.Encoder().encode_lines(told))
    monkeypatch.setattr(steering, "visitor", lambda: Visitor(is_here=True))
    steering.press(run, "×3")
    assert commands(run)[1:] == [("learning_rate", 0.03)]


def test_a_learning_rate_is_said_as_a_person_reads_it():
    said = [steering.rate_text(rate) for rate in (0.002, 0.00066667, 2.5e-5, 7e-9, 0)]
    assert said == ["0.002", "0.000667", "0.000025", "almost 0", "0"]


def test_a_learning_rate_stays_in_its_range():
    assert steering.times(0.5, 10) == 1.0
    assert steering.times(2e-6, 0.1) == 1e-6
    assert steering.times(0.002, 1 / 3) == 0.000667


def test_progress_says_epoch_and_batch(training):
    at = train_page(training.id)
    # The recorded training had ten epochs; this run's settings know five.
    assert "Epoch 5 of 5" in at.get("progress")[0].proto.text


def test_paused_before_the_first_batch_says_so(training):
    training.write_status(replace(training.recorded_status(), state="paused"))
    at = train_page(training.id)
    at.session_state["details"] = "Last batch"
    at.run()
    assert "paused before its first batch" in words(at)


def test_while_paused_the_last_batch_is_shown(training):
    training.write_status(replace(training.recorded_status(), state="paused"))
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.ones(10), 32).astype(np.float32)
    np.savez(
        training.path / "last_batch.npz",
        pixels=rng.random((32, 28, 28)).astype(np.float32),
        labels=rng.integers(0, 10, 32),
        probabilities=probabilities,
        losses=np.linspace(0, 3, 32).astype(np.float32),
    )
    at = train_page(training.id)
    at.session_state["details"] = "Last batch"
    at.run()
    assert not at.exception
    assert "Mean loss of all 32: 1.500" in words(at)


def test_a_waiting_run_shows_its_place_and_its_expected_wait():
    first = run_in_state("queued")
    second = run_in_state("queued")
    at = train_page(second.id)
    assert "Position 2 in the queue" in words(at)
    assert "First in the queue" in words(train_page(first.id))


def test_who_waits_for_a_paused_run_is_told_what_for():
    paused, waiting = run_in_state("paused"), run_in_state("queued")
    paused.rename("Blue")
    with paused.lock():
        at = train_page(waiting.id)
    assert "It waits for Blue, which is paused." in words(at)
    assert "its turn comes in about 20 s" in words(at)


def test_a_cluster_that_is_away_is_a_sentence_and_the_place_is_kept(monkeypatch):
    away = "The cluster's scheduler at tcp://pc1:8786 does not answer."
    monkeypatch.setattr(worker, "problem", lambda: away)
    run = run_in_state("queued")
    at = train_page(run.id)
    assert away in [each.value for each in at.warning]
    assert "Position 1 in the queue." in words(at)
    assert "in a moment" not in words(at)


def test_waiting_without_a_worker_starts_one_and_says_so(wanted_workers):
    run = run_in_state("queued")
    at = train_page(run.id)
    wanted_workers.clear()
    at.run()
    assert wanted_workers
    assert "one was started" in words(at)


def test_the_list_names_preset_state_accuracy_and_time():
    run_in_state(
        "done", test_accuracy=0.9912, seconds=200.0, source="MNIST from Keras' cache"
    )
    line = next(text for text in words(train_page()).splitlines() if "0.9912" in text)
    for part in (
        "The lecture's network",
        "done",
        "3 min 20 s",
    ):
        assert part in line


def test_a_run_can_be_opened_from_the_list():
    older, newer = run_in_state("done"), run_in_state("done")
    at = train_page(newer.id)
    press(at, f"open_{older.id}")
    assert at.query_params["run"] in (older.id, [older.id])
    assert at.button(key=f"open_{older.id}").disabled


def test_a_run_can_be_renamed_and_its_name_is_never_markup():
    run = run_in_state("done")
    at = train_page(run.id)
    at.text_input(key=f"name_{run.id}").set_value("`*my* [run](x)")
    next(each for each in at.button if each.label == "Rename").click().run()
    assert not at.exception
    assert run.name == "`*my* [run](x)"
    assert r"\`\*my\* \[run\]\(x\)" in at.header[0].value


def test_a_run_can_be_starred_and_the_list_shows_it():
    run = run_in_state("done")
    at = press(train_page(run.id), f"star_{run.id}")
    assert run.starred
    assert "★ The lecture's network" in words(at)
    press(at, f"star_{run.id}")
    assert not run.starred


def test_deleting_asks_first():
    run = run_in_state("done")
    at = train_page(run.id)
    assert at.button(key=f"delete_{run.id}").disabled
    at.checkbox(key=f"sure_{run.id}").check().run()
    press(at, f"delete_{run.id}")
    assert runs.list_runs() == []
    assert "None yet" in words(at)


def test_a_training_in_progress_cannot_be_deleted(training):
    at = train_page(training.id)
    with pytest.raises(KeyError):
        at.button(key=f"delete_{training.id}")


def test_one_press_beside_the_honest_notes_keeps_digits_aside_and_what_was_typed():
    at = train_page()
    text = words(at)
    assert "Keras then takes 32" in text
    assert "validation data is the test set" in text
    at.number_input(key="epochs_0").set_value(7)
    next(each for each in at.button if "aside" in each.label).click().run()
    assert not at.exception
    assert at.number_input(key="epochs_1").value == 7
    assert at.number_input(key="validation_examples_1").value == 5000


def test_chosen_augmentations_give_their_reasons_and_a_picture():
    at = train_page()
    box = at.multiselect(key="augmentation_0")
    box.set_value(["shear", "stroke"]).run()
    assert not at.exception
    assert AUGMENTATIONS["shear"].reason in words(at)
    (picture,) = at.get("image")
    assert "varied three times" in picture.proto.imgs[0].alt


def test_the_picture_of_augmented_digits_shows_them_as_they_are_and_varied():
    digits = np.zeros((2, 28, 28), np.float32)
    digits[:, 8:20, 12:16] = 1
    picture = sheet(digits, ["shear"])
    assert picture.shape == (4 * 56, 2 * 56)
    assert np.array_equal(picture[:56:2, ::2], np.concatenate(list(digits), 1) * 255)
    assert not np.array_equal(picture[:56], picture[56:112])


def test_start_makes_room_and_says_what_was_removed(monkeypatch):
    monkeypatch.setenv("MNIST_CNN_MAX_RUNS", "2")
    monkeypatch.setattr("mnist_cnn.runs.retention.LESSON_SECONDS", 0)
    run_in_state("done").rename("old *one*")
    run_in_state("done")
    at = press(train_page(), "start")
    assert len(runs.list_runs()) == 2
    assert "2 of 2 runs" in words(at)
    assert r"old \*one\*" in at.info[0].value


def test_a_full_lab_refuses_a_start_with_a_sentence(monkeypatch):
    monkeypatch.setenv("MNIST_CNN_MAX_RUNS", "1")
    run_in_state("done").star(True)
    at = press(train_page(), "start")
    assert "The lab is full" in at.error[0].value
    assert len(runs.list_runs()) == 1


@pytest.mark.parametrize("preset", [n for n in PRESETS if PRESETS[n].look_for])
def test_a_preset_tells_its_outcome_only_after_a_run_of_it(preset):
    run = runs.submit(PRESETS[preset].config, preset=preset)
    at = train_page(run.id)
    assert PRESETS[preset].look_for not in words(at)
    at.session_state[f"guess_{run.id}"] = "about 90%"
    at.run()
    run.write_status(Status("done", test_accuracy=0.1234))
    at.run()
    assert "You guessed about 90%; it reads 12.3%." in words(at)
    assert PRESETS[preset].look_for in words(at)


def test_who_keeps_digits_aside_is_told_at_the_end_what_the_test_set_says():
    run = run_in_state("running", "improving", validation_examples=500)
    said = "test set, at the end only: **0.9100**"
    at = train_page(run.id)
    assert said not in words(at)
    run.write_status(
        replace(run.status(), state="done", test_accuracy=0.91, epochs_done=5)
    )
    assert said in words(at.run())


def test_what_was_not_measured_elsewhere_is_no_number():
    file = next((RECORDINGS / "keras").glob("*.keras"))
    history = b'{"loss": [0.5, 0.2], "accuracy": [0.8, 0.9]}'
    at = train_page(from_keras(file.read_bytes(), "mine", history).id)
    assert "Validation: **–** (loss –)" in words(at)
    assert "nan" not in words(at)


def test_three_seeds_are_queued_together_and_named():
    at = train_page()
    next(each for each in at.button if each.label == "Three seeds").click().run()
    assert not at.exception
    found = {run.config.seed: run.name for run in runs.list_runs()}
    assert found == {n: f"Classroom 1, seed {n}" for n in (1, 2, 3)}


def test_another_seed_is_one_that_no_run_has_had(recorded_run, mnist):
    first = recorded_run(mnist)
    second = recorded_run(mnist, config=replace(first.config, seed=7))
    press(train_page(first.id), f"seed_{first.id}")
    (new,) = [r for r in runs.list_runs() if r.id not in (first.id, second.id)]
    assert new.config == replace(first.config, seed=8)


def test_after_the_highest_seed_comes_a_low_one(recorded_run, mnist):
    lowest, highest = map(int, RANGES["seed"])
    first = recorded_run(mnist)
    recorded_run(mnist, config=replace(first.config, seed=lowest))
    last = recorded_run(mnist, config=replace(first.config, seed=highest))
    press(train_page(last.id), f"seed_{last.id}")
    (new,) = runs.queue()
    assert new.config.seed in (lowest + 1, lowest + 2)
    assert new.config.seed != first.config.seed


def test_after_ones_run_has_ended_the_other_pages_open_with_its_network():
    at = press(train_page(), "start")
    (run,) = runs.list_runs()
    run.weights_path.write_bytes(b"numbers")
    at.run()
    assert "network" not in at.session_state
    run.write_status(Status("done", epochs_done=1))
    at.run()
    assert at.session_state["network"] == run.id


def test_the_list_says_which_are_yours_and_never_a_bare_id():
    run_in_state("done")
    at = train_page()
    at.text_input(key="name_0").set_value("my first")
    press(at, "start")
    rows = [each.value for each in at.markdown if " · " in each.value]
    assert any("my first · Classroom · yours · waiting" in row for row in rows)
    assert any("The lecture's network of " in row for row in rows)
    assert not any(run.id[:6] in row for run in runs.list_runs() for row in rows)


def test_what_is_being_checked_is_said(training):
    status = replace(training.recorded_status(), checking=10_000, checked=200)
    training.write_status(status)
    assert "Checking on 10,000 digits" in words(train_page(training.id))


def test_how_far_the_drawing_of_digits_is_is_said(training):
    drawing = {"state": "preparing", "checking": 15_000, "checked": 3_000}
    training.write_status(replace(training.recorded_status(), **drawing))
    said = words(train_page(training.id))
    assert "Drawing and preparing the digits, once: 20%" in said
