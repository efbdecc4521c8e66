"""Data sets by name: found, drawn, split by writer, and said whose they are."""

import hashlib
import io
import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from mnist_cnn.digits import datasets
from mnist_cnn.digits.dataset import DataError
from mnist_cnn.digits.handwriting import canvas

pytestmark = pytest.mark.usefixtures("runs_folder", "few_digits")


@pytest.mark.usefixtures("pen_digits")
def test_pen_digits_are_split_by_writer():
    digits = datasets.load("pen")
    assert sorted(set(digits.groups)) == ["3", "6"]
    assert (len(digits.y_test), len(digits.y_train)) == (4, 16)
    # Each in two sizes.
    assert digits.y_train.tolist() == [1, 7] * 8
    assert (digits.x_train[:8] != digits.x_train[8:]).any()


@pytest.mark.usefixtures("pen_digits")
def test_all_writers_are_in_both_parts_if_asked_for():
    digits = datasets.load("pen:all")
    assert len(set(digits.groups)) == 6
    assert len(digits.y_test) == 12 and len(digits.y_train) == 24
    assert digits.fingerprint != datasets.load("pen").fingerprint


@pytest.mark.usefixtures("pen_digits")
def test_pen_digits_are_drawn_once_and_the_same_each_time():
    assert not datasets.is_ready("pen")
    first = datasets.load("pen")
    assert datasets.is_ready("pen") and datasets.load("pen") is first
    datasets.prepared_file("pen").unlink()
    again = datasets.load("pen")
    assert again is not first
    np.testing.assert_array_equal(again.x_train, first.x_train)


def test_without_pen_digits_the_sentence_says_how_to_get_them(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("MNIST_CNN_PEN_DIGITS", raising=False)
    with pytest.raises(DataError, match=r"pendigits-orig\.tra\.Z.*MNIST_CNN_PEN_DIG"):
        datasets.load("pen", download_missing=True)
    monkeypatch.setenv("MNIST_CNN_PEN_DIGITS", str(tmp_path / "none.json"))
    with pytest.raises(DataError, match=r"none\.json: there is no file"):
        datasets.load("pen")


def test_pen_digits_are_downloaded_once(tmp_path, monkeypatch, pen_list):
    content, asked = json.dumps(pen_list).encode(), []
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("MNIST_CNN_PEN_DIGITS", raising=False)
    monkeypatch.setenv("MNIST_CNN_OFFLINE", "0")
    sha256 = hashlib.sha256(content).hexdigest()
    monkeypatch.setattr(datasets, "PEN_SHA256", sha256)

    def download(path, _url, wanted, member):
        asked.append((wanted, member))
        path.parent.mkdir(parents=True)
        path.write_bytes(content)

    monkeypatch.setattr(datasets, "download", download)
    with pytest.raises(DataError):
        datasets.load("pen")  # a page does not download
    for _ in range(2):
        assert len(datasets.load("pen", download_missing=True).y_test) == 4
    assert asked == [(sha256, "pendigits-orig.tra.Z")]


def test_a_file_is_a_data_set_with_its_name(pen_list, pen_digits):
    name = datasets.add_file(pen_digits.read_bytes(), "  our\nclass.json ")
    assert datasets.about(name).title == "our class.json"
    assert datasets.files() == [name]
    assert len(datasets.load(name).y_test) == 4
    assert len(datasets.load(f"{name}:all").y_test) == len(pen_list)


def test_a_file_says_how_many_digits_by_how_many_people(pen_list):
    one = [each for each in pen_list if each["writer"] == 1]
    nobody = [{"label": x["label"], "strokes": x["strokes"]} for x in one]
    for digits, known, people in (
        (pen_list, "12 digits by 6 people", "6 people, with a pen"),
        (one, "2 digits by one person", "one person, with a pen"),
        (nobody, "2 digits", "unknown people, with a pen"),
    ):
        name = datasets.add_file(json.dumps(digits).encode(), "class.json")
        assert datasets.about(name).people == known
        title = datasets.about(name).title
        assert datasets.load(name).source == f"{title}: {known}"
        assert datasets.load(name).about.people == people
    images = io.BytesIO()
    np.savez(images, x=np.zeros((2, 28, 28), np.uint8), y=[1, 7], writers=[1, 2])
    name = datasets.add_file(images.getvalue(), "scans.npz")
    assert datasets.load(name).about.people == "2 people"
    # A note of an older lab, and one that is damaged.
    note = datasets._folder() / f"{name}.json"
    for text, title in (('{"title": "old"}', "old"), ("[]", "A file that is not")):
        note.write_text(text)
        assert datasets.about(name).title.startswith(title)


def test_files_of_one_name_are_told_apart(pen_list):
    names = {}
    for count, name in ((1, "class.json"), (2, "class.json"), (3, "MNIST"), (4, "\n")):
        added = datasets.add_file(json.dumps(pen_list[:count]).encode(), name)
        names[added] = datasets.about(added).title
    assert list(names.values())[:3] == ["class.json", "class.json (2)", "MNIST (2)"]
    again = datasets.add_file(json.dumps(pen_list[:1]).encode(), "class.json")
    assert datasets.about(again).title == "class.json" and len(names) == 4


def test_without_writers_every_fifth_digit_tests(pen_list, tmp_path):
    nobody = [{k: v for k, v in x.items() if k != "writer"} for x in pen_list]
    name = datasets.add_file(json.dumps(nobody).encode(), "nobody.json")
    digits = datasets.load(name)
    assert digits.groups is None and len(digits.y_test) == 2
    one = datasets.add_file(json.dumps(nobody[:1]).encode(), "one.json")
    assert len(datasets.load(one).y_test) == 1
    assert len(datasets.load(one).y_train) == 2


@pytest.mark.usefixtures("pen_digits")
def test_without_place_or_permission_there_is_a_sentence(monkeypatch, runs_folder):
    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(datasets.prepared, "write", fails)
        for name in ("pen", "digits8x8"):
            with pytest.raises(DataError, match=r"cannot be kept: .*No space left"):
                datasets.load(name)
    monkeypatch.setattr(Path, "read_bytes", fails)
    for look in (datasets.is_ready, datasets.load):
        with pytest.raises(DataError, match="cannot be read: No space left"):
            look("pen")


def test_only_so_many_files_are_kept(pen_list, monkeypatch, runs_folder):
    monkeypatch.setattr(datasets, "MAX_FILES", 2)
    names = []
    for count in (1, 2, 3):
        content = json.dumps(pen_list[:count]).encode()
        names.append(datasets.add_file(content, f"{count}.json"))
        datasets.load(names[-1])
    assert not list((runs_folder / "digits").glob(f"{names[0]}*"))
    assert set(datasets.files()) == set(names[1:])
    # One that is removed between a look at the folder and a look at the file.
    (runs_folder / "digits" / f"{'0' * 16}.source").symlink_to("gone")
    assert set(datasets.files()) == set(names[1:])
    with pytest.raises(DataError, match="not here"):
        datasets.load(names[0])
    assert "not here" in datasets.about(names[0]).title


def test_a_class_that_asks_at_once_waits_for_the_same_digits(few_digits, monkeypatch):
    made = []
    monkeypatch.setattr(
        datasets.shifted, "corrupted", lambda mnist: made.append(1) or time.sleep(0.2)
    )
    datasets._corrupted.cache_clear()
    with ThreadPoolExecutor(8) as visitors:
        list(visitors.map(datasets.load, ["corrupted"] * 8))
    datasets._corrupted.cache_clear()
    assert len(made) == 1


def test_corrupted_mnist_has_each_digit_in_six_ways(few_digits):
    digits = datasets.load("corrupted")
    assert len(digits.y_test) == 6 * 200 and len(digits.x_train) == 0
    assert digits.grouped_by == "corruption"
    clean = datasets.load("mnist").x_test
    inverted = digits.x_test[digits.groups == "inverted"]
    np.testing.assert_array_equal(inverted, 255 - clean)
    thin, thick = (digits.x_test[digits.groups == x] for x in ("thin", "thick"))
    assert thin.mean() < clean.mean() < thick.mean()


def test_a_network_is_tested_on_people_it_was_not_trained_on():
    assert datasets.unseen("pen", ("mnist",)) == "pen:all"
    assert datasets.unseen("pen", ("mnist", "pen")) == "pen"
    seen = datasets.unseen("pen", ("mnist", "pen:all"))
    assert seen == "pen:all" and datasets.was_trained_on(seen, ("pen:all",))
    assert datasets.unseen("mnist", ("pen",)) == "mnist"
    # Fine-tuned with a part of those it had seen all of: nobody is new to it.
    assert datasets.unseen("pen", ("mnist", "pen", "pen:all")) == "pen:all"
    assert datasets.unseen("pen:all", ("mnist", "pen")) == "pen"
    assert datasets.was_trained_on("offline", ("mnist", "offline"))
    assert not datasets.was_trained_on("offline", ("mnist",))


def test_an_unknown_name_is_a_sentence():
    with pytest.raises(DataError, match="no data set 'letters'"):
        datasets.load("letters")


def test_a_drawn_digit_has_its_size_and_place_by_chance_and_stands_upright():
    seven = [np.array([[0, 100], [60, 100], [20, 0]], float)]
    drawn = [canvas.draw(seven, np.random.default_rng(seed)) for seed in range(20)]
    boxes = []
    for image in drawn:
        rows, columns = np.nonzero(image > 127)
        boxes.append((rows.min(), columns.min(), np.ptp(rows)))
    assert len(set(boxes)) == 20
    ink = (drawn[0] > 127).sum(axis=1)
    # y goes upward: the bar of the seven is near its top.
    assert ink.argmax() < boxes[0][0] + boxes[0][2] / 3


def test_a_dot_can_be_drawn():
    image = canvas.draw([np.array([[5.0, 5.0]])], np.random.default_rng(0))
    assert 50 < (image > 127).sum() < 1000
