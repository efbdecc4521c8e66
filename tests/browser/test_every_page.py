"""Every page, opened by its link on a server that nobody has used."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

ROOT = Path(__file__).parents[2]
# As Streamlit makes an address of a file name: 1_Train.py is /Train.
ADDRESSES = ["", *sorted(p.stem.partition("_")[2] for p in ROOT.glob("pages/*.py"))]


@pytest.fixture(scope="module")
def lab(start_server):
    return start_server()


def wait_until_drawn(page) -> None:
    page.get_by_test_id("stHeading").first.wait_for()
    # A page that writes its link runs once more.
    page.wait_for_function(
        "() => document.querySelector('[data-testid=stApp]')"
        ".dataset.testScriptState == 'notRunning'"
    )


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_opens_by_its_link_without_an_error(address, page, lab):
    page.goto(f"{lab.url}/{address}")
    wait_until_drawn(page)
    assert page.get_by_test_id("stException").count() == 0
    assert page.title().endswith("CNN lab")
    links = page.get_by_test_id("stSidebar").get_by_test_id("stPageLink")
    links.nth(len(ADDRESSES) - 1).wait_for()
    assert links.count() == len(ADDRESSES)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_fits_a_telephone_held_upright(address, open_page, lab):
    page = open_page(viewport={"width": 390, "height": 844})
    page.goto(f"{lab.url}/{address}")
    wait_until_drawn(page)
    assert page.evaluate(
        "() => document.documentElement.scrollWidth <= window.innerWidth"
    )


def test_the_menu_is_in_the_order_of_the_lesson(page, lab):
    page.goto(lab.url)
    wait_until_drawn(page)
    links = page.get_by_test_id("stSidebar").get_by_role("link")
    expect(links).to_have_count(len(ADDRESSES))
    told = links.evaluate_all(
        "all => all.map(e => [e.innerText.split('\\n').at(-1), "
        "new URL(e.href).pathname])"
    )
    assert told == [
        ["Home", "/"],
        ["Draw", "/Draw"],
        ["Look inside", "/Look_inside"],
        ["Architecture", "/Architecture"],
        ["Train", "/Train"],
        ["Mistakes", "/Mistakes"],
        ["Compare", "/Compare"],
    ]


@pytest.mark.parametrize(
    ("link", "part"),
    [
        ("Look_inside?test=3", ".st-key-inside_overview"),
        ("Mistakes", ".st-key-confusion"),
        ("Compare?runs=pretrained,mnist-only", ".st-key-compare-loss"),
    ],
)
def test_what_comes_late_has_its_place_before_so_that_nothing_jumps(
    link, part, page, lab
):
    held = []
    component = re.compile(r"/BidiComponent\.")

    def hold(route) -> None:
        held.append(route)

    page.route(component, hold)
    page.goto(f"{lab.url}/{link}")
    place = page.locator(part)
    page.wait_for_function(
        "part => document.querySelector(part)?.clientHeight > 200", arg=part
    )
    before = place.bounding_box()["height"]
    assert held
    for route in held:
        route.continue_()
    page.unroute(component)
    place.locator(".main-svg, canvas").first.wait_for()
    page.wait_for_timeout(500)
    assert place.bounding_box()["height"] == pytest.approx(before, abs=2)


def test_back_leads_to_the_page_before(page, lab):
    page.goto(lab.url)
    wait_until_drawn(page)
    home = page.title()
    page.get_by_test_id("stSidebar").get_by_role("link", name="Train").click()
    page.wait_for_url("**/Train*")
    wait_until_drawn(page)
    assert page.title() != home
    page.go_back()
    page.wait_for_function("title => document.title == title", arg=home)


def test_who_goes_and_comes_back_within_a_networks_delay_finds_the_page(page, lab):
    sockets, passed, held = [], [], []
    holds = False

    def through_a_network(socket) -> None:
        def answer(frame: bytes) -> None:
            (held if holds else passed).append(frame)
            if not holds:
                socket.send(frame)

        socket.connect_to_server().on_message(answer)
        sockets.append(socket)

    def press(name: str) -> None:
        page.get_by_test_id("stSidebar").get_by_role("link", name=name).click()

    def wait_until_run(times: int, frames: list[bytes]) -> None:
        for _attempt in range(600):
            if sum(map(is_end_of_a_run, frames)) >= times:
                return
            page.wait_for_timeout(100)
        pytest.fail("waited in vain")

    page.route_web_socket("**/_stcore/stream", through_a_network)
    page.goto(f"{lab.url}/Compare?runs=pretrained,mnist-only")
    wait_until_drawn(page)
    # The table of runs looks again and again; what is below it gets old.
    wait_until_run(4, passed)
    holds = True
    press("Architecture")
    wait_until_run(1, held)
    press("Compare")
    wait_until_run(2, held)
    holds = False
    for frame in held:
        sockets[-1].send(frame)
    page.wait_for_url("**/Compare*")
    expect(page.get_by_text("One color a run")).to_be_visible()
    wait_until_drawn(page)


def is_end_of_a_run(frame: bytes) -> bool:
    return ForwardMsg.FromString(frame).WhichOneof("type") == "script_finished"


def test_the_server_says_nothing_worth_a_worry(lab):
    assert "Traceback" not in lab.log
    assert "Error" not in lab.log


def test_the_server_sends_each_answer_at_once(lab):
    if not Path("/proc/self/maps").is_file():
        pytest.skip("reads what a process has loaded from /proc")
    # uvloop switches Nagle's algorithm off; asyncio does not for Streamlit's socket.
    assert "uvloop" in Path(f"/proc/{lab.process.pid}/maps").read_text()


# How far from its middle a finger may press it, to the left, right, up and down.
REACH = """e => {
  const box = e.getBoundingClientRect()
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  return [[-1, 0], [1, 0], [0, -1], [0, 1]].map(([across, down]) => {
    const at = (far) => document.elementFromPoint(x + far * across, y + far * down)
    let far = 0
    while (far < 60 && e.contains(at(far))) far += 1
    return far
  })
}"""


def test_a_link_in_the_menu_closes_it_on_a_phone(open_page, lab):
    size = {"width": 390, "height": 844}
    page = open_page(viewport=size, has_touch=True, is_mobile=True)
    page.goto(lab.url)
    wait_until_drawn(page)
    # The line with its button covers the text that scrolls by, and not the title.
    style = "(e, name) => getComputedStyle(e)[name]"
    header, app = page.get_by_test_id("stHeader"), page.get_by_test_id("stApp")
    ground = header.evaluate(style, "backgroundColor")
    assert ground == app.evaluate(style, "backgroundColor") != "rgba(0, 0, 0, 0)"
    menu = page.get_by_test_id("stSidebar")
    heights = [
        int(each.evaluate(style, "zIndex"))
        for each in (menu, page.locator("h1"), header)
    ]
    assert heights == sorted(set(heights), reverse=True)
    opens = page.get_by_test_id("stExpandSidebarButton").locator("visible=true")
    assert min(opens.evaluate(REACH)) >= 20
    opens.tap()
    for link in menu.get_by_role("link").all():
        assert link.bounding_box()["height"] >= 40
    menu.get_by_role("link", name="Train").tap()
    page.wait_for_url("**/Train*")
    page.get_by_test_id("stExpandSidebarButton").wait_for()
    page.wait_for_function(
        "() => document.querySelector('[data-testid=stSidebar]')"
        ".getBoundingClientRect().right <= 0"
    )


def test_architecture_shows_where_the_parameters_are_beside_the_network(page, lab):
    page.goto(f"{lab.url}/Architecture")
    wait_until_drawn(page)
    image = page.locator(".volumes i").first
    for width, height in ((1920, 1080), (1280, 800), (1024, 768), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        for seen in (
            page.get_by_text("of its 3,156,098 parameters"),
            page.get_by_text("3,137,000 parameters"),
            page.get_by_role("link", name="Look inside it"),
        ):
            expect(seen).to_be_in_viewport(ratio=1)
        box = image.bounding_box()
        assert abs(box["width"] - box["height"]) < 2
        if width >= 1024:  # a class sees them in one line
            below = page.locator(".volumes figcaption")
            assert len({round(each.bounding_box()["y"]) for each in below.all()}) == 1
        # No column of the table is cut off.
        table = page.locator(".wide-table")
        assert table.evaluate("e => e.scrollWidth <= e.clientWidth + 1")
