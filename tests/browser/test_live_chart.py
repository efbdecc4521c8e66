"""The live chart in a real browser, in a small app of its own."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import expect

from benchmarks.server import Server
from mnist_cnn.ui.server.static_files import copy_plotly

ROOT = Path(__file__).parents[2]

HOME = """
import streamlit as st

st.write("Home")
"""

CHART = """
import itertools

import numpy as np
import streamlit as st

from mnist_cnn.figures.learning_curves import loss_curve
from mnist_cnn.runs.metrics import Mark, Metrics
from mnist_cnn.ui.components.live_chart import live_chart

LONGEST = 190_000
rng = np.random.default_rng(0)
everything = np.column_stack([
    np.arange(1, LONGEST + 1),
    np.ones(LONGEST),
    2.3 * np.exp(-np.arange(LONGEST) / 2000) + rng.random(LONGEST) / 5,
    rng.random((LONGEST, 3)),
])
st.session_state.setdefault("ticks", 0)


@st.fragment(run_every=0.2)
def watch():
    st.session_state.ticks += 1
    seen = min(st.session_state.ticks, 400) * 100
    if "long" in st.query_params:
        seen = LONGEST - 40 + min(st.session_state.ticks, 40)
    marks = ()
    if "still" in st.query_params:
        seen, marks = 100, (Mark(50, "learning_rate", 0.01),)
    if "low" in st.query_params:
        everything[:seen, 2] = np.linspace(2.1, 0.1, seen)
    live_chart(
        loss_curve(Metrics(everything[:seen], marks=marks)),
        key="loss-of-run-1",
        label=f"Loss after {seen} batches",
        height=128 if "low" in st.query_params else 320,
    )
    st.write(f"Runs of the fragment: {st.session_state.ticks}")


watch()
"""

TEXTS = """
import numpy as np
import streamlit as st

from mnist_cnn.figures.confusion_matrix import confusion_figure
from mnist_cnn.figures.probabilities import probability_bars
from mnist_cnn.ui.components.live_chart import live_chart

matrix, probabilities = np.diag(np.full(10, 9)), np.eye(10)[3]
if st.toggle("Another network"):
    matrix, probabilities = np.arange(100).reshape(10, 10) % 4, np.full(10, 0.1)
figure = confusion_figure(matrix, as_fractions=False)
live_chart(figure, key="matrix", label="", height=420)
live_chart(probability_bars(("", probabilities)), key="bars", label="")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("chart_app")
    (folder / "app.py").write_text(HOME)
    (folder / "pages").mkdir()
    (folder / "pages" / "1_Chart.py").write_text(CHART)
    (folder / "pages" / "2_Texts.py").write_text(TEXTS)
    assert copy_plotly(folder / "static")
    return folder


@pytest.fixture(scope="module")
def server(folder):
    settings = {
        "PYTHONPATH": str(ROOT),
        "STREAMLIT_SERVER_HEADLESS": "true",
        "STREAMLIT_SERVER_ENABLE_STATIC_SERVING": "true",
        "STREAMLIT_SERVER_FILE_WATCHER_TYPE": "none",
        "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
    }
    with Server(environment=settings, app=folder) as server:
        yield server.url


class Watched:
    """A page with everything that went wrong on it and came in over its websocket."""

    def __init__(self, page):
        self.page = page
        self.frames: list[int] = []
        self.errors: list[str] = []
        self.requests: list[str] = []
        page.on("websocket", self._listen)
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _listen(self, websocket):
        websocket.on(
            "framereceived",
            lambda frame: self.frames.append(len(frame)),
        )

    def _console(self, message):
        # Streamlit asks for these two below the page's own address, and gets 404.
        known = "_stcore/health" in message.location.get("url", "") or (
            "_stcore/host-config" in message.location.get("url", "")
        )
        if message.type == "error" and not known:
            self.errors.append(f"{message.text} {message.location.get('url')}")

    @property
    def chart(self):
        return self.page.locator("[data-chart='loss-of-run-1']")

    def attribute(self, name: str) -> int:
        return int(self.chart.get_attribute(name) or 0)

    def wait_for_updates(self, count: int) -> None:
        goal = self.attribute("data-draws") + count
        self.page.wait_for_function(
            "goal => Number(document.querySelector('[data-chart]').dataset.draws) "
            ">= goal",
            arg=goal,
        )

    def last_point(self) -> tuple[int, float]:
        return tuple(
            self.page.evaluate(
                "() => { const t = document.querySelector('[data-chart]')._fullData[0];"
                "return [t.x[t.x.length - 1], t.y[t.y.length - 1]] }"
            )
        )


@pytest.fixture
def watched(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield Watched(page)
    context.close()


def test_twenty_updates_are_drawn_into_the_same_chart(watched, server):
    watched.page.goto(f"{server}/Chart")
    watched.chart.locator(".main-svg").first.wait_for()
    watched.page.evaluate(
        "() => { document.querySelector('[data-chart]').mine = 'the same element' }"
    )
    watched.wait_for_updates(20)
    assert watched.attribute("data-mounts") == 1
    assert watched.page.evaluate(
        "() => document.querySelector('[data-chart]').mine == 'the same element'"
    )
    step, _ = watched.last_point()
    assert step >= 2000
    assert sum("plotly.min.js" in url for url in watched.requests) == 1
    assert watched.errors == []
    assert all(url.startswith((server, "blob:", "data:")) for url in watched.requests)


def test_a_zoom_and_the_hover_outlive_the_updates(watched, server):
    watched.page.goto(f"{server}/Chart")
    watched.chart.locator(".nsewdrag").first.wait_for()
    watched.wait_for_updates(3)
    box = watched.chart.locator(".nsewdrag").first.bounding_box()
    mouse = watched.page.mouse
    mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.3)
    mouse.down()
    mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.9, steps=5)
    mouse.up()
    view = "() => document.querySelector('[data-chart]').layout.xaxis.range"
    zoomed = watched.page.evaluate(view)
    assert zoomed[1] - zoomed[0] < 2000
    mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5, steps=3)
    watched.page.locator(".hoverlayer .legend").first.wait_for()
    watched.wait_for_updates(3)
    assert watched.page.evaluate(view) == zoomed
    assert watched.page.locator(".hoverlayer .legend").count() == 1


def test_the_longest_run_comes_in_small_messages_and_ends_in_its_last_batch(
    watched, server
):
    watched.page.goto(f"{server}/Chart?long=1")
    watched.chart.locator(".main-svg").first.wait_for()
    watched.wait_for_updates(2)
    watched.frames.clear()
    watched.wait_for_updates(3)
    print("largest message", max(watched.frames), "bytes")
    assert 1_000 < max(watched.frames) < 60_000
    watched.page.wait_for_function(
        "() => document.querySelector('[data-chart]')._fullData[0].x.at(-1) == 190000"
    )
    assert watched.attribute("data-mounts") == 1


def test_nothing_is_drawn_again_while_nothing_changes(watched, server):
    watched.page.goto(f"{server}/Chart?still=1")
    watched.chart.locator(".main-svg").first.wait_for()
    watched.page.get_by_text(re.compile(r"Runs of the fragment: \d\d")).wait_for()
    assert watched.attribute("data-updates") == 1


def test_every_number_is_drawn_after_another_network_was_chosen(watched, server):
    watched.page.goto(f"{server}/Texts")
    numbers = {
        "matrix": watched.page.locator("[data-chart=matrix] .textpoint text"),
        "bars": watched.page.locator("[data-chart=bars] .bartext"),
    }
    # 75 of the numbers from 0 to 99 are not divisible by four.
    for count in ({"matrix": 10, "bars": 1}, {"matrix": 75, "bars": 10}) * 2:
        for chart, texts in numbers.items():
            expect(texts.filter(has_text=re.compile(r"\d"))).to_have_count(count[chart])
        watched.page.get_by_text("Another network").click()


def test_the_reason_of_a_mark_is_shown_under_the_mouse(watched, server):
    watched.page.goto(f"{server}/Chart?still=1")
    plot = watched.chart.locator(".nsewdrag").first
    plot.wait_for()
    box = plot.bounding_box()
    across = watched.page.evaluate(
        "() => document.querySelector('[data-chart]')._fullLayout.xaxis.d2p(50)"
    )
    watched.page.mouse.move(box["x"] + across - 9, box["y"] + 40)
    watched.page.mouse.move(box["x"] + across, box["y"] + 50, steps=4)
    watched.page.locator(".hoverlayer").get_by_text("set to 0.01").first.wait_for()


def test_the_chart_has_a_text_alternative_that_follows_the_data(watched, server):
    watched.page.goto(f"{server}/Chart?still=1")
    watched.page.get_by_role("figure", name="Loss after 100 batches").wait_for()


def test_no_button_of_the_chart_sends_it_elsewhere(watched, server):
    watched.page.goto(f"{server}/Chart?still=1")
    watched.chart.locator(".modebar-btn").first.wait_for(state="attached")
    buttons = watched.chart.locator(".modebar-btn")
    titles = buttons.evaluate_all("all => all.map(each => each.dataset.title)")
    assert "Download plot as a PNG" in titles
    assert not any("Share" in title for title in titles)


def test_the_chart_takes_the_colors_of_the_theme(browser, server):
    for scheme, bright_text in (("light", False), ("dark", True)):
        context = browser.new_context(color_scheme=scheme)
        page = context.new_page()
        page.goto(f"{server}/Chart?still=1")
        tick = page.locator("[data-chart] .xtick text").first
        tick.wait_for()
        red = int(
            re.search(
                r"rgb\((\d+)", tick.evaluate("e => getComputedStyle(e).fill")
            ).group(1)
        )
        assert (red > 128) is bright_text
        context.close()


def test_the_chart_follows_the_width_of_the_window(watched, server):
    watched.page.goto(f"{server}/Chart?still=1")
    watched.chart.locator(".main-svg").first.wait_for()
    watched.page.set_viewport_size({"width": 390, "height": 800})
    watched.page.wait_for_function(
        "() => document.querySelector('[data-chart] .main-svg').clientWidth < 390"
    )
    assert watched.page.evaluate(
        "() => document.documentElement.scrollWidth <= window.innerWidth"
    )
    assert watched.attribute("data-mounts") == 1


def test_numbers_at_the_axis_of_a_low_chart_do_not_touch(watched, server):
    watched.page.goto(f"{server}/Chart?still=1&low=1")
    ticks = watched.chart.locator(".ytick text")
    ticks.first.wait_for()
    tops = ticks.evaluate_all("all => all.map(e => e.getBoundingClientRect().top)")
    assert len(tops) > 1
    assert min(one - other for one, other in pairwise(tops)) >= 16


def test_without_its_script_the_chart_is_a_sentence(watched, server):
    watched.page.route("**/plotly.min.js", lambda route: route.abort())
    watched.page.goto(f"{server}/Chart")
    watched.page.get_by_text("The chart cannot be drawn").wait_for()
    watched.page.get_by_text(re.compile(r"Runs of the fragment: \d\d")).wait_for()
    asked = sum("plotly.min.js" in url for url in watched.requests)
    assert asked == 1
