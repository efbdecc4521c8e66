"""Reading metrics.jsonl while it is being written."""

import json
import threading
import time

import numpy as np
import pytest

from mnist_cnn.runs.metrics_reader import MetricsReader, reader


def batch(step: int, **changes) -> str:
    values = {"kind": "batch", "step": step, "epoch": 1 + step // 100, "loss": 1 / step}
    values |= {"accuracy": 0.5, "learning_rate": 2e-4, "time": 0.1 * step}
    return json.dumps(values | changes) + "\n"


def epoch(number: int, step: int, **changes) -> str:
    values = {"kind": "epoch", "epoch": number, "step": step, "loss": 0.5}
    values |= {"accuracy": 0.8, "val_loss": 0.4, "val_accuracy": 0.9}
    values |= {"learning_rate": 1e-3, "time": 9.5, "seconds": 9.0}
    return json.dumps(values | changes) + "\n"


def mark(step: int, what: str = "pause", reason: str = "Paused") -> str:
    return (
        json.dumps({"kind": "mark", "step": step, "what": what, "reason": reason})
        + "\n"
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "metrics.jsonl"


def test_batches_epochs_and_marks_are_read_as_written(path):
    path.write_text(batch(1) + batch(2) + epoch(1, 2) + mark(2))
    metrics = MetricsReader(path).read()
    assert metrics.step.tolist() == [1, 2]
    assert metrics.epoch.tolist() == [1, 1]
    assert metrics.loss.tolist() == [1, 0.5]
    assert metrics.accuracy.tolist() == [0.5, 0.5]
    assert metrics.learning_rate.tolist() == [2e-4, 2e-4]
    assert metrics.time.tolist() == [0.1, 0.2]
    (end,) = metrics.epochs
    assert (end.epoch, end.step, end.val_loss, end.seconds) == (1, 2, 0.4, 9.0)
    assert [(each.step, each.what, each.reason) for each in metrics.marks] == [
        (2, "pause", "Paused")
    ]


def test_what_else_an_epoch_carries_is_kept(path):
    path.write_text(epoch(1, 10, moved={"conv_1": 0.25}))
    assert MetricsReader(path).read().epochs[0].moved == {"conv_1": 0.25}


def test_readings_begin_with_the_untrained_network_if_the_run_has_them(path):
    likely = [[0.1] * 10]
    path.write_text(epoch(1, 10, readings=likely) + epoch(2, 20))
    assert list(MetricsReader(path).read().predictions()) == [1]
    first = json.dumps({"kind": "untrained", "step": 0, "readings": likely})
    path.write_text(first + "\n" + epoch(1, 10, readings=likely))
    read = MetricsReader(path).read().predictions()
    assert {number: rows.shape for number, rows in read.items()} == {
        0: (1, 10),
        1: (1, 10),
    }


def test_readings_that_are_no_numbers_are_left_out_and_the_epoch_stays(path):
    none = [[None] * 10]
    first = json.dumps({"kind": "untrained", "step": 0, "readings": none})
    path.write_text(first + "\n" + epoch(1, 10, readings=none))
    metrics = MetricsReader(path).read()
    assert metrics.predictions() == {}
    assert len(metrics.epochs) == 1


def test_a_torn_last_line_waits_until_it_is_complete(path):
    whole = batch(2)
    path.write_text(batch(1) + whole[:20])
    watched = MetricsReader(path)
    assert watched.read().step.tolist() == [1]
    with path.open("a") as file:
        file.write(whole[20:-1])
    assert watched.read().step.tolist() == [1]
    with path.open("a") as file:
        file.write("\n" + batch(3))
    assert watched.read().step.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    "garbage",
    [
        "not JSON\n",
        "\n",
        '{"kind": "batch"}\n',
        '{"kind": "batch", "step": "x", "epoch": 1}\n',
        '{"kind": "batch", "step": [1], "epoch": 1, "loss": {}}\n',
        '{"kind": "epoch", "epoch": null, "step": 3}\n',
        '{"kind": "mark", "step": 1}\n',
        '{"kind": "something new", "step": 1}\n',
        "[1, 2]\n",
        "1, 2\n",
        '"text"\n',
        "null\n",
        "[" * 100_000 + "\n",
        "\x00\x00\x00\n",
        '{"kind": "batch", "step": 1' + "0" * 400 + ', "epoch": 1}\n',
    ],
)
def test_a_line_that_is_no_measurement_is_skipped(path, garbage):
    path.write_text(batch(1) + garbage + batch(2))
    metrics = MetricsReader(path).read()
    assert metrics.step.tolist() == [1, 2]
    assert metrics.epochs == metrics.marks == ()


def test_bytes_that_are_no_text_are_skipped(path):
    path.write_bytes(batch(1).encode() + b"\xff\xfe\x80\n" + batch(2).encode())
    assert MetricsReader(path).read().step.tolist() == [1, 2]


def test_a_loss_that_is_no_number_is_nan_however_it_is_written(path):
    path.write_text(batch(1, loss=None) + batch(2, loss=float("nan")) + epoch(1, 2))
    assert np.isnan(MetricsReader(path).read().loss).tolist() == [True, True]


def test_a_missing_file_holds_nothing_until_it_appears(path):
    watched = MetricsReader(path)
    assert len(watched.read()) == 0
    path.write_text(batch(1))
    assert len(watched.read()) == 1


def test_a_file_that_is_taken_away_holds_nothing(path):
    path.write_text(batch(1))
    watched = MetricsReader(path)
    first = watched.read()
    path.unlink()
    assert len(watched.read()) == 0
    assert watched.read().version != first.version


def test_a_file_replaced_by_a_shorter_one_is_read_from_its_start(path):
    path.write_text("".join(batch(step) for step in range(1, 50)) + mark(3))
    watched = MetricsReader(path)
    first = watched.read()
    path.write_text(batch(7))
    second = watched.read()
    assert second.step.tolist() == [7]
    assert second.marks == ()
    assert second.version != first.version


def test_a_file_replaced_by_a_longer_one_is_read_from_its_start(path):
    path.write_text(batch(1))
    watched = MetricsReader(path)
    watched.read()
    other = path.with_suffix(".tmp")
    other.write_text("".join(batch(step) for step in range(100, 140)))
    other.replace(path)
    assert watched.read().step.tolist() == list(range(100, 140))


def test_the_version_changes_exactly_when_something_was_added(path):
    path.write_text(batch(1))
    watched = MetricsReader(path)
    first = watched.read()
    assert watched.read() is first
    with path.open("a") as file:
        file.write(batch(2))
    assert watched.read().version != first.version


def test_what_was_read_earlier_does_not_change_afterwards(path):
    path.write_text(batch(1))
    watched = MetricsReader(path)
    first = watched.read()
    with path.open("a") as file:
        file.writelines(batch(step) for step in range(2, 2000))
    later = watched.read()
    assert first.step.tolist() == [1]
    assert len(later) == 1999
    with pytest.raises(ValueError, match="read-only"):
        later.batches[0, 0] = 9


def test_only_what_is_new_is_read_again(path):
    path.write_text("".join(batch(step) for step in range(1, 20_001)))
    watched = MetricsReader(path)
    started = time.process_time()
    watched.read()
    first = time.process_time() - started
    with path.open("a") as file:
        file.write(batch(20_001))
    started = time.process_time()
    assert len(watched.read()) == 20_001
    assert time.process_time() - started < first / 4


def test_many_viewers_of_a_growing_file_all_see_a_gapless_curve(path):
    path.touch()
    watched = MetricsReader(path)
    wrong: list[list[float]] = []
    finished = threading.Event()

    def view() -> None:
        while not finished.is_set():
            steps = watched.read().step
            if not np.array_equal(steps, np.arange(1, len(steps) + 1)):
                wrong.append(steps.tolist())

    viewers = [threading.Thread(target=view) for _ in range(4)]
    for viewer in viewers:
        viewer.start()
    with path.open("a", buffering=1) as file:
        for step in range(1, 1500):
            line = batch(step)
            file.write(line[:30])
            file.flush()
            file.write(line[30:])
    finished.set()
    for viewer in viewers:
        viewer.join()
    assert wrong == []
    assert len(watched.read()) == 1499


def test_everybody_in_a_process_shares_one_reader_of_a_file(path):
    assert reader(path) is reader(path)
    assert reader(path) is not reader(path.with_name("other.jsonl"))
