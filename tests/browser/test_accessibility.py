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
      found.push([parseFloat(getComputedStyle(each).fontSize), text.slice(0, 40)])
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


@pytest.fixture(scope="module")
def lab(start_server, recorded_run, small_mnist):
    """A server with two finished runs, on the digits that they were tested on."""
    with pytest.MonkeyPatch.context() as patch:
        server = start_server(MNIST_CNN_DATA=str(small_mnist))
        patch.setenv("MNIST_CNN_RUNS", str(server.runs))
        patch.setenv("MNIST_CNN_DATA", str(small_mnist))
        made = [recorded_run(mnist.load(), wrong=wrong) for wrong in ([1, 2], [2, 3])]
        network = runs.find(runs.PRETRAINED).weights_path
        for run in made:
            shutil.copy(network, run.weights_path)
        server.links = {"run": made[0].id, "other": made[1].id}
        yield server


def is_drawn(page) -> None:
    page.get_by_test_id("stHeading").first.wait_for()
    page.wait_for_function(
        "() => document.querySelector('[data-testid=stApp]')"
        ".dataset.testScriptState == 'notRunning'"
    )
    # Colors fade, and charts follow a frame or two later.
    page.wait_for_timeout(700)


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious_and_a_projector_shows_no_small_text(
    name, open_page, lab
):
    page = open_page(viewport=WIDE)
    page.goto(f"{lab.url}/{PAGES[name].format(**lab.links)}")
    is_drawn(page)
    if name == "Draw":
        page.get_by_role("radio", name="Test digit").click()
        page.mouse.move(0, 0)
        is_drawn(page)
    found = []
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_function(
                "scheme => getComputedStyle(document.querySelector"
                "('[data-testid=stApp]')).colorScheme == scheme",
                arg=scheme,
            )
            is_drawn(page)
            found += [
                (size["width"], scheme, violation["id"], node["html"][:200])
                for violation in Axe().run(page, options=OPTIONS).response["violations"]
                if violation["impact"] in GRAVE or violation["id"] == "heading-order"
                for node in violation["nodes"]
            ]
    assert found == [], json.dumps(found, indent=1)
    page.set_viewport_size(PROJECTOR)
    is_drawn(page)
    texts = page.evaluate(TEXTS)
    assert len(texts) > 20
    assert [each for each in texts if each[0] < 16] == []
