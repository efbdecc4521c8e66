"""Files of digits from strangers: three kinds are read, all else is a sentence."""

import base64
import gzip
import io
import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from mnist_cnn.digits.dataset import DataError
from mnist_cnn.digits.handwriting.pen_file import parse

# As UCI's pendigits-orig.tra begins.
UNIPEN = b"""\
 .INCLUDE dene.doc
.LEXICON "0" "1" "2" "3" "4" "5" "6" "7" "8" "9"
.HIERARCHY DIGIT
.SEGMENT DIGIT 0-1 ? "8"
.COMMENT  8 12 1
.PEN_DOWN
 267 333
 267 336
.PEN_UP
.DT 100
.PEN_DOWN
 1 -2
.PEN_UP
.DT 100
.SEGMENT DIGIT 2 ? "0"
.COMMENT  0 3 2
.PEN_DOWN
 5 6
.PEN_UP
.DT 100
"""
# The same as Unix' compress packs it.
COMPRESSED = base64.b64decode(
    """
H52QIFwkcTKESRUiRUCQKeOmjAsyb8YocMGkCJYkQ544ASEChgiOMT6KkCFyhkgaImuItCHyhkgcInOImIgkSREp
QaQMQZIFBJEkR5JQmTilyJEmRZxQ8QlUKAgYLWKA+MER5sSMTZAqBQECB4gYMr5OhJL0C5EnV5woACHDxg0QM+Ku
bfs2ro2xZatAmUhkaQwYMPA6MYtW7VcQLWQI/qKXr1/ARI1qXfoz6NKwVDvOdIF1MlcYcNkuPpt2bQ0Qd12QHdzY
Rd+vkAE=
"""
)


def packed(**arrays) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def zipped(x: bytes, *, encrypted: bool = False) -> bytes:
    """An .npz whose x.npy holds these bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("x.npy", x)
        archive.writestr("y.npy", b"")
    content = bytearray(file.getvalue())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + flags] |= encrypted
    return bytes(content)


def npy(header: bytes) -> bytes:
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header


def a_list(**changes) -> bytes:
    good = {"label": 3, "writer": 1, "strokes": [[[1, 2], [3, 4]]]}
    return json.dumps([good, good | changes]).encode()


def test_a_list_of_strokes_is_read_plain_and_packed(pen_list):
    content = json.dumps(pen_list).encode()
    for each in (content, gzip.compress(content)):
        found = parse(each, "pen.json")
        assert found.labels.tolist() == [1, 7] * 6
        assert found.writers.tolist() == [n for n in range(1, 7) for _ in "ab"]
        assert found.strokes[1][0].tolist() == [[0, 100], [60, 100], [20, 0]]


@pytest.mark.parametrize(
    "content",
    [UNIPEN, gzip.compress(UNIPEN), COMPRESSED],
    ids=["plain", "gzip", "compress"],
)
def test_unipen_is_read_with_labels_writers_and_strokes(content):
    found = parse(content, "pendigits-orig.tra")
    assert found.labels.tolist() == [8, 0]
    assert found.writers.tolist() == [12, 3]
    assert [len(strokes) for strokes in found.strokes] == [2, 1]
    assert found.strokes[0][1].tolist() == [[1, -2]]


def test_an_npz_is_read_whether_its_pixels_go_to_1_or_to_255():
    pixels = np.zeros((2, 28, 28))
    pixels[0, 3, 4] = 1
    for x in (pixels, (pixels * 255).astype(np.uint8), pixels[..., None]):
        found = parse(packed(x=x, y=np.array([4, 5])), "mine.npz")
        assert found.images.dtype == np.uint8 and found.images[0, 3, 4] == 255
        assert found.labels.tolist() == [4, 5] and found.writers is None
    found = parse(packed(x=pixels, y=np.array([4, 5]), writers=np.array([1, 2])), "x")
    assert found.writers.tolist() == [1, 2]


def test_a_digit_without_a_writer_makes_all_unknown():
    assert parse(a_list(writer=None), "pen.json").writers is None


BAD = {
    "nan": (a_list(strokes=[[[float("nan"), 1]]]), "no numbers"),
    "infinite": (a_list(strokes=[[[float("inf"), 1]]]), "no numbers"),
    "far away": (a_list(strokes=[[[1e300, 1]]]), "Digit 2 has a wrong stroke"),
    "label 10": (a_list(label=10), "Digit 2 has a wrong label"),
    "label 1.5": (a_list(label=1.5), "Digit 2 has a wrong label"),
    "a million points": (a_list(strokes=[[[1, 2]] * 1_000_000]), "1,000,000 points"),
    "no strokes": (a_list(strokes=[]), "Digit 2 has no strokes"),
    "empty strokes": (a_list(strokes=[[], []]), "Digit 2 has no strokes"),
    "points of three": (a_list(strokes=[[[1, 2, 3]]]), "wrong stroke"),
    "not JSON": (b"[hello", "no JSON"),
    "another JSON": (b'[{"a": 1}]', "Digit 1 is not right"),
    "text": (b"hello", "neither a JSON list"),
    "nothing": (b"", "neither a JSON list"),
    "an empty list": (b"[]", "no digits"),
    "nested": (b"[" * 100_000, "Digit 1"),
    "cut off": (gzip.compress(a_list())[:-9], "cut off"),
    "a bomb": (gzip.compress(b"[" + b" " * 150_000_000, 1), "more than 100,000,000"),
    "megabytes": (b"[" * 50_000_001, "at most 50,000,000"),
    "a zip by another name": (b"PK\x03\x04hello", "not a zip"),
    "no x": (packed(y=np.array([1])), "without x and y"),
    "pickles": (packed(x=np.array([{}], object), y=np.array([1])), "pickle"),
    "y of 10": (packed(x=np.zeros((1, 28, 28)), y=np.array([10])), "outside 0 to 9"),
    "x of nan": (packed(x=np.full((1, 28, 28), np.nan), y=np.array([1])), "outside"),
    "x of 27": (packed(x=np.zeros((1, 27, 28)), y=np.array([1])), "not .N, 28, 28"),
    "a bomb of zeros": (
        packed(x=np.zeros((300_000, 28, 28), np.uint8), y=np.zeros(300_000, np.uint8)),
        "more than fits",
    ),
    "a bomb of digits": (
        gzip.compress(b"[" + b'{"label":1,"strokes":[]},' * 3_900_000 + b"{}]", 1),
        "more digits than are drawn: at most 20,000",
    ),
    "a bomb of points": (
        gzip.compress(
            b'[{"label":1,"strokes":[[' + b"[1,2]," * 16_000_000 + b"[1,2]]]}]", 1
        ),
        "more points than are drawn: at most 2,000,000",
    ),
    "a bomb of UNIPEN": (
        gzip.compress(UNIPEN + b".PEN_DOWN\n" + b"1 1\n" * 24_000_000, 1),
        "more points than are drawn: at most 2,000,000",
    ),
    "UNIPEN of strokes": (
        UNIPEN + b".PEN_DOWN\n" * 2_500_000,
        "more points than are drawn: at most 2,000,000",
    ),
    "megabytes of junk": (b"[" + b"NaN{[\xff\x00" * 1_000_000, "no JSON"),
    "encrypted": (zipped(b"", encrypted=True), "is encrypted"),
    "x of no array": (zipped(b"hello"), "not .N, 28, 28"),
    "a header cut off": (zipped(npy(b"{'descr': '|u1', 'shape': (")), "is damaged"),
    "x of endless digits": (
        zipped(
            npy(
                b"{'descr': '|u1', 'fortran_order': False, 'shape': (%d,28,28), }\n"
                % 10**30
            )
        ),
        "is damaged",
    ),
    "UNIPEN of words": (UNIPEN.replace(b"267 336", b"here there"), "no x and y"),
    "UNIPEN of nan": (UNIPEN.replace(b"267 336", b"nan 1"), "no x and y"),
    "UNIPEN, label 11": (UNIPEN.replace(b'"8"', b'"11"'), "label '11'"),
}


BOMBS = [name for name in BAD if "bomb" in name]
LIMIT = 700_000_000  # of a process that has read the lab's modules and such a file


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_takes_little_memory(name, tmp_path):
    (tmp_path / "bomb").write_bytes(BAD[name][0])
    script = """
import sys
from pathlib import Path
from mnist_cnn.digits.dataset import DataError
from mnist_cnn.digits.handwriting.pen_file import parse
try:
    parse(open(sys.argv[1], "rb").read(), "bomb")
except DataError:
    # getrusage would tell of the process that started this one, too.
    status = Path("/proc/self/status").read_text().split()
    print(int(status[status.index("VmHWM:") + 1]) * 1024)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "bomb")],
        stdout=subprocess.PIPE,
        check=True,
    )
    assert int(done.stdout) < LIMIT


@pytest.mark.parametrize(("content", "sentence"), BAD.values(), ids=BAD)
def test_what_cannot_be_taken_is_a_sentence_that_names_the_file(content, sentence):
    with pytest.raises(DataError, match=sentence) as caught:
        parse(content, "mine.bin")
    assert str(caught.value).startswith("The file mine.bin ")
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)
