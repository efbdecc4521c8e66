"""Which runs are compared, and where their answers differ."""

import numpy as np
import pytest

from mnist_cnn import runs
from mnist_cnn.analysis import comparison
from mnist_cnn.analysis.comparison import (
    MAX_RUNS,
    Filter,
    by_test_set,
    disagreement,
    facts,
    in_order,
    runs_in_link,
    unique_names,
)
from mnist_cnn.digits import mnist
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.runs.predictions import Predictions

pytestmark = pytest.mark.usefixtures("runs_folder")


@pytest.fixture
def digits(few_digits):
    return mnist.load()


def submitted(count: int) -> list[str]:
    return [runs.submit(TrainingConfig()).id for _ in range(count)]


def read(labels: list[int], answers: list[int], sure: list[float], print_="a"):
    shares = np.zeros((len(answers), 10), np.float32)
    shares[np.arange(len(answers)), answers] = sure
    return Predictions(shares, np.array(labels, np.uint8), print_)


def test_the_runs_in_a_link_keep_their_order_and_come_once():
    one, two = submitted(2)
    assert runs_in_link(f"{two},{one}, {two},,") == ([two, one], [])
    assert runs_in_link("pretrained") == (["pretrained"], [])
    assert runs_in_link("") == ([], [])


def test_bad_ids_are_sentences_and_the_others_are_found():
    (one,) = submitted(1)
    link = f"../../x,{one},0123456789abcdef,<b>,%00"
    found, problems = runs_in_link(link)
    assert found == [one]
    assert len(problems) == 2
    assert all("<" not in problem for problem in problems)


def test_a_run_whose_status_is_damaged_is_a_sentence():
    (one,) = submitted(1)
    (runs.find(one).path / "status.json").write_bytes(b"{")
    found, problems = runs_in_link(one)
    assert found == []
    assert "cannot be read" in problems[0]


def test_a_link_is_bounded(monkeypatch):
    ids = submitted(MAX_RUNS + 1)
    found, problems = runs_in_link(",".join(ids))
    assert found == ids[:MAX_RUNS]
    assert "more than 6 runs" in problems[0]

    def looked_up(run_id):
        raise AssertionError("looked up a run")

    monkeypatch.setattr(comparison.runs, "find", looked_up)
    assert runs_in_link(",".join(["ab" * 8] * 1000))[0] == []


def test_facts_are_the_run_s_own(recorded_run, digits):
    run = recorded_run(digits, preset="linear", name="mine", wrong=[0])
    run.star(True)
    told = facts(run, run.status())
    assert (told.id, told.name, told.starred) == (run.id, "mine", True)
    assert (told.preset, told.changed, told.parameters) == ("linear", "", 7850)
    assert (told.accuracy, told.tests, told.seconds) == (0.995, 200, 12.0)


@pytest.mark.parametrize(
    ("wanted", "passes"),
    [
        (Filter(), True),
        (Filter(presets=("linear",)), True),
        (Filter(presets=("seed",)), False),
        (Filter(states=("done", "failed")), True),
        (Filter(states=("queued",)), False),
        (Filter(starred=True), False),
        (Filter(text=" MINE "), True),
        (Filter(text="a linear"), True),
        (Filter(text="epochs"), False),
        (Filter(text="mine", states=("failed",)), False),
    ],
)
def test_a_filter_lets_through_what_is_like_it(recorded_run, digits, wanted, passes):
    run = recorded_run(digits, preset="linear", name="mine")
    assert wanted.lets_through(facts(run, run.status())) is passes
    assert Filter(text=run.id[:8]).lets_through(facts(run, run.status()))


def test_only_the_same_digits_stand_side_by_side():
    labels = [1, 2]
    group = {
        "a": read(labels, labels, [1, 1], "x"),
        "b": read(labels, labels, [1, 1]),
        "c": read([1, 3], labels, [1, 1]),
        "d": read(labels, labels, [1, 1]),
    }
    assert by_test_set(group) == [["b", "d"], ["a"], ["c"]]
    assert by_test_set({}) == []


def test_disagreements_come_surest_first_and_every_digit_is_counted():
    labels = [0, 1, 2, 3, 4]
    first = read(labels, [0, 1, 2, 9, 9], [0.9, 0.6, 0.9, 0.9, 0.9])
    second = read(labels, [0, 7, 7, 9, 4], [0.9, 0.9, 0.8, 0.9, 0.7])
    seen = disagreement([first, second])
    assert seen.indices.tolist() == [2, 4, 1]
    assert (seen.all_right, seen.none_right) == (1, 1)
    assert seen.only_right == (2, 1)


def test_three_networks_disagree_when_one_does():
    labels = [5, 6]
    same = read(labels, [5, 6], [0.9, 0.9])
    other = read(labels, [5, 0], [0.9, 0.9])
    seen = disagreement([same, same, other])
    assert seen.indices.tolist() == [1]
    assert seen.only_right == (0, 0, 0)
    assert not len(disagreement([same]).indices)


def test_two_runs_of_one_name_are_told_apart(recorded_run, digits):
    listed = [
        facts(run, run.status())
        for run in (
            recorded_run(digits, name="x"),
            recorded_run(digits, name="x"),
            recorded_run(digits, name="y"),
        )
    ]
    names = unique_names(listed)
    assert len(set(names.values())) == 3
    assert names[listed[2].id] == "y"


def test_runs_are_ordered_by_a_value_and_those_without_it_come_last(
    recorded_run, digits
):
    made = [
        recorded_run(digits, name=name, wrong=wrong)
        for name, wrong in (("b", [1, 2]), ("none", None), ("a", [1]), ("c", [1, 2]))
    ]
    listed = [facts(run, run.status()) for run in made]

    def names(by: str) -> list[str]:
        return [each.name for each in in_order(listed, by)]

    assert names("newest") == ["b", "none", "a", "c"]
    assert names("accuracy") == ["a", "b", "c", "none"]
    assert names("name") == ["a", "b", "c", "none"]
