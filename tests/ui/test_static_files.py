"""plotly.min.js is served by the lab itself."""

import os

import pytest

from mnist_cnn.ui.server import static_files
from mnist_cnn.ui.server.static_files import copy_plotly


@pytest.fixture
def package(tmp_path, monkeypatch):
    script = tmp_path / "package" / "plotly.min.js"
    script.parent.mkdir()
    script.write_text("the new script")
    monkeypatch.setattr(static_files, "_packaged_script", lambda: script)
    return script


def test_the_real_script_comes_out_of_the_plotly_package():
    script = static_files._packaged_script()
    assert script.name == "plotly.min.js"
    assert script.stat().st_size > 1_000_000


def test_a_missing_script_is_copied(tmp_path, package):
    assert copy_plotly(tmp_path / "static")
    assert [each.name for each in (tmp_path / "static").iterdir()] == ["plotly.min.js"]
    assert (tmp_path / "static" / "plotly.min.js").read_text() == "the new script"


def test_a_script_of_another_version_is_replaced(tmp_path, package):
    (tmp_path / "plotly.min.js").write_text("an old one")
    assert copy_plotly(tmp_path)
    assert (tmp_path / "plotly.min.js").read_text() == "the new script"


def test_a_script_that_is_there_is_left_alone(tmp_path, package):
    there = tmp_path / "plotly.min.js"
    there.write_text("the same size!")
    assert copy_plotly(tmp_path)
    assert there.read_text() == "the same size!"


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path, package):
    in_the_way = tmp_path / "static"
    in_the_way.write_text("a file where the folder should be")
    assert copy_plotly(in_the_way) is False


def test_a_copy_that_fails_leaves_nothing_behind(tmp_path, package):
    package.unlink()
    assert copy_plotly(tmp_path / "static") is False
    assert list((tmp_path / "static").iterdir()) == []


def test_without_the_plotly_package_an_existing_script_will_do(tmp_path, monkeypatch):
    monkeypatch.setattr(static_files, "_packaged_script", lambda: None)
    assert copy_plotly(tmp_path) is False
    (tmp_path / "plotly.min.js").write_text("from elsewhere")
    assert copy_plotly(tmp_path)


@pytest.fixture
def static(tmp_path, monkeypatch):
    monkeypatch.setattr(static_files, "STATIC", tmp_path)
    monkeypatch.setattr(static_files, "KEPT", tmp_path / "kept")
    return tmp_path / "kept"


def test_a_file_is_kept_under_an_address_that_names_its_content(static):
    address = static_files.keep("network.bin", b"one")
    assert address.startswith("app/static/kept/network-")
    assert (static / address.rpartition("/")[2]).read_bytes() == b"one"
    assert static_files.keep("network.bin", b"one") == address
    assert static_files.keep("network.bin", b"two") != address
    assert len(list(static.iterdir())) == 2


def test_files_that_were_not_used_for_longest_go_first(static, monkeypatch):
    monkeypatch.setattr(static_files, "KEPT_BYTES", 20)
    first, second = (static_files.keep("a.bin", text * 9) for text in (b"1", b"2"))
    for age, address in ((30, first), (60, second)):
        path = static / address.rpartition("/")[2]
        os.utime(path, (path.stat().st_mtime - age,) * 2)
    assert static_files.is_kept(first)
    third = static_files.keep("a.bin", b"3" * 9)
    kept = [static_files.is_kept(address) for address in (first, second, third)]
    assert kept == [True, False, True]


def test_where_files_cannot_be_kept_there_is_no_address(static):
    static.write_text("a file where the folder should be")
    assert static_files.keep("network.bin", b"one") is None
