"""Files taken home by a real browser, and a run carried to another lab."""

import csv
import zipfile

import pytest
from playwright.sync_api import expect


@pytest.fixture(scope="module")
def lab(start_server):
    return start_server(MNIST_CNN_OFFLINE="1")


def download(page, label: str, path):
    with page.expect_download() as started:
        page.get_by_role("button", name=label).click()
    started.value.save_as(path)
    return path


def bring(page, file):
    """Brings a network into the lab on Train."""
    page.get_by_text("A network from elsewhere").click()
    box = page.get_by_test_id("stExpander").filter(has_text="A network from elsewhere")
    box.locator("input[type=file]").set_input_files(file)
    box.get_by_role("button", name="Bring it in").click()


def test_the_pretrained_network_goes_to_another_lab(lab, page, start_server, tmp_path):
    page.goto(f"{lab.url}/Architecture")
    page.get_by_text("Take it home", exact=True).click()
    with download(page, "Curve as CSV", tmp_path / "curve.csv").open() as file:
        assert len(list(csv.reader(file))) > 1000
    script = download(page, "Python file", tmp_path / "train.py").read_text()
    compile(script, "train.py", "exec")
    archive = download(page, "Run as a zip", tmp_path / "run.zip")
    assert "weights.npz" in zipfile.ZipFile(archive).namelist()

    other = start_server(MNIST_CNN_OFFLINE="1")
    page.goto(f"{other.url}/Train")
    bring(page, archive)
    page.get_by_text("The run is here.").wait_for()
    page.get_by_text("(imported)").first.wait_for()
    page.locator("[data-chart^='loss-'] .main-svg").first.wait_for()
    assert len(list(other.runs.glob("*/weights.npz"))) == 1


def test_a_page_taken_home_reads_without_the_lab(lab, page, open_page, tmp_path):
    page.goto(f"{lab.url}/Architecture")
    page.get_by_text("Take it home", exact=True).click()
    file = download(page, "Page that reads", tmp_path / "page.html")
    assert file.stat().st_size < 4_500_000
    phone = {"width": 390, "height": 844}
    for way in ({}, {"viewport": phone, "has_touch": True, "is_mobile": True}):
        home = open_page(offline=True, **way)
        home.goto(file.as_uri())
        canvas = home.locator("canvas.upper-canvas")
        box = canvas.bounding_box()
        seven = [
            (box["x"] + x * box["width"], box["y"] + y * box["height"])
            for x, y in ((0.3, 0.25), (0.7, 0.25), (0.45, 0.8))
        ]
        home.mouse.move(*seven[0])
        home.mouse.down()
        for place in seven[1:]:
            home.mouse.move(*place, steps=8)
        # With the pen still down.
        expect(home.get_by_test_id("live-answer")).to_have_text("7")
        home.mouse.up()
        answer = home.get_by_test_id("live-reading").bounding_box()
        assert way or abs(box["y"] - answer["y"]) < 20
        expect(home.get_by_text("5. Centered")).to_be_visible()
        home.get_by_role("button", name="Clear").click()
        expect(home.get_by_test_id("live-reading")).to_have_attribute("data-digit", "")
        home.get_by_role("button", name="Full screen").click()
        assert home.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_file_that_is_no_run_is_refused_with_a_sentence(lab, page, tmp_path):
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr("../outside.txt", "out")
    page.goto(f"{lab.url}/Train")
    bring(page, tmp_path / "bad.zip")
    page.get_by_text("This is not a run that can be imported.").wait_for()
    assert not list(lab.runs.glob("*/config.json"))
