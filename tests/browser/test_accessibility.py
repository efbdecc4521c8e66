"""What axe-core finds on each page: nothing serious, wide or narrow, light or dark.

And whether it is read from the last row, where a projector shows it.
"""

import json
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe

from mnist_cnn import runs
from mnist_cnn.digits import mnist

# That a name begins with what is seen is for those who speak to their computer; axe
# looks for it only when asked.
OPTIONS = {
    "resultTypes": ["violations"],
    "rules": {"label-content-name-mismatch": {"enabled": True}},
}
GRAVE = ("serious", "critical")
# What lies over the page: then axe looks at nothing else.
BOX = "[data-testid=stPopoverBody], [role=dialog]"
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
PROJECTOR = {"width": 1920, "height": 1080}
# Every text that is seen, in charts and components too, and its size in pixels.
TEXTS = """() => {
  const found = []
  const look = (root) => {
    for (const each of root.querySelectorAll("*")) {
      if (each.shadowRoot) look(each.shadowRoot)
      const own = [...each.childNodes].filter((node) => node.nodeType === 3)
      const text = own.map((node) => node.textContent.trim()).join(" ").trim()
      if (!text || !each.checkVisibility({ visibilityProperty: true })) continue
      if (each.getBoundingClientRect().width < 2) continue
      const size = parseFloat(getComputedStyle(each).fontSize)
      const place = each.parentNode.classList?.value ?? ""
      found.push([size, text.slice(0, 40), place])
    }
  }
  look(document.querySelector("[data-testid=stApp]"))
  return found
}"""
PAGES = {
    "Home": "",
    "Train": "Train?run={run}",
    "Architecture": "Architecture",
    "Draw": "Draw",
    "Look inside a layer": "Look_inside?test=3&view=layer",
    "what mattered": "Look_inside?test=3&view=mattered",
    "what if": "Look_inside?test=3&view=what-if",
    "Mistakes": "Mistakes",
    "Compare": "Compare?runs={run},{other}",
}
# What opens on a page: presses, and whenever some of them are done, axe looks.
OPENED = {
    "Train?run={run}": (
        (
            "Change settings",
            "All settings",
            "Data, and fine-tuning",
            "Build your own network",
            "Take it home",
        ),
        ("Change",),
        ("Share",),
        ("Show it big",),
    ),
    "Draw?network={grown}": (
        (
            "Test digit",
            "When did it begin to read my digit?",
            "Just resize",
            "Compare with another network",
            "Break it",
        ),
    ),
    "Look_inside?test=3": (("Break it",),),
    "Compare?runs={run},{other}": (("Filter and sort",),),
}


@pytest.fixture(scope="module")
def lab(start_server, recorded_run, run_with_history, small_mnist):
    """A server with finished runs, two on the digits that they were tested on."""
    with pytest.MonkeyPatch.context() as patch:
        server = start_server(MNIST_CNN_DATA=str(small_mnist))
        patch.setenv("MNIST_CNN_RUNS", str(server.runs))
        patch.setenv("MNIST_CNN_DATA", str(small_mnist))
        made = [recorded_run(mnist.load(), wrong=wrong) for wrong in ([1, 2], [2, 3])]
        network = runs.find(runs.PRETRAINED).weights_path
        for run in made:
            shutil.copy(network, run.weights_path)
        server.links = {"run": made[0].id, "other": made[1].id}
        server.links["grown"] = run_with_history().id
        yield server


def is_drawn(page) -> None:
    page.get_by_test_id("stHeading").first.wait_for()
    page.wait_for_function(
        "() => document.querySelector('[data-testid=stApp]')"
        ".dataset.testScriptState == 'notRunning'"
    )
    # Colors fade, and charts follow a frame or two later.
    page.wait_for_timeout(700)


def grave_findings(page, size, scheme) -> list[tuple]:
    """What axe finds at that size and in that color scheme."""
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(
        "scheme => getComputedStyle(document.querySelector"
        "('[data-testid=stApp]')).colorScheme == scheme",
        arg=scheme,
    )
    is_drawn(page)
    within = BOX if page.locator(BOX).count() else None
    found = Axe().run(page, context=within, options=OPTIONS).response["violations"]
    return [
        (size["width"], scheme, violation["id"], node["html"][:200])
        for violation in found
        if violation["impact"] in GRAVE or violation["id"] == "heading-order"
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious_and_a_projector_shows_no_small_text(
    name, open_page, lab
):
    page = open_page(viewport=WIDE)
    page.goto(f"{lab.url}/{PAGES[name].format(**lab.links)}")
    is_drawn(page)
    if name == "Draw":
        page.get_by_role("radio", name="Test digit").click()  # and the mouse stays
        is_drawn(page)
    found = [
        finding
        for size in (WIDE, NARROW)
        for scheme in ("light", "dark")
        for finding in grave_findings(page, size, scheme)
    ]
    assert found == [], json.dumps(found, indent=1)
    ticks = [each for each in page.evaluate(TEXTS) if each[2] in ("xtick", "ytick")]
    assert [each for each in ticks if each[0] < 16] == []
    page.set_viewport_size(PROJECTOR)
    is_drawn(page)
    texts = page.evaluate(TEXTS)
    assert len(texts) > 20
    assert [each for each in texts if each[0] < 16] == []


@pytest.mark.parametrize("link", OPENED)
def test_axe_finds_nothing_serious_in_what_a_press_opens(link, open_page, lab):
    # Who comes through a proxy is shown QR codes.
    proxy = {"X-Forwarded-For": "192.0.2.1"}
    page = open_page(viewport=WIDE, extra_http_headers=proxy)
    page.goto(f"{lab.url}/{link.format(**lab.links)}")
    found = []
    for presses in OPENED[link]:
        for name in presses:
            page.get_by_text(name, exact=True).first.click()
        page.mouse.move(0, 0)
        for size, scheme in ((WIDE, "light"), (NARROW, "dark")):
            found += grave_findings(page, size, scheme)
    assert found == [], json.dumps(found, indent=1)
