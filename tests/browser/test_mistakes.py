"""Mistakes in Chromium: from the matrix to the images, from an image to its inside."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from mnist_cnn import runs
from mnist_cnn.analysis.evaluation import confusion_matrix, confusions, in_cell
from mnist_cnn.digits import mnist
from mnist_cnn.figures.probabilities import percent
from mnist_cnn.runs import predictions


@pytest.fixture(scope="module")
def lab(start_server):
    return start_server()


@pytest.fixture(scope="module")
def saved(complete_mnist):
    """The pretrained network's predictions, whose test set is at hand."""
    found = predictions.load(runs.find(runs.PRETRAINED).predictions_path)
    if not found.matches(mnist.load()):
        pytest.skip("the pretrained network was tested on another test set")
    return found


def a_mistake_seen_rarely(saved) -> tuple[int, int]:
    """A cell that is not the one shown at first, and has few images."""
    matrix = confusion_matrix(saved.probabilities, saved.labels)
    return confusions(matrix)[-1][:2]


def click_cell(page: Page, true: int, answer: int, *, tap: bool = False) -> None:
    # Plotly's own drag layer lies exactly over the ten by ten cells.
    drag = page.locator("[data-chart=confusion] .nsewdrag")
    expect(drag).to_be_visible()
    drag.scroll_into_view_if_needed()
    box = drag.bounding_box()
    x = box["x"] + (answer + 0.5) * box["width"] / 10
    y = box["y"] + (true + 0.5) * box["height"] / 10
    if tap:
        page.touchscreen.tap(x, y)
        return
    page.mouse.move(x - 3, y - 3)
    page.mouse.move(x, y)
    page.mouse.click(x, y)


def shown(page: Page) -> list[int]:
    buttons = page.locator("[data-key=gallery-cell] .digit")
    return [int(button.get_attribute("data-index")) for button in buttons.all()]


def query(page: Page) -> dict[str, str]:
    return {
        name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()
    }


def expect_cell(page: Page, true: int, answer: int) -> None:
    words = re.compile(rf"images? of a true {true} predicted as {answer}\.")
    expect(page.get_by_text(words)).to_be_visible()


def test_a_click_on_a_cell_shows_its_images_most_confident_first(lab, page, saved):
    true, answer = a_mistake_seen_rarely(saved)
    page.goto(f"{lab.url}/Mistakes")
    click_cell(page, true, answer)
    expect_cell(page, true, answer)
    expected = in_cell(saved.probabilities, saved.labels, true, answer)
    expect(page.locator("[data-key=gallery-cell] .digit")).to_have_count(
        min(24, len(expected))
    )
    assert shown(page) == expected[:24].tolist()
    first = page.locator("[data-key=gallery-cell] .digit").first
    share = saved.probabilities[expected[0], answer]
    expect(first).to_contain_text(f"{true} → {answer}")
    expect(first).to_contain_text(percent(share))
    assert query(page)["true"] == str(true)
    assert query(page)["answer"] == str(answer)
    mounts = page.locator("[data-chart=confusion]").get_attribute("data-mounts")
    assert mounts == "1"
    page.go_back()
    matrix = confusion_matrix(saved.probabilities, saved.labels)
    expect_cell(page, *confusions(matrix)[0][:2])
    assert "true" not in query(page)


def test_a_link_opens_its_cell_and_a_click_on_an_image_opens_it_in_look_inside(
    lab, page, saved
):
    true, answer = a_mistake_seen_rarely(saved)
    index = in_cell(saved.probabilities, saved.labels, true, answer)[0]
    page.goto(f"{lab.url}/Mistakes?true={true}&answer={answer}")
    expect_cell(page, true, answer)
    page.locator("[data-key=gallery-cell] .digit").first.click()
    expect(page.get_by_role("heading", name="Look inside", exact=True)).to_be_visible()
    expect(page.get_by_label("Number in the test set")).to_have_value(str(index))
    expect(page.get_by_text(f"The test set says {true}: a mistake.")).to_be_visible()
    expect(page.get_by_role("radio", name="What mattered")).to_be_checked()
    spoke = f"The score of {answer} less that of {true}"
    expect(page.get_by_text(spoke)).to_be_visible()
    # The server forgets a page's images when it is left; who asks then gets a 404.
    page.wait_for_function("[...document.images].every(image => image.complete)")
    page.go_back()
    expect_cell(page, true, answer)


def test_the_same_image_opens_again_after_another_was_looked_into(lab, page, saved):
    true, answer = a_mistake_seen_rarely(saved)
    index = in_cell(saved.probabilities, saved.labels, true, answer)[0]
    page.goto(f"{lab.url}/Mistakes?true={true}&answer={answer}")
    for _ in range(2):
        page.locator("[data-key=gallery-cell] .digit").first.click()
        number = page.get_by_label("Number in the test set")
        expect(number).to_have_value(str(index))
        page.get_by_role("button", name="Random").click()
        expect(number).not_to_have_value(str(index))
        page.get_by_role("link", name="Mistakes").click()
        expect_cell(page, true, answer)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844), (1920, 1080)])
def test_the_matrix_and_the_images_of_a_clicked_cell_are_seen_together(
    lab, open_page, saved, width, height
):
    true, answer = a_mistake_seen_rarely(saved)
    is_phone = width == 390
    page = open_page(
        viewport={"width": width, "height": height},
        has_touch=is_phone,
        is_mobile=is_phone,
    )
    page.goto(f"{lab.url}/Mistakes")
    click_cell(page, true, answer, tap=is_phone)
    expect_cell(page, true, answer)
    expect(page.locator("[data-chart=confusion] .nsewdrag")).to_be_in_viewport(ratio=1)
    first = page.locator("[data-key=gallery-cell] .digit").first
    expect(first).to_be_in_viewport(ratio=1)
    wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= width
    # The networks to choose from can be told apart, though their box is narrow.
    page.get_by_test_id("stSelectbox").first.get_by_role("button").click()
    options = page.locator("[role=option] div")
    expect(options.first).to_be_visible()
    assert options.evaluate_all("all => all.every(e => e.scrollWidth <= e.clientWidth)")
    page.keyboard.press("Escape")
    expect(page.get_by_title("Share chart...")).to_have_count(0)
    expect(page.locator(".modebar-btn[data-title^=Share]")).to_have_count(0)


def test_an_empty_cell_can_be_chosen_too(lab, page, saved):
    matrix = confusion_matrix(saved.probabilities, saved.labels)
    true, answer = (int(each[0]) for each in (matrix == 0).nonzero())
    page.goto(f"{lab.url}/Mistakes")
    click_cell(page, true, answer)
    expect_cell(page, true, answer)
    page.get_by_role("link", name="Try it on your handwriting").click()
    page.wait_for_url("**/Draw*")


def test_another_test_set_shows_no_images_until_it_has_been_read(
    start_server, page, small_mnist
):
    lab = start_server(MNIST_CNN_DATA=str(small_mnist))
    page.goto(f"{lab.url}/Mistakes")
    expect(page.get_by_text("of another test set")).to_be_visible()
    expect(page.locator("[data-chart=confusion] .nsewdrag")).to_be_visible()
    expect(page.locator(".gallery")).to_have_count(0)
    page.get_by_role("button", name="Read the 200 test digits at hand").click()
    expect(page.get_by_text("Test digits: ")).to_be_visible()
    expect(page.locator("[data-key=gallery-least-confident] .digit")).to_have_count(12)
    expect(page.get_by_text("in 200 test digits")).to_be_visible()


def test_other_peoples_digits_are_drawn_read_and_told_writer_by_writer(
    start_server, page, pen_list, tmp_path
):
    path = tmp_path / "pen.json"
    path.write_text(json.dumps(pen_list))
    lab = start_server(MNIST_CNN_PEN_DIGITS=str(path))
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{lab.url}/Mistakes?network=mnist-only")
    page.get_by_role("combobox", name="Test set").click()
    page.get_by_role("option", name="Pen digits").click()
    expect(page.get_by_role("heading", name="Writer by writer")).to_be_visible()
    expect(page.get_by_text("12 digits by 6 people")).to_be_visible()
    assert query(page)["data"] == "pen"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("[data-key=gallery-least-confident] .digit").first.click()
    page.wait_for_url(re.compile("Look_inside.*digit="))


def test_without_mnist_the_images_are_there_at_once(start_server, page, tmp_path):
    lab = start_server(MNIST_CNN_DATA="", KERAS_HOME=str(tmp_path))
    page.goto(f"{lab.url}/Mistakes")
    expect(page.locator("[data-key=gallery-cell] .digit").first).to_be_visible()
    expect(page.get_by_text("5,000 real MNIST digits of the package")).to_be_visible()

    # Each unit is silenced, one by one, and a click on the costliest silences it.
    expect(page.locator("[data-chart=reliability] .nsewdrag")).to_be_visible()
    page.get_by_role("combobox", name="Layer").focus()
    page.keyboard.type("dense_1")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Silence each of 1,000 on 1,000 digits").click()
    said = page.get_by_text("Without ").filter(has_text="of dense_1")
    worst = re.search(r"Without (\d+) of dense_1", said.text_content())[1]
    bars = page.locator("[data-chart=ablation-dense_1] .nsewdrag")
    bars.scroll_into_view_if_needed()
    box = bars.bounding_box()
    x, y = box["x"] + box["width"] / 128, box["y"] + box["height"] / 2
    page.mouse.move(x - 2, y - 3)
    page.mouse.move(x, y)
    page.mouse.click(x, y)
    page.wait_for_url(re.compile(rf"broken=dense_1\.{worst}$"))
    expect(page.get_by_text("1 of 1,000 silent in dense_1")).to_be_visible()
    expect(said).to_be_visible()
    page.get_by_role("button", name="Read the 1,000 test digits at hand").click()
    expect(page.locator("[data-key=gallery-cell] .digit").first).to_be_visible()
