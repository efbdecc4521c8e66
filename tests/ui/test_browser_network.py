"""Networks as files that browsers fetch: written once, again only when they changed."""

import re
import shutil

import pytest

from mnist_cnn import runs
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.ui.components import browser_network
from mnist_cnn.ui.components.bundle import WORKER, bundle
from mnist_cnn.ui.networks import load_network
from mnist_cnn.ui.server import static_files


@pytest.fixture
def static(tmp_path, monkeypatch):
    monkeypatch.setattr(static_files, "STATIC", tmp_path / "static")
    monkeypatch.setattr(static_files, "KEPT", tmp_path / "static" / "kept")
    browser_network._written.clear()
    yield tmp_path / "static" / "kept"
    browser_network._written.clear()


@pytest.fixture
def pretrained():
    return runs.find(runs.PRETRAINED)


def test_a_network_is_written_once_and_again_when_its_file_is_gone(static, pretrained):
    found = browser_network.browser_network(pretrained, None)
    assert found.bytes < 3_200_000
    assert len(list(static.iterdir())) == 2
    shutil.rmtree(static)
    assert browser_network.browser_network(pretrained, None) == found
    assert len(list(static.iterdir())) == 2


def test_what_a_page_has_loaded_is_not_loaded_again(static, pretrained, monkeypatch):
    load_network(pretrained.id)
    monkeypatch.setattr(runs, "load_network", pytest.fail)
    assert browser_network.browser_network(pretrained, None)


def test_where_files_cannot_be_written_the_server_reads(static, pretrained):
    static.parent.write_text("a file where the folder should be")
    assert browser_network.browser_network(pretrained, None) is None


def test_of_a_network_that_is_gone_the_server_reads_what_it_has(static, runs_folder):
    run = runs.submit(TrainingConfig())
    assert browser_network.browser_network(run, None) is None


def test_what_would_take_a_browser_too_long_is_read_by_the_server(
    static, pretrained, monkeypatch
):
    monkeypatch.setattr(browser_network, "MAX_MULTIPLY_ADDS", 1_000_000)
    assert browser_network.browser_network(pretrained, None) is None


def test_a_bundle_has_each_module_once_before_what_imports_it():
    script = bundle(WORKER)
    assert "import {" not in script
    assert "export " not in script
    assert script.count("function convolution(") == 1
    assert script.index("class Network") < script.index("self.onmessage")


@pytest.mark.parametrize(
    "entry", ["browser_network/worker.js", "network_page/network_page.js"]
)
def test_no_two_modules_of_a_bundle_use_a_name_twice(entry):
    script = bundle(WORKER.parents[1] / entry)
    names = re.findall(r"^(?:async )?(?:const|let|class|function) (\w+)", script, re.M)
    assert len(names) == len(set(names))
