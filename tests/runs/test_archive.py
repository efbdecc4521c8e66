"""A run goes to another lab as a zip and comes back the same; what is no run stays out.

Each hostile zip is refused with a sentence, and leaves nothing on the disk.
"""

import errno
import io
import json
import shutil
import stat
import struct
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mnist_cnn import runs
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.nn import network
from mnist_cnn.nn.architecture import Architecture, ConvBlock
from mnist_cnn.nn.weights import load_weights
from mnist_cnn.runs import RunError, Status, predictions
from mnist_cnn.runs.exchange import archive
from mnist_cnn.runs.exchange.archive import from_zip, to_zip
from mnist_cnn.runs.metrics_reader import reader
from mnist_cnn.runs.predictions import Predictions

RECORDING = Path(__file__).parents[1] / "recordings" / "overfitting.jsonl"
SMALL = Architecture((ConvBlock(3, 3),), 0.25, (12,), True)


@pytest.fixture
def run(random_digits, random_network, runs_folder) -> runs.Run:
    """A finished run of a small network with everything that a run can have."""
    made = runs.submit(
        TrainingConfig(network=SMALL, epochs=5),
        preset="seed, changed",
        name="Blue",
        drawing=np.full((28, 28), 7, np.uint8),
    )
    with made.weights_path.open("wb") as file:
        np.savez(file, **random_network(SMALL).weights)
    made.metrics_path.write_bytes(RECORDING.read_bytes() + b'{"kind":"batch","st')
    np.savez(
        made.kernels_path,
        steps=[0, 5],
        kernels=np.ones((2, 3, 3, 1, 3), np.float32),
    )
    shares = random_network(SMALL).probabilities(random_digits(20))
    labels = np.arange(20, dtype=np.uint8) % 10
    predictions.save(Predictions(shares, labels, "ab" * 8), made.predictions_path)
    made.write_status(
        Status(
            "done",
            source="MNIST",
            fingerprint="ab" * 8,
            examples=1000,
            test_examples=20,
            epochs_done=5,
            test_accuracy=0.9,
            test_loss=0.3,
            started=1.0,
            ended=2.0,
            host="somebodys-laptop",
            pid=4,
        )
    )
    return made


@pytest.fixture
def elsewhere(tmp_path, monkeypatch, run) -> Path:
    """Another lab's empty runs folder, in use from now on."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    run.__dict__["zip"] = to_zip(run)
    monkeypatch.setenv("MNIST_CNN_RUNS", str(folder))
    return folder


def files_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def zipped(files: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", kind) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return file.getvalue()


def refused(content: bytes, folder: Path) -> str:
    with pytest.raises(RunError) as caught:
        from_zip(io.BytesIO(content))
    assert list(folder.iterdir()) == []
    sentence = str(caught.value)
    assert sentence.endswith((".", "?"))
    return sentence


def test_a_run_comes_back_with_its_curve_network_predictions_and_pictures(
    random_digits, run, elsewhere
):
    there = from_zip(io.BytesIO(run.zip))
    assert there.id != run.id
    assert there.config == run.config
    assert there.preset == run.preset
    before, after = (reader(each.metrics_path).read() for each in (run, there))
    assert len(before) > 50
    assert np.array_equal(before.batches, after.batches, equal_nan=True)
    assert [repr(point) for point in before.epochs] == [
        repr(point) for point in after.epochs
    ]
    assert before.marks == after.marks
    digits = random_digits(5)
    ours = network.Network(SMALL, load_weights(run.weights_path))
    assert np.array_equal(
        ours.probabilities(digits), runs.load_network(there.id).probabilities(digits)
    )
    mine, theirs = (predictions.load(each.predictions_path) for each in (run, there))
    assert np.array_equal(mine.probabilities, theirs.probabilities)
    assert np.array_equal(mine.labels, theirs.labels)
    assert mine.fingerprint == theirs.fingerprint
    assert np.array_equal(run.drawing(), there.drawing())
    with np.load(there.kernels_path) as kernels:
        assert kernels["steps"].tolist() == [0, 5]


def test_it_is_said_to_be_imported_and_tells_nothing_of_the_other_machine(
    run, elsewhere
):
    assert b"somebodys-laptop" not in run.zip
    assert "model.keras" not in files_of(run.zip)
    there = from_zip(io.BytesIO(run.zip))
    assert there.name == "Blue (imported)"
    status = there.status()
    assert status.source == "imported; MNIST"
    assert status.host == ""
    was = run.status()
    changed = {"source": status.source, "host": "", "pid": None}
    assert status == replace(was, **changed)


def test_the_same_zip_twice_is_two_runs_and_one_of_an_import_is_named_once(
    run, elsewhere
):
    first, second = (from_zip(io.BytesIO(run.zip)) for _ in range(2))
    again = from_zip(io.BytesIO(to_zip(first)))
    assert len({first.id, second.id, again.id}) == len(runs.list_runs()) == 3
    assert again.name == "Blue (imported)"
    assert again.status().source == "imported; MNIST"


@pytest.mark.filterwarnings("error")
def test_the_pretrained_network_comes_back(random_digits, runs_folder):
    there = from_zip(io.BytesIO(to_zip(runs.find(runs.PRETRAINED))))
    assert there.name == "MNIST and pen digits (imported)"
    digits = random_digits(3)
    assert np.array_equal(
        runs.load_network().probabilities(digits),
        runs.load_network(there.id).probabilities(digits),
    )


def test_a_training_that_failed_before_its_first_epoch_comes_back(runs_folder):
    failed = runs.submit(TrainingConfig())
    failed.write_status(Status("failed", "The loss is no longer a number"))
    there = from_zip(io.BytesIO(to_zip(failed)))
    assert there.status().reason == "The loss is no longer a number"
    assert not there.has_weights


def test_a_run_in_training_is_not_exported(runs_folder):
    with pytest.raises(RunError, match="goes on"):
        to_zip(runs.submit(TrainingConfig()))


STRANGE_NAMES = (
    "../config.json",
    "/etc/passwd",
    "..\\evil",
    "C:\\evil",
    "run/config.json",
    "model.keras",
    "config.json/",
    "CONFIG.JSON",
    "lock",
    "config.json\0.exe",
)


@pytest.mark.parametrize("name", STRANGE_NAMES)
def test_a_name_that_no_run_has_is_refused(run, elsewhere, name):
    # zipfile cleans names as it writes, so this one is put in afterwards.
    place = "x" * len(name)
    files = files_of(run.zip)
    del files["drawing.bin"]
    content = zipped(files | {place: b"{}"})
    content = content.replace(place.encode(), name.encode())
    assert "does not belong" in refused(content, elsewhere)


def test_duplicate_names_are_refused(run, elsewhere):
    files = files_of(run.zip)
    del files["drawing.bin"]
    content = zipped(files | {"label.jsox": b"{}"}).replace(
        b"label.jsox", b"label.json"
    )
    assert "twice" in refused(content, elsewhere)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFDIR, stat.S_IFIFO])
def test_links_and_other_kinds_of_files_are_refused(run, elsewhere, kind):
    files = files_of(run.zip)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as opened:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            if name == "metrics.jsonl":
                entry.external_attr = (kind | 0o777) << 16
            opened.writestr(entry, content)
    assert "link" in refused(file.getvalue(), elsewhere)


def test_encrypted_and_oddly_compressed_zips_are_refused(run, elsewhere):
    with zipfile.ZipFile(io.BytesIO(run.zip)) as opened:
        start = opened.start_dir
    content = bytearray(run.zip)
    content[start + 8] |= 1
    assert "encrypted" in refused(bytes(content), elsewhere)
    odd = zipped(files_of(run.zip), zipfile.ZIP_LZMA)
    assert "unusual" in refused(odd, elsewhere)


def test_what_is_no_zip_or_is_torn_is_refused(run, elsewhere):
    assert "not a zip" in refused(b"", elsewhere)
    assert "not a zip" in refused(b"\x89PNG" * 100, elsewhere)
    assert "not a zip" in refused(run.zip[: len(run.zip) // 2], elsewhere)
    assert refused(run.zip[1000:], elsewhere)
    flipped = bytearray(run.zip)
    flipped[run.zip.find(b"config.json") + 30] ^= 0xFF
    assert refused(bytes(flipped), elsewhere)


def test_bombs_are_refused_before_they_are_unpacked(run, elsewhere):
    files = files_of(run.zip)
    assert "at most" in refused(
        zipped(files | {"status.json": b" " * 10_000_000}), elsewhere
    )
    inner = zipped({"conv_1/bias.npy": b"\0" * 60_000_000})
    assert len(inner) < 100_000
    assert "too large" in refused(zipped(files | {"weights.npz": inner}), elsewhere)


def test_a_size_that_lies_is_refused(run, elsewhere):
    files = files_of(run.zip) | {"label.json": b'{"name": "' + b"x" * 5000 + b'"}'}
    content = bytearray(zipped(files))
    place = content.rfind(b"label.json")
    content[place - 46 + 24 : place - 46 + 28] = struct.pack("<I", 100)
    assert "damaged" in refused(bytes(content), elsewhere)


def test_a_list_of_more_files_than_a_run_has_is_refused_unread(
    run, elsewhere, monkeypatch
):
    content = zipped({str(number): b"" for number in range(3000)})

    def never(*_arguments):
        raise AssertionError("the list was read")

    monkeypatch.setattr(zipfile.ZipFile, "_RealGetContents", never)
    assert "more than" in refused(content, elsewhere)
    # The 64-bit end record, which would be believed before this one.
    end = bytearray(run.zip[-22:])
    locator = b"PK\x06\x07" + b"\0" * 16
    assert "more than" in refused(run.zip[:-22] + locator + bytes(end), elsewhere)


def test_an_array_of_objects_is_never_unpickled(
    random_network, run, elsewhere, tmp_path
):
    class Evil:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "touched",))

    file = io.BytesIO()
    weights = dict(random_network(SMALL).weights)
    weights["conv_1/bias"] = np.array([Evil()] * 3, dtype=object)
    np.savez(file, **weights)
    sentence = refused(
        zipped(files_of(run.zip) | {"weights.npz": file.getvalue()}), elsewhere
    )
    assert "weights" in sentence
    assert not (tmp_path / "touched").exists()


def with_weights(run: runs.Run, weights: dict[str, np.ndarray]) -> bytes:
    file = io.BytesIO()
    np.savez(file, **weights)
    return zipped(files_of(run.zip) | {"weights.npz": file.getvalue()})


@pytest.mark.parametrize(
    "changed",
    [
        {"conv_1/bias": np.zeros(4, np.float32)},
        {"conv_1/bias": np.zeros((3, 1), np.float32)},
        {"conv_1/bias": np.array(["a", "b", "c"])},
        {"conv_1/bias": np.array([0, np.nan, 0], np.float32)},
        {"conv_1/bias": np.array([0, np.inf, 0], np.float32)},
        {"conv_1/bias": np.full(3, 3e38, np.float32)},
        {"norm_1/moving_variance": np.full(3, -1, np.float32)},
    ],
)
def test_weights_that_do_not_fit_or_are_no_numbers_are_refused(
    random_network, run, elsewhere, changed
):
    weights = dict(random_network(SMALL).weights)
    if "norm_1/moving_variance" in changed:
        (name,) = (name for name in weights if "variance" in name)
        changed = {name: changed["norm_1/moving_variance"]}
    refused(with_weights(run, weights | changed), elsewhere)


def test_an_array_that_claims_to_be_huge_is_refused_before_memory_is_taken(
    run, elsewhere
):
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<f4", "fortran_order": False, "shape": (10**12,)}
    )
    weights = zipped({"conv_1/bias.npy": header.getvalue()})
    refused(zipped(files_of(run.zip) | {"weights.npz": weights}), elsewhere)


def test_missing_files_are_refused(run, elsewhere):
    for name in ("config.json", "status.json", "metrics.jsonl"):
        files = files_of(run.zip)
        del files[name]
        refused(zipped(files), elsewhere)
    refused(zipped({}), elsewhere)


def changed_json(run: runs.Run, name: str, **values: object) -> bytes:
    files = files_of(run.zip)
    content = json.loads(files[name]) | values
    return zipped(files | {name: json.dumps(content).encode()})


@pytest.mark.parametrize(
    "values",
    [
        {"state": "running"},
        {"state": "queued"},
        {"state": 7},
        {"epochs_done": 0},
        {"epochs_done": -1},
        {"epochs_done": 10**400},
        {"epochs_done": True},
        {"test_accuracy": 1.5},
        {"test_loss": -1},
        {"seconds": "x"},
        {"fingerprint": "<b>"},
        {"fingerprint": ["a"]},
        {"reason": 4},
        {"versions": [1]},
        {"versions": {"keras": 3}},
    ],
)
def test_a_status_that_cannot_be_is_refused(run, elsewhere, values):
    refused(changed_json(run, "status.json", **values), elsewhere)


@pytest.mark.parametrize(
    "values",
    [
        {"format": 2},
        {"preset": "[a](http://evil)"},
        {"preset": 5},
        {"config": []},
        {"config": {"epochs": 10**400}},
        {"config": {"learning_rate": 1e999}},
        {"config": {"unknown": 1}},
        {"config": {"network": {"blocks": [{"filters": 10**400, "kernel": 3}]}}},
        {"config": {"augmentation": [["shear"]]}},
    ],
)
def test_settings_that_cannot_be_are_refused(run, elsewhere, values):
    refused(changed_json(run, "config.json", **values), elsewhere)


@pytest.mark.parametrize("name", ["config.json", "status.json", "label.json"])
@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 100_000, b"1" * 5000]
)
def test_json_that_is_none_is_refused(run, elsewhere, name, content):
    refused(zipped(files_of(run.zip) | {name: content}), elsewhere)


@pytest.mark.parametrize(
    "line",
    [
        b"torn",
        b"{}",
        b"[]",
        b"[" * 9000,
        b"[" + b"{}," * 4000 + b"{}]",
        b'{"kind": "batch", "step": 1, "epoch": 1, "loss": "2"}',
        b'{"kind": "batch", "step": null, "epoch": 1}',
        b'{"kind": "batch", "step": 1, "epoch": 1, "loss": 1e999}',
        b'{"kind": "batch", "step": 1, "epoch": 1, "accuracy": 2}',
        b'{"kind": "epoch", "step": 1, "epoch": 1, "readings": [[1]]}',
        b'{"kind": "epoch", "step": 1, "epoch": 1, "moved": {"<b>": 1}}',
        b'{"kind": "epoch", "step": 1, "epoch": 1, "moved": [1]}',
        b'{"kind": "epoch", "step": 1, "epoch": 1, "moved": {%s}}'
        % b",".join(b'"%d": 1' % number for number in range(101)),
        b'{"kind": "mark", "step": 1, "what": "<b>"}',
    ],
)
def test_a_curve_with_a_line_that_no_training_writes_is_refused(run, elsewhere, line):
    files = files_of(run.zip)
    content = files["metrics.jsonl"] + line + b"\n"
    sentence = refused(zipped(files | {"metrics.jsonl": content}), elsewhere)
    assert f"Line {len(content.splitlines()):,} of the curve" in sentence


def test_a_curve_of_more_epochs_than_a_page_can_draw_is_refused(run, elsewhere):
    lines = b'{"kind": "epoch", "step": 1, "epoch": 1}\n' * 1001
    files = files_of(run.zip) | {"metrics.jsonl": lines}
    assert "more than 1,000 epochs" in refused(zipped(files), elsewhere)


@pytest.mark.parametrize(
    ("name", "arrays"),
    [
        ("kernels.npz", {"steps": np.array([1]), "kernels": np.zeros((1, 9, 9))}),
        ("kernels.npz", {"steps": np.array([1, 2])}),
        ("kernels.npz", {"steps": [1], "kernels": np.zeros((1, 3, 3, 0, 3))}),
        ("kernels.npz", {"steps": [1], "kernels": np.zeros((1, 999, 999, 1, 1))}),
        ("test_predictions.npz", {"labels": np.zeros(3, np.uint8)}),
        (
            "test_predictions.npz",
            {
                "labels": np.full(3, 200, np.uint8),
                "probabilities": np.full((3, 10), 0.1, np.float32),
                "fingerprint": np.array("ab", "<U64"),
            },
        ),
        (
            "test_predictions.npz",
            {
                "labels": np.zeros(3, np.uint8),
                "probabilities": np.full((3, 10), np.nan, np.float32),
                "fingerprint": np.array("ab", "<U64"),
            },
        ),
    ],
)
def test_pictures_and_predictions_that_do_not_fit_are_refused(
    run, elsewhere, name, arrays
):
    file = io.BytesIO()
    np.savez(file, **arrays)
    refused(zipped(files_of(run.zip) | {name: file.getvalue()}), elsewhere)


def test_a_drawing_of_another_size_is_refused(run, elsewhere):
    refused(zipped(files_of(run.zip) | {"drawing.bin": b"\0" * 99}), elsewhere)


@pytest.mark.filterwarnings("error")
def test_a_diverged_run_comes_back_without_weights_that_are_no_numbers(run, elsewhere):
    recording = RECORDING.with_name("diverged.jsonl").read_bytes()
    end = {"kind": "epoch", "step": 10**6, "epoch": 5, "val_loss": 2.6e27}
    end |= {"moved": {"conv_1": float("nan")}, "readings": [[float("nan")] * 10]}
    run.metrics_path.write_bytes(recording + json.dumps(end).encode() + b"\n")
    run.write_status(replace(run.status(), test_loss=2.6e27))
    there = from_zip(io.BytesIO(to_zip(run)))
    assert there.status().test_loss == 2.6e27
    assert there.metrics().epochs[-1].val_loss == 2.6e27
    assert there.has_weights
    weights = {
        name: each * np.nan for name, each in load_weights(run.weights_path).items()
    }
    np.savez(run.weights_path, **weights)
    run.write_status(replace(run.status(), test_loss=float("nan")))
    there = from_zip(io.BytesIO(to_zip(run)))
    assert there.status().test_loss is None
    assert there.status().epochs_done == 5
    assert not there.has_weights


def test_a_full_disk_is_a_sentence_and_leaves_nothing(run, elsewhere, monkeypatch):
    def full(*_arguments, **_named):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert "disk full" in refused(run.zip, elsewhere)


def test_a_file_too_large_is_refused_unread(elsewhere, monkeypatch, run):
    monkeypatch.setattr(archive, "MEGABYTES", 0)
    assert "larger than" in refused(run.zip, elsewhere)


def test_what_a_killed_import_left_is_cleared_away_later(run, elsewhere):
    left = elsewhere / ".making-old"
    left.mkdir()
    import os

    os.utime(left, (0, 0))
    from_zip(io.BytesIO(run.zip))
    assert not left.exists()
    shutil.rmtree(elsewhere)
    elsewhere.mkdir()
