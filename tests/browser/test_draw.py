"""Drawing as people do, in Chromium, on a real server."""

import re

import pytest
from playwright.sync_api import Page, expect

from mnist_cnn import runs
from mnist_cnn.experiments.config import TrainingConfig


@pytest.fixture(scope="module")
def lab(start_server):
    return start_server()


def draw_a_seven(page: Page) -> None:
    canvas = page.locator("canvas").last
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    x, y = box["x"], box["y"]
    page.mouse.move(x + 90, y + 70)
    page.mouse.down()
    page.mouse.move(x + 190, y + 70, steps=8)
    page.mouse.move(x + 120, y + 220, steps=8)
    page.mouse.up()


def prediction(page: Page):
    return page.locator("[data-testid=stMetricValue]").first


def test_a_link_to_draw_works_on_a_fresh_server_and_reads_a_seven(server, page):
    page.goto(f"{server.url}/Draw")
    expect(page.get_by_text("Nothing is drawn yet")).to_be_visible()
    draw_a_seven(page)
    expect(prediction(page)).to_have_text("7")
    bars = page.locator("[data-chart='probabilities'] .bars .point")
    expect(bars).to_have_count(10)


def test_a_drawing_is_still_there_after_a_look_at_another_page(lab, page):
    page.goto(f"{lab.url}/Draw")
    draw_a_seven(page)
    expect(prediction(page)).to_have_text("7")
    page.get_by_role("link", name="Architecture").first.click()
    expect(page.get_by_role("heading", name="model.summary()")).to_be_visible()
    page.wait_for_function("() => location.pathname === '/Architecture'")
    page.go_back()
    expect(page.get_by_role("heading", name="Draw", exact=True)).to_be_visible()
    expect(prediction(page)).to_have_text("7")


def test_clear_empties_the_canvas_and_a_new_digit_can_be_drawn(lab, page):
    page.goto(f"{lab.url}/Draw")
    draw_a_seven(page)
    expect(prediction(page)).to_have_text("7")
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("Nothing is drawn yet")).to_be_visible()
    draw_a_seven(page)
    expect(prediction(page)).to_have_text("7")


def test_two_people_draw_at_once_without_seeing_each_other(lab, open_page):
    one, other = open_page(), open_page()
    one.goto(f"{lab.url}/Draw")
    other.goto(f"{lab.url}/Draw")
    draw_a_seven(one)
    expect(prediction(one)).to_have_text("7")
    expect(other.get_by_text("Nothing is drawn yet")).to_be_visible()
    expect(prediction(other)).to_have_count(0)


def test_on_a_phone_a_finger_draws_instead_of_scrolling(lab, open_page):
    phone = open_page(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    phone.goto(f"{lab.url}/Draw")
    canvas = phone.locator("canvas").last
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    top = phone.evaluate("document.querySelector('[data-testid=stMain]').scrollTop")
    finger = phone.context.new_cdp_session(phone)
    points = [(90, 70), (130, 70), (190, 70), (170, 120), (150, 170), (120, 220)]
    for number, (x, y) in enumerate(points):
        finger.send(
            "Input.dispatchTouchEvent",
            {
                "type": "touchMove" if number else "touchStart",
                "touchPoints": [{"x": box["x"] + x, "y": box["y"] + y}],
            },
        )
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(prediction(phone)).to_have_text("7")
    scrolled = phone.evaluate(
        "document.querySelector('[data-testid=stMain]').scrollTop"
    )
    assert scrolled == top


WIDTHS = (280, 390, 700, 768, 820, 1024, 1199, 1280)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("touch", [False, True], ids=["mouse", "touch"])
def test_the_whole_canvas_can_be_drawn_on_at_every_width(lab, open_page, width, touch):
    page = open_page(viewport={"width": width, "height": 900}, has_touch=touch)
    page.goto(f"{lab.url}/Draw")
    expect(page.get_by_text("Nothing is drawn yet")).to_be_visible()
    canvas = page.locator("canvas").last
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    # From the right edge, which a column too narrow hides.
    x, y, side = box["x"], box["y"], box["width"]
    stroke = [(x + side - 8, y + 40 + 25 * step) for step in range(8)]
    if touch:
        finger = page.context.new_cdp_session(page)
        for number, (at_x, at_y) in enumerate(stroke):
            finger.send(
                "Input.dispatchTouchEvent",
                {
                    "type": "touchMove" if number else "touchStart",
                    "touchPoints": [{"x": at_x, "y": at_y}],
                },
            )
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    else:
        page.mouse.move(*stroke[0])
        page.mouse.down()
        for point in stroke[1:]:
            page.mouse.move(*point)
        page.mouse.up()
    expect(prediction(page)).to_be_visible()


def test_no_page_is_wider_than_a_phone(lab, open_page):
    phone = open_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
    for path in ("/", "/Train", "/Architecture", "/Draw"):
        phone.goto(lab.url + path)
        expect(phone.locator("h1")).to_be_visible()
        width = phone.evaluate(
            "document.querySelector('[data-testid=stMain]').scrollWidth"
        )
        assert width <= 390, path


def test_a_file_that_is_no_picture_gets_a_sentence(lab, page):
    page.goto(f"{lab.url}/Draw")
    page.get_by_role("button", name="Upload", exact=True).or_(
        page.get_by_role("radio", name="Upload", exact=True)
    ).click()
    file = {"name": "seven.txt", "mimeType": "text/plain", "buffer": b"a seven"}
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("This file is text, not an image")).to_be_visible()


def test_back_undoes_the_choice_of_a_network_and_other_pages_go_on_with_it(
    lab, page, monkeypatch
):
    monkeypatch.setenv("MNIST_CNN_RUNS", str(lab.runs))
    run = runs.submit(TrainingConfig(), name="mine")
    run.weights_path.write_bytes(runs.find(runs.PRETRAINED).weights_path.read_bytes())
    page.goto(f"{lab.url}/Draw")
    box = page.get_by_role("combobox", name="Network")
    expect(box).to_have_value(re.compile("^Pretrained"))
    box.click()
    page.get_by_role("option", name="mine").click()
    expect(page).to_have_url(re.compile(f"network={run.id}"))
    page.get_by_role("link", name="Architecture").first.click()
    expect(page.get_by_role("heading", name="model.summary()")).to_be_visible()
    expect(box).to_have_value(re.compile("^mine"))
    page.go_back()
    expect(page.get_by_role("heading", name="Draw", exact=True)).to_be_visible()
    expect(box).to_have_value(re.compile("^mine"))
    page.go_back()
    expect(box).to_have_value(re.compile("^Pretrained"))
    expect(page).not_to_have_url(re.compile("network="))
