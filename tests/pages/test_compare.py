"""The Compare page, run without a browser."""

import html
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.proto.BidiComponent_pb2 import BidiComponent
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest

from mnist_cnn import runs
from mnist_cnn.digits import mnist
from mnist_cnn.experiments.presets import PRESETS
from mnist_cnn.runs import PRETRAINED, Status, predictions
from mnist_cnn.runs.predictions import Predictions
from mnist_cnn.ui.runs import queue as training_queue
from mnist_cnn.ui.text import escape

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def lab(runs_folder, few_digits):
    training_queue.look_again()
    return runs_folder


@pytest.fixture
def digits(lab):
    return mnist.load()


def compare(*ids: str, link: str | None = None) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    text = ",".join(ids) if link is None else link
    if text:
        at.query_params["runs"] = text
    at.switch_page("pages/6_Compare.py").run()
    assert not at.exception
    return at


def words(at: AppTest) -> str:
    kinds = (at.markdown, at.caption, at.info, at.warning, at.error, at.header)
    return "\n".join(each.value for kind in kinds for each in kind)


def linked(at: AppTest) -> str:
    found = at.query_params.get("runs", "")
    return found if isinstance(found, str) else ",".join(found)


def run_table(at: AppTest) -> BidiComponent:
    tables = at.get("bidi_component")
    return next(each.proto for each in tables if each.proto.id.endswith(TABLE))


def rows(at: AppTest) -> list[dict]:
    """What the table of runs says, by column."""
    if not any(each.proto.id.endswith(TABLE) for each in at.get("bidi_component")):
        return []
    sent = run_table(at).bytes
    heading = json.loads(sent[4 : 4 + int.from_bytes(sent[:4], "little")])
    return [
        dict(zip(heading["columns"], (text for text, _value in cells), strict=True))
        for _run_id, cells in heading["rows"]
    ]


def run_with(
    at: AppTest, ticked: list[str], count: int, others: Sequence[WidgetState] = ()
) -> None:
    """The script runs with what a browser sends: the ticks in its table so far."""
    ticks = json.dumps({"ticks": {"runs": ticked, "count": count}})
    states = at._tree.get_widget_states()
    sent = {each.id: each for each in states.widgets}
    sent |= {each.id: each for each in others}
    table = run_table(at).id
    sent[table] = WidgetState(id=table, json_value=ticks)
    at._run(WidgetStates(widgets=sent.values()))
    assert not at.exception


TABLE = "compare-runs"
BUNDLED = ["MNIST and pen digits", "MNIST only"]


def shown(at: AppTest) -> list[str]:
    """The names in the table of runs."""
    return [row["Name"] for row in rows(at)]


def settings(at: AppTest) -> list[list[str]]:
    """The table of settings that differ, its head first."""
    texts = [each.proto.body for each in at.get("html")]
    text = next(each for each in texts if ">Setting<" in each)
    lines = re.findall("<tr>(.*?)</tr>", text)
    return [re.findall("<t[hd].*?>(.*?)</t[hd]>", line) for line in lines]


def press(at: AppTest, key: str) -> AppTest:
    training_queue.look_again()
    at.button(key=key).click().run()
    assert not at.exception
    return at


def test_without_any_run_there_is_the_pretrained_network_and_how_to_begin():
    at = compare()
    assert shown(at) == BUNDLED
    assert rows(at)[0]["Accuracy"] == "0.9941"
    assert "Tick two runs to see which is better" in words(at)
    assert "Confusion matrices" not in words(at)


def test_the_table_tells_what_a_run_is_and_reached(recorded_run, digits):
    config = replace(PRESETS["small"].config, epochs=2, seed=7)
    recorded_run(digits, preset="small", config=config, name="mine", wrong=[1, 2])
    row = rows(compare())[len(BUNDLED)]
    assert row == {
        "Name": "mine",
        "Accuracy": "0.9900",
        "Parameters": f"{config.network.parameters:,}",
        "Loss": "0.1000",
        "Seconds": "12",
        "Status": "done",
        "Settings": "A small one · Epochs: 2 · Seed: 7",
    }


def test_a_choice_comes_into_the_link_and_a_link_chooses(recorded_run, digits):
    first, second = recorded_run(digits), recorded_run(digits)
    at = compare()
    at.multiselect[0].set_value([second.id, first.id]).run()
    assert linked(at) == f"{second.id},{first.id}"
    again = compare(link=linked(at))
    assert again.multiselect[0].value == [second.id, first.id]
    assert "One color a run" in words(again)


def test_what_a_browser_sends_before_it_knows_of_a_choice_does_not_undo_it(
    recorded_run, digits
):
    one, two = (recorded_run(digits).id for _each in range(2))
    at, both = compare(one), f"{one},{two}"
    run_with(at, [one, two], 1)
    assert linked(at) == both
    at.multiselect[0].set_value([one]).run()
    run_with(at, [one, two], 1)
    assert linked(at) == one
    run_with(at, [one, two, "no run"], 2)
    assert linked(at) == both
    # The other way round: a tick, and the box as it was.
    at = compare(one)
    box, stale = at.multiselect[0], at._tree.get_widget_states()
    run_with(at, [one, two], 1)
    before = [each for each in stale.widgets if each.id == box.proto.id]
    run_with(at, [one, two], 1, others=before)
    assert linked(at) == both


def test_back_undoes_a_choice_and_another_page_does_not(recorded_run, digits):
    first, second = recorded_run(digits), recorded_run(digits)
    at = compare(first.id)
    at.multiselect[0].set_value([first.id, second.id]).run()
    at.query_params["runs"] = first.id
    at.run()
    assert at.multiselect[0].value == [first.id]
    at.switch_page("app.py").run()
    del at.query_params["runs"]
    at.switch_page("pages/6_Compare.py").run()
    assert linked(at) == first.id


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ("../../etc/passwd", "not the name of a run"),
        ("<script>alert(1)</script>", "not the name of a run"),
        ("0123456789abcdef", "There is no run 0123456789abcdef"),
        ("x" * 5000, "more runs than can be compared"),
    ],
)
def test_a_link_to_what_is_no_run_is_a_sentence(link, sentence):
    at = compare(link=link)
    assert sentence in words(at)
    assert "script" not in words(at)
    assert linked(at) == ""


def test_of_too_many_runs_the_first_six_are_compared(recorded_run, digits):
    ids = [recorded_run(digits).id for _ in range(7)]
    at = compare(*ids)
    assert "more than 6 runs" in words(at)
    assert linked(at) == ",".join(ids[:6])


def test_one_run_alone_has_curves_and_no_differences(recorded_run, digits):
    at = compare(recorded_run(digits, wrong=[3]).id)
    assert "One color a run" in words(at)
    assert "Confusion matrices" in words(at)
    assert "settings differ" not in words(at)
    assert "disagree" not in words(at)


def test_only_the_settings_that_differ_are_listed(recorded_run, digits):
    small = recorded_run(digits, preset="small", name="a `small` one")
    seed = recorded_run(digits, preset="seed", name="seed")
    at = compare(small.id, seed.id)
    head, *lines = settings(at)
    assert head == ["Setting", "a `small` one", "seed"]
    assert ["Dense units", "none", "1,000"] in lines
    assert "Epochs" not in [line[0] for line in lines]
    same = recorded_run(digits, preset="seed")
    assert "the same settings" in words(compare(seed.id, same.id))


def test_disagreements_are_counted_for_the_same_test_set(recorded_run, digits):
    one = recorded_run(digits, name="one", wrong=[1, 2, 3])
    two = recorded_run(digits, name="two", wrong=[3, 4])
    text = words(compare(one.id, two.id))
    assert "different classes for **3** of 200" in text
    assert "196 are predicted correctly by all, 1 by none" in text
    assert "one alone is right on 1" in text
    assert "two alone is right on 2" in text
    assert "one  \n98.50%, 3 of 200 wrong" in text


def test_answers_to_another_test_set_are_not_compared(recorded_run, digits):
    here = recorded_run(digits, name="here", wrong=[1])
    there = recorded_run(digits, name="there", wrong=[2])
    read = predictions.load(there.predictions_path)
    other = Predictions(read.probabilities, read.labels, "0" * 16)
    predictions.save(other, there.predictions_path)
    text = words(compare(here.id, there.id))
    assert "Tested on another test set, of 200 digits" in text
    assert "there" in text
    assert "disagree" not in text


def test_without_the_images_of_the_test_set_the_numbers_are_still_told(
    recorded_run, digits, monkeypatch, tmp_path
):
    ids = [recorded_run(digits, wrong=[n]).id for n in (1, 2)]
    monkeypatch.setenv("MNIST_CNN_DATA", str(tmp_path / "none.npz"))
    text = words(compare(*ids))
    assert "different classes for **2** of 200" in text
    assert "images are not at hand" in text


def test_damaged_answers_are_a_sentence_and_hide_no_other_run(recorded_run, digits):
    good, bad = (recorded_run(digits, wrong=[1]) for _ in range(2))
    bad.predictions_path.write_bytes(b"no archive")
    text = words(compare(good.id, bad.id))
    assert "damaged" in text
    assert "1 of 200 wrong" in text


def test_a_run_that_waits_is_compared_as_far_as_it_is(recorded_run, digits):
    waiting = runs.submit(PRESETS["seed"].config, preset="seed", name="later")
    text = words(compare(waiting.id, recorded_run(digits, wrong=[1]).id))
    assert "No curve yet: later" in text
    assert "later: This network has not read its test set yet" in text


def test_a_run_deleted_in_another_tab_leaves_the_others(recorded_run, digits):
    gone, stays = recorded_run(digits), recorded_run(digits)
    at = compare(gone.id, stays.id)
    runs.delete(gone)
    training_queue.look_again()
    at.run()
    assert not at.exception
    assert f"There is no run {gone.id}" in words(at)
    assert at.multiselect[0].value == [stays.id]
    assert linked(at) == stays.id


def test_filters_choose_by_preset_status_star_and_text(recorded_run, digits):
    recorded_run(digits, preset="small", name="tiny").star(True)
    recorded_run(digits, preset="linear", name="flat")
    recorded_run(digits, name="broken", status=Status("failed"))
    at = compare()
    assert set(shown(at)) == {*BUNDLED, "★ tiny", "flat", "broken"}
    at.multiselect(key="compare_presets").set_value(["small", "linear"]).run()
    assert set(shown(at)) == {"★ tiny", "flat"}
    at.toggle(key="compare_starred").set_value(True).run()
    assert shown(at) == ["★ tiny"]
    at.toggle(key="compare_starred").set_value(False)
    at.multiselect(key="compare_presets").set_value([])
    at.multiselect(key="compare_states").set_value(["failed"]).run()
    assert shown(at) == ["broken"]
    assert "waiting" in at.multiselect(key="compare_states").options
    at.multiselect(key="compare_states").set_value([])
    at.text_input(key="compare_text").set_value("LINEAR").run()
    assert shown(at) == ["flat"]
    at.text_input(key="compare_text").set_value("nothing like it").run()
    assert not at.exception
    assert shown(at) == []
    assert "0 of 5 runs shown" in words(at)


def test_a_chosen_run_stays_chosen_though_the_filter_hides_it(recorded_run, digits):
    run = recorded_run(digits, name="mine")
    at = compare(run.id)
    at.text_input(key="compare_text").set_value("and pen digits").run()
    assert shown(at) == BUNDLED[:1]
    assert linked(at) == run.id


def test_starring_is_seen_in_the_table(recorded_run, digits):
    run = recorded_run(digits)
    at = press(compare(run.id), f"star_{run.id}")
    assert run.starred
    assert shown(at)[len(BUNDLED)].startswith("★ ")


def test_deleting_asks_first_and_leaves_the_rest(recorded_run, digits):
    gone, stays = recorded_run(digits), recorded_run(digits)
    at = compare(gone.id, stays.id)
    assert at.button(key=f"delete_{gone.id}").disabled
    at.checkbox(key=f"sure_{gone.id}").check().run()
    press(at, f"delete_{gone.id}")
    assert [run.id for run in runs.list_runs()] == [stays.id]
    assert linked(at) == stays.id


def test_a_training_in_progress_cannot_be_deleted(recorded_run, digits, monkeypatch):
    monkeypatch.setattr(runs.Run, "is_locked", lambda run: True)
    run = recorded_run(digits, status=Status("running", steps_per_epoch=30))
    at = compare(run.id)
    assert "Stop it before you delete it" in words(at)
    with pytest.raises(KeyError):
        at.button(key=f"delete_{run.id}")


def test_the_pretrained_network_can_be_compared_and_not_changed(recorded_run, digits):
    at = compare(PRETRAINED, recorded_run(digits, wrong=[1]).id)
    assert linked(at).startswith(PRETRAINED)
    with pytest.raises(KeyError):
        at.button(key=f"star_{PRETRAINED}")


def test_names_are_never_markup(recorded_run, digits):
    run = recorded_run(digits, name="`*<b>x</b>* [a](b)", wrong=[1])
    other = recorded_run(digits, name="`*<b>x</b>* [a](b)", wrong=[2])
    text = words(compare(run.id, other.id))
    assert escape(f"{run.name} ({run.id[:6]})") in text


def test_where_the_digits_came_from_is_never_markup(recorded_run, digits):
    one, other = (recorded_run(digits, wrong=[each]) for each in (1, 2))
    source = "imported; [a](http://b) <b>c</b>"
    one.write_status(replace(one.recorded_status(), source=source))
    told = {line[0]: line[1] for line in settings(compare(one.id, other.id))}
    assert told["Digits"] == html.escape(source)


def test_a_damaged_label_does_not_hide_the_run(recorded_run, digits):
    run = recorded_run(digits)
    (run.path / "label.json").write_text(json.dumps({"name": 3, "starred": "yes"}))
    assert "The lecture's network of" in " ".join(shown(compare(run.id)))


def test_the_box_sorts_the_table_and_the_choice_stays(recorded_run, digits):
    worse = recorded_run(digits, name="worse", wrong=[1, 2])
    recorded_run(digits, name="better", wrong=[])
    at = compare(worse.id)
    assert shown(at) == [*BUNDLED, "better", "worse"]
    at.selectbox(key="compare_sort").set_value("accuracy").run()
    assert shown(at) == ["better", *reversed(BUNDLED), "worse"]
    assert linked(at) == worse.id


def test_the_verdict_names_the_best_by_how_much_and_whether_by_chance(
    recorded_run, digits
):
    best = recorded_run(digits, preset="seed", name="big", wrong=[1])
    other = recorded_run(digits, preset="small", name="little", wrong=[2, 3, 4])
    text = words(compare(other.id, best.id))
    assert "**big** is best: 1 mistake in 200 digits" in text
    assert "**little**: 2 mistakes more, with 107 times fewer parameters" in text
    assert "other settings" in text
    assert "within chance" in text


def test_a_difference_within_the_spread_of_seeds_is_said_to_be_one(
    recorded_run, digits
):
    config = PRESETS["seed"].config
    ids = [
        recorded_run(digits, config=replace(config, seed=seed), wrong=wrong).id
        for seed, wrong in ((1, [1]), (2, [1, 2, 3, 4, 5]))
    ]
    text = words(compare(*ids))
    assert "The same settings with **2 seeds**: from 1 to 5 mistakes" in text
    ids.append(recorded_run(digits, preset="small", wrong=[7, 8, 9, 10]).id)
    text = words(compare(*ids))
    assert "1 mistake more" in text
    assert "within the spread of seeds" in text
