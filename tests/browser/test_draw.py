"""Drawing as people do, in Chromium, on a real server."""

import io
import json
import re
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from mnist_cnn import runs
from mnist_cnn.nn.damage import Damage
from mnist_cnn.runs import history


@pytest.fixture(scope="module")
def lab(start_server):
    return start_server()


SEVEN = [(90, 70), (130, 70), (190, 70), (170, 120), (150, 170), (120, 220)]


def canvas_box(page: Page) -> dict[str, float]:
    """Of the canvas, once what is drawn on it is read."""
    expect(page.get_by_text("Nothing is drawn yet.")).to_be_visible()
    canvas = page.locator("canvas.upper-canvas")
    expect(canvas).to_be_visible()
    return canvas.bounding_box()


def wait_until_the_browser_reads(page: Page) -> None:
    """Until the server has heard so, and both are at rest."""
    canvas_box(page)
    expect(page.locator(".st-key-server_answer")).to_have_count(0)
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-script-state", "notRunning")


def seven_on(box: dict[str, float]) -> list[tuple[float, float]]:
    scale = box["width"] / 280
    return [(box["x"] + scale * x, box["y"] + scale * y) for x, y in SEVEN]


class Pen:
    """A mouse or a finger; it is down from the first move on, until ``up``."""

    def __init__(self, page: Page, *, touch: bool) -> None:
        self.page = page
        self.is_down = False
        self.finger = page.context.new_cdp_session(page) if touch else None

    def move(self, points: list[tuple[float, float]]) -> None:
        for x, y in points:
            if self.finger:
                kind = "touchMove" if self.is_down else "touchStart"
                self._touch(kind, [{"x": x, "y": y}])
            else:
                self.page.mouse.move(x, y, steps=4)
                if not self.is_down:
                    self.page.mouse.down()
            self.is_down = True

    def up(self) -> None:
        self.is_down = False
        if self.finger:
            self._touch("touchEnd", [])
        else:
            self.page.mouse.up()

    def _touch(self, kind: str, points: list[dict[str, float]]) -> None:
        event = {"type": kind, "touchPoints": points}
        self.finger.send("Input.dispatchTouchEvent", event)


def draw_a_seven(page: Page, *, touch: bool = False) -> None:
    pen = Pen(page, touch=touch)
    pen.move(seven_on(page.locator("canvas.upper-canvas").bounding_box()))
    pen.up()


def prediction(page: Page):
    return page.get_by_test_id("live-answer")


def reading(page: Page):
    return page.get_by_test_id("live-reading")


def is_seen_whole(page: Page, box: dict[str, float]) -> bool:
    size = page.viewport_size
    return (
        box["x"] >= 0
        and box["y"] >= 0
        and box["x"] + box["width"] <= size["width"] + 1
        and box["y"] + box["height"] <= size["height"] + 1
    )


def test_a_link_to_draw_works_on_a_fresh_server_and_reads_a_seven(server, page):
    page.goto(f"{server.url}/Draw")
    canvas_box(page)
    draw_a_seven(page)
    expect(prediction(page)).to_have_text("7")
    expect(page.get_by_role("status").get_by_text("try to fool it")).to_be_visible()
    # The preparation, step by step, once the pen is up.
    expect(page.locator(".live-steps figure")).to_have_count(5)
    probabilities = json.loads(reading(page).get_attribute("data-probabilities"))
    assert len(probabilities) == 10 and probabilities[7] > 0.9
    assert len(json.loads(reading(page).get_attribute("data-pixels"))) == 784
    # The server remembers the drawing, and shows no answer of its own.
    expect(page.get_by_test_id("stMetricValue")).to_have_count(0)
    page.wait_for_timeout(800)  # the canvas waits 200 ms before it sends
    page.get_by_role("link", name="Look inside this digit").click()
    expect(page.get_by_text("My drawing")).to_be_visible()


@pytest.mark.parametrize("touch", [False, True], ids=["mouse", "touch"])
def test_the_reading_follows_the_pen_before_it_is_lifted(lab, open_page, touch):
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=touch)
    page.goto(f"{lab.url}/Draw")
    box = canvas_box(page)
    scrolled = "document.querySelector('[data-testid=stMain]').scrollTop"
    pen, points = Pen(page, touch=touch), seven_on(box)
    pen.move(points[:3])
    expect(reading(page)).to_have_attribute("data-digit", re.compile(r"\d"))
    first = reading(page).get_attribute("data-probabilities")
    pen.move(points[3:])
    expect(prediction(page)).to_have_text("7")
    assert reading(page).get_attribute("data-probabilities") != first
    assert page.evaluate(scrolled) == 0
    pen.up()
    expect(prediction(page)).to_have_text("7")
    assert page.evaluate(scrolled) == 0


def test_a_drawing_goes_on_without_the_server_which_gets_it_when_it_is_back(
    server, page
):
    page.goto(f"{server.url}/Draw")
    points = seven_on(canvas_box(page))
    pen = Pen(page, touch=False)
    pen.move(points[:3])
    server.process.kill()
    server.process.wait()
    pen.move(points[3:])
    expect(prediction(page)).to_have_text("7")
    pen.up()
    page.wait_for_timeout(400)
    expect(prediction(page)).to_have_text("7")
    page.watch.errors.clear()  # a server that is gone cannot be reached
    server.start()
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-connection-state", "CONNECTED")
    page.wait_for_timeout(1500)  # the page runs again, with the drawing
    expect(app).to_have_attribute("data-test-script-state", "notRunning")
    expect(prediction(page)).to_have_text("7")
    page.get_by_role("link", name="Look inside this digit").click()
    expect(page.get_by_text("My drawing")).to_be_visible()
    page.watch.errors.clear()


def test_a_phone_that_slept_comes_back_to_its_drawing(lab, page):
    page.add_init_script(
        """window.sockets = []
        window.WebSocket = class extends WebSocket {
          constructor(...all) { super(...all); window.sockets.push(this) }
        }"""
    )
    page.goto(f"{lab.url}/Draw")
    canvas_box(page)
    draw_a_seven(page)
    expect(prediction(page)).to_have_text("7")
    page.wait_for_timeout(800)
    # On another page only the session knows the drawing; then the connection drops.
    page.get_by_role("link", name="Architecture").first.click()
    expect(page.get_by_role("heading", name="model.summary()")).to_be_visible()
    page.evaluate("window.sockets.at(-1).close()")
    page.wait_for_function("() => window.sockets.length > 1")
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-connection-state", "CONNECTED")
    page.get_by_role("link", name="Look inside", exact=True).first.click()
    expect(page.get_by_text("My drawing")).to_be_visible()


def test_forty_quick_strokes_are_read_and_clear_empties_at_once(lab, page):
    page.goto(f"{lab.url}/Draw")
    box = canvas_box(page)
    x, y, side = box["x"], box["y"], box["width"]
    for number in range(40):
        at = x + side * (0.2 + 0.6 * number / 40)
        page.mouse.move(at, y + 0.2 * side)
        page.mouse.down()
        page.mouse.move(at + 6, y + 0.8 * side, steps=2)
        page.mouse.up()
    expect(reading(page)).to_have_attribute("data-digit", re.compile(r"\d"))
    emptied = page.evaluate(
        """async () => {
          document.querySelector(".st-key-clear button").click()
          const began = performance.now()
          const reading = document.querySelector("[data-testid=live-reading]")
          while (reading.dataset.digit && performance.now() - began < 5000)
            await new Promise(requestAnimationFrame)
          return performance.now() - began
        }"""
    )
    assert emptied < 500  # without the server's word, which takes longer here
    draw_a_seven(page)
    expect(prediction(page)).to_have_text("7")
    page.wait_for_timeout(800)  # what the server says then takes nothing back
    expect(prediction(page)).to_have_text("7")


def test_a_drawing_is_still_there_after_a_look_at_another_page(lab, page):
    page.goto(lab.url)
    canvas_box(page)
    draw_a_seven(page)  # Home has a canvas, too
    expect(prediction(page)).to_have_text("7")
    # No empty stretch between the network and what is below.
    network = page.locator(".live-network").bounding_box()
    below = page.locator(".live-steps").bounding_box()
    assert below["y"] - network["y"] - network["height"] < 60
    page.wait_for_timeout(600)
    page.get_by_role("link", name="Draw", exact=True).first.click()
    expect(page.get_by_role("heading", name="Draw", exact=True)).to_be_visible()
    expect(prediction(page)).to_have_text("7")
    page.get_by_role("link", name="Architecture").first.click()
    expect(page.get_by_role("heading", name="model.summary()")).to_be_visible()
    page.wait_for_function("() => location.pathname === '/Architecture'")
    page.go_back()
    expect(page.get_by_role("heading", name="Draw", exact=True)).to_be_visible()
    expect(prediction(page)).to_have_text("7")
    # A drawing that came back is cleared by the server, and hidden until then.
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".st-key-clear")).to_be_visible()
    canvas_box(page)
    draw_a_seven(page)
    expect(prediction(page)).to_have_text("7")
    # Its tab keeps it when the page is loaded anew, and forgets it when it is cleared.
    expect(page.locator(".live-steps figure")).to_have_count(5)
    read = json.loads(reading(page).get_attribute("data-pixels"))
    page.reload()
    expect(prediction(page)).to_have_text("7")
    expect(page.get_by_role("link", name="Look inside this digit")).to_be_visible()
    again = json.loads(reading(page).get_attribute("data-pixels"))
    assert again == pytest.approx(read, abs=0.05)
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".st-key-clear")).to_be_visible()
    assert page.evaluate("sessionStorage.getItem('mnist-cnn-drawing')") is None
    page.reload()
    canvas_box(page)
    expect(page.get_by_text("Nothing is drawn yet.")).to_be_visible()


def test_two_tabs_and_two_people_draw_without_seeing_each_other(lab, open_page):
    one, other = open_page(), open_page()
    tab = one.context.new_page()
    for each in (one, tab, other):
        each.goto(f"{lab.url}/Draw")
        canvas_box(each)
    draw_a_seven(one)
    expect(prediction(one)).to_have_text("7")
    for each in (tab, other):
        expect(each.get_by_text("Nothing is drawn yet.")).to_be_visible()
    x, y, side = (canvas_box(tab)[name] for name in ("x", "y", "width"))
    tab.mouse.move(x + side / 2, y + 0.2 * side)
    tab.mouse.down()
    tab.mouse.move(x + side / 2, y + 0.8 * side, steps=8)
    tab.mouse.up()
    expect(prediction(tab)).to_have_text("1")
    expect(prediction(one)).to_have_text("7")


# A window's size in its own pixels, and how far it is zoomed: then it has fewer.
MOUSE_WINDOWS = [(w, 720, 1) for w in (820, 1024, 1199, 1280)]
MOUSE_WINDOWS += [(1920, 1080, 1), (1280, 800, 2), (1280, 800, 0.67)]
TOUCH_WINDOWS = [(w, 844, 1) for w in (280, 390, 700, 768)]
TOUCH_WINDOWS += [(1024, 720, 1), (1920, 1080, 1)]


@pytest.mark.parametrize(
    ("touch", "windows"),
    [(False, MOUSE_WINDOWS), (True, TOUCH_WINDOWS)],
    ids=["mouse", "touch"],
)
def test_canvas_and_answer_are_seen_together_at_every_width(
    lab, open_page, touch, windows
):
    page = open_page(viewport={"width": 1280, "height": 800}, has_touch=touch)
    page.add_init_script("sessionStorage.clear()")  # each time without a drawing
    zooming = page.context.new_cdp_session(page)
    for width, height, zoom in windows:
        page.set_viewport_size(
            {"width": int(width / zoom), "height": int(height / zoom)}
        )
        metrics = {"width": 0, "height": 0, "deviceScaleFactor": zoom, "mobile": False}
        zooming.send("Emulation.setDeviceMetricsOverride", metrics)
        page.goto(f"{lab.url}/Draw")
        box = canvas_box(page)
        assert is_seen_whole(page, box), width
        narrowest = 200 if zoom == 2 else 480 if width == 1920 else 240
        assert box["width"] >= narrowest, (width, zoom)
        # From the right edge, which a column too narrow hides.
        x, y, side = box["x"], box["y"], box["width"]
        pen = Pen(page, touch=touch)
        pen.move([(x + side - 8, y + side * (0.2 + 0.1 * n)) for n in range(7)])
        expect(prediction(page)).to_have_text("1")
        pen.up()
        for part in (".live-digit", ".live-card .live-pixels", ".live-bars"):
            seen = page.locator(part).first.bounding_box()
            assert is_seen_whole(page, seen), (width, part)
            assert seen["width"] > 20, (width, part)


def test_full_screen_shows_canvas_answer_and_network_and_draws(lab, open_page):
    ground = "e => getComputedStyle(e).backgroundColor"
    for width, height, scheme in ((1280, 720, "dark"), (390, 844, "light")):
        size = {"width": width, "height": height}
        page = open_page(viewport=size, color_scheme=scheme, has_touch=width < 500)
        page.goto(f"{lab.url}/Draw")
        canvas_box(page)
        page.get_by_role("button", name="Full screen").click()
        whole = page.locator(".live-whole").evaluate(ground)
        assert whole == page.get_by_test_id("stApp").evaluate(ground)
        expect(page.get_by_role("button", name="Leave full screen")).to_be_visible()
        page.wait_for_timeout(300)
        draw_a_seven(page)
        expect(prediction(page)).to_have_text("7")
        for part in ("canvas.upper-canvas", ".live-digit", ".living-canvas"):
            assert is_seen_whole(page, page.locator(part).bounding_box()), part
        # No layer's name lies over the next.
        names = page.locator(".living-titles span")
        sides = names.evaluate_all(
            "all => all.map(e => e.getBoundingClientRect()).map(b => [b.left, b.right])"
        )
        assert len(sides) == 7
        for (_left, right), (left, _right) in pairwise(sides):
            assert right <= left
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="Full screen")).to_be_visible()
    # There what breaks the network comes into sight with it, and a finger need not be
    # as exact as a map is high.
    page.get_by_role("button", name="Break it").tap()
    living = page.locator(".living")
    for part in (page.locator(".break-panel"), living):
        expect(part).to_be_in_viewport(ratio=0.99)
    page.wait_for_timeout(300)
    maps = names.get_by_text("pool_1").bounding_box()["y"] + 20
    page.touchscreen.tap(200, maps - 5)
    assert len(broken_in(page).silent["pool_1"]) == 1


def test_a_pointer_on_the_network_shows_values(lab, page):
    page.goto(f"{lab.url}/Draw")
    canvas_box(page)
    draw_a_seven(page)
    expect(prediction(page)).to_have_text("7")
    living = page.locator(".living")
    living.scroll_into_view_if_needed()
    expect(living).to_have_attribute(
        "data-layers", "image conv_1 pool_1 conv_2 pool_2 dense_1 output"
    )
    box = living.bounding_box()
    page.mouse.move(box["x"] + 38, box["y"] + box["height"] / 2 + 10)
    value = page.locator(".living-value")
    expect(value).to_have_text(re.compile(r"^image \[\d+, \d+\] = \d"))
    # The answers stand at the right: each has a probability, and paths of its own.
    page.mouse.move(box["x"] + box["width"] - 30, box["y"] + 60)
    expect(value).to_have_text(re.compile(r"^output \[\d\] = "))


def broken_in(page: Page) -> Damage:
    """What the address says is broken, once it says anything."""
    page.wait_for_url(re.compile("broken="))
    return Damage.from_link(parse_qs(urlsplit(page.url).query)["broken"][0])


def test_maps_are_silenced_under_the_pen_and_the_link_shows_it_to_others(
    lab, page, open_page
):
    page.goto(f"{lab.url}/Draw")
    box = canvas_box(page)
    page.get_by_role("button", name="Break it").click()
    draw_a_seven(page)
    line = page.get_by_role("status").get_by_text("Does it still read your digit?")
    expect(line).to_be_visible()
    living = page.locator(".living").bounding_box()
    # Along the first map of each layer, between the two that go on from it.
    page.mouse.move(living["x"] + 0.18 * living["width"], living["y"] + 8)
    page.mouse.down()
    page.mouse.move(living["x"] + 0.18 * living["width"], living["y"] + 260, steps=3)
    page.mouse.up()
    silent = broken_in(page).silent["conv_1"]
    assert len(silent) > 1
    said = f"your 7 with {len(silent)} of 32 filters of conv_1 silent."
    expect(page.get_by_text(said)).to_be_visible()
    page.get_by_label("Noise").fill("40")
    page.get_by_label("Bits").fill("2")  # the second step: 4 bits
    page.wait_for_url(re.compile("noise.40~bits.4"))
    # The pen goes on, and what it draws is read by the broken network.
    pen = Pen(page, touch=False)
    pen.move([(x - 30, y + 60) for x, y in seven_on(box)[1:3]])
    before = reading(page).get_attribute("data-pixels")
    pen.move([(x - 80, y + 90) for x, y in seven_on(box)[1:3]])
    expect(reading(page)).not_to_have_attribute("data-pixels", before)
    pixels, read = (
        np.array(json.loads(reading(page).get_attribute(f"data-{name}")))
        for name in ("pixels", "probabilities")
    )
    pen.up()
    damage = broken_in(page)
    assert damage == Damage({"conv_1": silent}, noise=0.4, bits=4)
    broken = runs.load_network().damaged(damage)
    expected = broken.probabilities(pixels.reshape(28, 28))[0]
    # The browser's weights have 8 and 16 bits before they are broken.
    np.testing.assert_allclose(read, expected, atol=0.05)
    # In a low window, too, what one does and what it does are seen together.
    for width, height in ((1024, 768), (1280, 720)):
        page.set_viewport_size({"width": width, "height": height})
        for part in (".break-panel", ".live-bars", ".living"):
            expect(page.locator(part).first).to_be_in_viewport(ratio=0.99)

    other = open_page()
    other.goto(page.url)
    expect(other.get_by_role("button", name="Mend it")).to_be_visible()
    draw_a_seven(other)
    expect(other.get_by_text(said.removeprefix("your 7 "))).to_be_visible()
    other.wait_for_timeout(800)
    other.get_by_role("link", name="Look inside this digit").click()
    other.wait_for_url(re.compile("Look_inside.*broken="))
    assert broken_in(other) == damage
    other.get_by_role("button", name="Mend it").click()
    other.wait_for_url(lambda address: "broken" not in address)
    other.go_back()
    expect(other.get_by_role("button", name="Mend it")).to_be_visible()
    assert broken_in(other) == damage


def test_several_digits_a_test_digit_and_both_ways_are_read_by_the_browser(lab, page):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{lab.url}/Draw")
    x, y, side = (canvas_box(page)[name] for name in ("x", "y", "width"))
    for across in (0.2, 0.5, 0.8):
        page.mouse.move(x + across * side, y + 0.3 * side)
        page.mouse.down()
        page.mouse.move(x + across * side, y + 0.7 * side, steps=6)
        page.mouse.up()
    expect(prediction(page)).to_have_text("111")
    assert prediction(page).evaluate("it => it.scrollWidth <= it.clientWidth")
    expect(page.get_by_text("3 digits, read from left to right.")).to_be_visible()
    # What more is said moves no canvas under the pen, and the network stays in sight.
    for height in (800, 720):
        page.set_viewport_size({"width": 1280, "height": height})
        expect(page.locator(".living")).to_be_in_viewport(ratio=0.99)
        canvas = page.locator("canvas.upper-canvas").bounding_box()
        assert canvas["y"] == pytest.approx(y, abs=1)
    page.get_by_text("Just resize", exact=True).click()
    expect(page.get_by_text("just resized", exact=True)).to_be_visible()
    expect(page.locator(".live-digit")).to_have_count(2)
    # A second guess in three lines lies over nothing that stands below.
    second = page.locator(".live-second").last
    for width in (1280, 1024):
        page.set_viewport_size({"width": width, "height": 800})
        bottom = second.evaluate(
            """it => {
              it.textContent = "Second guess: 1, 38.2%"
              const text = document.createRange()
              text.selectNodeContents(it)
              return text.getBoundingClientRect().bottom
            }"""
        )
        answers = page.locator(".live-answers").bounding_box()
        assert bottom <= answers["y"] + answers["height"] + 1
    page.set_viewport_size({"width": 1280, "height": 1000})
    # A test digit has been prepared: no answer to the drawing stays beside it.
    page.get_by_role("radio", name="Test digit").click()
    expect(page.locator(".live-digit")).to_have_count(1)
    expect(page.get_by_text("The test set says this is a")).to_be_visible()
    label = re.search(
        r"this is an? (\d)", page.get_by_text("The test set says").text_content()
    )[1]
    expect(prediction(page)).to_have_text(label)
    expect(page.get_by_test_id("stMetricValue")).to_have_count(0)


def test_by_keyboard_alone_a_test_digit_is_chosen_and_a_deleted_network_is_a_sentence(
    lab, page, tab_to, monkeypatch, run_like_pretrained
):
    monkeypatch.setenv("MNIST_CNN_RUNS", str(lab.runs))
    run = run_like_pretrained("short-lived")
    page.goto(f"{lab.url}/Draw?network={run.id}")
    tab_to(page.get_by_role("radio", name="Draw", exact=True))
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    number = page.get_by_label("Number in the test set")
    tab_to(number)
    for key in ("3", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_text("The test set says this is a 0.")).to_be_visible()
    expect(page.get_by_test_id("live-answer")).to_have_text("0")

    runs.delete(run)  # by somebody else, in another tab
    page.keyboard.press("ArrowUp")
    expect(page.get_by_text("names a network that is not here")).to_be_visible()
    expect(page.get_by_text("The test set says this is a 4.")).to_be_visible()
    expect(page.get_by_test_id("live-answer")).to_have_text("4")


def test_where_a_browser_has_no_workers_the_server_reads(lab, page):
    page.add_init_script("delete window.Worker")
    page.goto(f"{lab.url}/Draw")
    expect(page.get_by_text("Nothing is drawn yet:")).to_be_visible()
    draw_a_seven(page)
    expect(page.get_by_test_id("stMetricValue").first).to_have_text("7")
    bars = page.locator("[data-chart='probabilities'] .bars .point")
    expect(bars).to_have_count(10)


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
    # There is no digit to look into.
    leads_on = page.get_by_role("link", name="Look inside this digit")
    expect(leads_on).to_have_count(0)
    page.locator("input[type=file]").set_input_files(picture_of_sevens(1))
    expect(prediction(page)).to_have_text("7")
    expect(leads_on).to_be_visible()
    # Only resized, too, it is read by the browser, and seen in the network.
    page.get_by_text("Just resize", exact=True).click()
    expect(page.locator(".live-digit")).to_have_text(["7", re.compile(r"\d")])
    expect(reading(page)).to_be_visible()
    expect(reading(page)).to_have_attribute("data-digit", "7")


def test_an_uploader_opens_a_phones_camera(page, pytestconfig):
    component = "mnist_cnn/ui/components/phone_camera/phone_camera.js"
    page.set_content("<div class='st-key-here'></div>")
    page.evaluate(
        """async (script) => {
          const file = new Blob([script], { type: "text/javascript" })
          const { default: start } = await import(URL.createObjectURL(file))
          start({ data: { container: "here" } })
          document.querySelector("div").innerHTML = "<input type=file>"
        }""",
        (pytestconfig.rootpath / component).read_text(),
    )
    expect(page.locator("input")).to_have_attribute("capture", "environment")
    expect(page.locator("input")).to_have_attribute("accept", "image/*")


def picture_of_sevens(count: int) -> dict[str, object]:
    """Dark sevens on white, side by side, 200 pixels each, as an uploaded file."""
    image = Image.new("L", (200 * max(count, 1), 260), 255)
    for left in range(0, 200 * count, 200):
        seven = [(left + x - 40, y) for x, y in SEVEN]
        ImageDraw.Draw(image).line(seven, fill=0, width=16, joint="curve")
    content = io.BytesIO()
    image.save(content, "PNG")
    return {
        "name": "sevens.png",
        "mimeType": "image/png",
        "buffer": content.getvalue(),
    }


def test_a_box_dragged_with_a_finger_chooses_a_digit_of_a_picture(lab, open_page):
    phone = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    phone.goto(f"{lab.url}/Draw")
    phone.get_by_text("Upload", exact=True).click()
    files = phone.locator("input[type=file]")
    files.set_input_files(picture_of_sevens(2))
    number = phone.get_by_test_id("stMetricValue")
    expect(number).to_have_text("77")
    assert not reading(phone).is_visible()
    digits = phone.get_by_role("button", name="Read digit")
    expect(digits).to_have_count(2)

    stage = phone.locator(".stage").bounding_box()
    finger = Pen(phone, touch=True)
    corners = [(0.02, 0.05), (0.3, 0.5), (0.48, 0.95)]
    finger.move(
        [
            (stage["x"] + x * stage["width"], stage["y"] + y * stage["height"])
            for x, y in corners
        ]
    )
    finger.up()
    expect(reading(phone)).to_be_visible()
    expect(reading(phone).locator(".live-digit")).to_have_text("7")
    phone.get_by_role("button", name="All of it").click()
    expect(number).to_have_text("77")

    phone.get_by_role("button", name="Turn").click()
    expect(digits).to_have_count(2)
    expect(phone.get_by_text("2 digits, row by row")).to_be_visible()
    turned = phone.locator(".stage").bounding_box()
    assert turned["height"] > turned["width"]

    files.set_input_files(picture_of_sevens(0))
    expect(phone.get_by_text("Nothing like a digit stands out")).to_be_visible()
    assert not phone.get_by_text("Nothing is drawn yet").is_visible()


def test_back_undoes_the_choice_of_a_network_and_other_pages_go_on_with_it(
    lab, page, monkeypatch, run_like_pretrained
):
    monkeypatch.setenv("MNIST_CNN_RUNS", str(lab.runs))
    run = run_like_pretrained("mine")
    page.goto(f"{lab.url}/Draw")
    wait_until_the_browser_reads(page)  # an open list closes when the server hears it
    box = page.get_by_role("combobox", name="Network")
    expect(box).to_have_value(re.compile("^MNIST and pen digits"))
    box.click()
    page.get_by_role("option", name="mine").click()
    expect(page).to_have_url(re.compile(f"network={run.id}"))
    # What the network of before has read meanwhile is shown no more.
    wait_until_the_browser_reads(page)
    page.evaluate(
        """() => {
          const reader = window.mnistReaders.prepare
          const late = { type: "reading", frame: reader.frame, key: "of before" }
          const none = { isEmpty: false, pixels: new Float32Array(784) }
          reader.open = 2
          reader.hear({ ...late, ...none, probabilities: new Float32Array(10) })
        }"""
    )
    expect(page.locator(".live-card")).to_have_count(1)
    page.get_by_role("link", name="Architecture").first.click()
    expect(page.get_by_role("heading", name="model.summary()")).to_be_visible()
    expect(box).to_have_value(re.compile("^mine"))
    page.go_back()
    expect(page.get_by_role("heading", name="Draw", exact=True)).to_be_visible()
    expect(box).to_have_value(re.compile("^mine"))
    wait_until_the_browser_reads(page)
    page.go_back()
    expect(box).to_have_value(re.compile("^MNIST and pen digits"))
    expect(page).not_to_have_url(re.compile("network="))


def test_the_mark_where_it_began_to_read_a_digit_moves_the_network_back(
    lab, page, monkeypatch, run_with_history
):
    monkeypatch.setenv("MNIST_CNN_RUNS", str(lab.runs))
    run = run_with_history()
    page.goto(f"{lab.url}/Draw?network={run.id}")
    canvas_box(page)
    draw_a_seven(page)
    page.get_by_text("When did it begin to read my digit?").click()
    slider = page.get_by_role("slider", name="The network on its way: drag")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^as it is now"))
    now = prediction(page).inner_text()
    page.get_by_text(f"Read as {now} ").wait_for()
    box = slider.bounding_box()
    page.mouse.move(box["x"] + box["width"] - 10, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60, steps=4)
    expect(page).to_have_url(re.compile("moment=30"))  # before it is let go
    page.mouse.move(box["x"], box["y"] + 60)
    page.mouse.up()
    expect(page).to_have_url(re.compile("moment=0"))
    then = history.network_at(run, history.moments(run)[0])
    pixels = json.loads(reading(page).get_attribute("data-pixels"))
    read = then.probabilities(np.reshape(pixels, (28, 28)))[0]
    expect(prediction(page)).to_have_text(str(read.argmax()))
    told = re.compile(f"^untrained: {read[int(now)]:.1%} for {now}")
    expect(slider).to_have_attribute("aria-valuetext", told)
    # Back, and to the same moment again.
    page.go_back()
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^epoch 1"))
    slider.press("Home")
    expect(page).to_have_url(re.compile("moment=0"))
    expect(prediction(page)).to_have_text(str(read.argmax()))
