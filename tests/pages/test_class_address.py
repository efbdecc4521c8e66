"""Home shows how a class gets in; and what a page in a school must not show."""

import tomllib
from pathlib import Path

import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from mnist_cnn import runs
from mnist_cnn.digits.photo.image_files import open_image
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.nn import keras_file
from mnist_cnn.ui import visitor
from mnist_cnn.ui.home import class_address, view
from mnist_cnn.ui.server import sharing
from mnist_cnn.ui.server.sharing import qr_code

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def lab(runs_folder):
    return runs_folder


def home() -> AppTest:
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=30).run()


def words(at: AppTest) -> str:
    return "\n".join(each.value for each in at.markdown)


def test_a_lab_for_this_computer_says_how_to_open_it():
    at = home()
    assert "answers this computer only" in words(at)
    assert not at.get("imgs") and not at.get("image")


def test_an_open_lab_shows_its_address_and_a_qr_code(monkeypatch):
    for module in (class_address, visitor):
        monkeypatch.setattr(module, "is_on_this_machine_only", lambda: False)
    found = "http://192.168.1.7:8501/"
    monkeypatch.setattr(class_address, "class_address", lambda *args: found)
    at = home()
    assert not at.exception
    assert at.code[0].value == found
    assert at.get("imgs") or at.get("image")
    (big,) = [each for each in at.button if each.key == f"big {found}"]
    big.click().run()
    assert [found] == [each.value for each in at.markdown if each.value == found]


@pytest.mark.parametrize(
    ("box", "shared"),
    [
        ("share_run", ["run={run}", "preset=classroom"]),
        ("share_experiment", ["preset=classroom"]),
    ],
)
def test_what_train_shares_is_a_qr_code_of_exactly_the_link_shown(
    box, shared, monkeypatch
):
    for module in (sharing, visitor):
        monkeypatch.setattr(module, "is_on_this_machine_only", lambda: False)
    found = "http://192.168.1.7:8501/Train"
    monkeypatch.setattr(sharing, "class_address", lambda *args: found)
    encoded = []
    monkeypatch.setattr(
        sharing, "qr_code", lambda link: encoded.append(link) or qr_code(link)
    )
    run = runs.submit(TrainingConfig(), state="done")
    at = home()
    if box == "share_run":
        at.query_params["run"] = run.id
    at.switch_page("pages/1_Train.py").run()
    at.session_state[box] = True
    at.run()
    assert not at.exception
    links = [f"{found}?{query.format(run=run.id)}" for query in shared]
    assert encoded == [each.value for each in at.code] == links
    # As told to who cannot see it, small and big.
    at.button(key=f"big {links[0]}").click().run()
    told = [each.proto.imgs[0].alt for each in at.get("image")]
    assert sorted(told) == sorted(f"QR code of {each}" for each in [links[0], *links])


@pytest.mark.parametrize(
    ("page", "listens_on", "address"),
    [
        ("http://localhost:8501/", "0.0.0.0", "http://192.168.1.7:8501/"),
        ("http://localhost:8501/?x=1#y", None, "http://192.168.1.7:8501/"),
        ("http://127.0.0.1/lab/", "10.0.0.3", "http://10.0.0.3/lab/"),
        ("http://localhost:8501/", "fd00::2", "http://[fd00::2]:8501/"),
        ("https://lab.school/", "0.0.0.0", "https://lab.school/"),
        ("http://192.168.1.9:8501/?a=b", "0.0.0.0", "http://192.168.1.9:8501/"),
        ("javascript:alert(1)", "0.0.0.0", None),
        ("http://[broken", "0.0.0.0", None),
        ("http://localhost:99999/", "0.0.0.0", None),
        ("", "0.0.0.0", None),
    ],
)
def test_the_address_for_others(page, listens_on, address, monkeypatch):
    monkeypatch.setattr(sharing, "network_address", lambda: "192.168.1.7")
    assert sharing.class_address(page, listens_on) == address


def test_without_a_network_there_is_no_address_to_show(monkeypatch):
    monkeypatch.setattr(sharing, "network_address", lambda: None)
    assert sharing.class_address("http://localhost:8501/", "0.0.0.0") is None


def test_the_qr_code_is_dark_on_light_with_a_margin():
    picture = open_image(qr_code("http://192.168.1.7:8501/")).convert("L")
    assert isinstance(picture, Image.Image)
    width, height = picture.size
    assert width == height
    margin = picture.crop((0, 0, width, 4 * 8))
    assert margin.getextrema() == (255, 255)
    # The finder pattern in its corner: seven dark modules in a row.
    assert picture.crop((32, 32, 32 + 7 * 8, 40)).getextrema() == (0, 0)


def test_an_error_on_a_page_shows_nothing_of_the_inside(monkeypatch):
    def fails():
        raise RuntimeError("secret of the inside")

    monkeypatch.setattr(view, "lesson", fails)
    (shown,) = home().exception
    assert "secret" not in shown.message
    assert "secret" not in "".join(shown.stack_trace)
    assert not any(".py" in line for line in shown.stack_trace)


def test_the_settings_fit_a_school():
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert settings["server"]["address"] == "localhost"
    assert settings["server"]["enableXsrfProtection"] is True
    assert settings["server"]["enableCORS"] is True
    assert settings["server"]["maxUploadSize"] == keras_file.MEGABYTES <= 64
    assert settings["client"]["showErrorDetails"] == "none"
    assert settings["browser"]["gatherUsageStats"] is False
    for section, values in settings.items():
        for name, value in values.items():
            if not isinstance(value, dict):
                assert st.get_option(f"{section}.{name}") == value
