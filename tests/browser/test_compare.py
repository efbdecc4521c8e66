"""Compare in Chromium: ticking rows, curves, stars, deleting, and a class' link."""

import re
import shutil

import pytest
from playwright.sync_api import Locator, Page, expect

from mnist_cnn import runs
from mnist_cnn.digits import mnist
from mnist_cnn.runs import Status

WRONG = ([1, 2, 3], [3, 4])


@pytest.fixture(scope="module")
def server(start_server, small_mnist):
    return start_server(MNIST_CNN_DATA=str(small_mnist))


@pytest.fixture
def lab(recorded_run, server, small_mnist, monkeypatch):
    """A server over two finished runs, on the digits that they were tested on."""
    monkeypatch.setenv("MNIST_CNN_RUNS", str(server.runs))
    monkeypatch.setenv("MNIST_CNN_DATA", str(small_mnist))
    for run in runs.list_runs():
        shutil.rmtree(run.path)
    digits = mnist.load()
    server.digits = digits
    server.made = [
        recorded_run(digits, preset=preset, name=preset, wrong=wrong)
        for preset, wrong in zip(("seed", "small"), WRONG, strict=True)
    ]
    return server


def box_of(page: Page, run_id: str) -> Locator:
    """Where that run is ticked in the table."""
    return page.locator(f"[data-run='{run_id}'] input")


def expect_linked(page: Page, *made: runs.Run) -> None:
    text = "(,|%2C)".join(run.id for run in made)
    expect(page).to_have_url(re.compile(rf"runs={text}$"))


def expect_lines(page: Page, chart: str, count: int) -> None:
    lines = page.locator(f"[data-chart={chart}] .scatterlayer .trace.scatter")
    expect(lines).to_have_count(count)


def test_two_ticked_runs_are_compared_starred_and_deleted(recorded_run, lab, page):
    seed, small = lab.made
    page.goto(f"{lab.url}/Compare")
    box_of(page, seed.id).click()
    expect_linked(page, seed)
    expect_lines(page, "compare-loss", 2)
    # A run that comes in meanwhile moves the rows, and neither choice nor focus.
    box_of(page, small.id).focus()
    linear = recorded_run(lab.digits, preset="linear", name="=linear", wrong=[5])
    expect(box_of(page, linear.id)).to_be_visible()
    page.keyboard.press("Space")
    expect_linked(page, seed, small)
    # A head sorts, up and down; what is in the table can be taken along.
    names = page.locator("[data-run] label")
    accuracy = page.get_by_role("button", name="Accuracy")
    for place in (0, 4):
        accuracy.click()
        expect(names.nth(place)).to_have_text("seed")
    page.get_by_role("button", name="Filter and sort").click()
    with page.expect_download() as started:
        page.get_by_role("button", name="Download as CSV").click()
    lines = started.value.path().read_text(encoding="utf-8").splitlines()
    # As a spreadsheet wants it: it knows the letters, and computes nothing.
    assert any(line.startswith("'=linear,") for line in lines)
    assert lines[0].startswith(
        "\ufeffName,Accuracy,Parameters,Loss,Seconds,Status,Settings"
    )
    assert "seed,0.985," in lines[-1]
    page.keyboard.press("Escape")
    expect_lines(page, "compare-loss", 4)
    expect_lines(page, "compare-accuracy", 4)
    assert page.locator("[data-chart=compare-loss]").get_attribute("data-mounts") == "1"
    expect(page.get_by_text("different classes for 3 of 200 digits")).to_be_visible()
    expect(page.locator("[data-key=gallery-disagreements] .digit")).to_have_count(3)

    change = page.get_by_role("button", name="Change")
    change.first.click()
    page.get_by_role("button", name="Star").click()
    expect(page.get_by_text("★ seed ·")).to_be_visible()
    assert seed.starred
    assert not small.starred

    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Rename")).to_have_count(0)
    change.nth(1).click()
    delete = page.get_by_role("button", name="Delete", exact=True)
    expect(delete).to_be_disabled()
    page.get_by_text("Delete its curves and its network for good").click()
    expect(delete).to_be_enabled()
    delete.click()
    expect_linked(page, seed)
    expect_lines(page, "compare-loss", 2)
    assert small.id not in [run.id for run in runs.list_runs()]


def test_a_link_shows_a_phone_the_same_and_a_digit_opens_in_look_inside(lab, open_page):
    link = ",".join(run.id for run in lab.made)
    phone = open_page(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    # Made up as they are, these runs have no network of their own.
    for run in lab.made:
        shared = runs.find(runs.PRETRAINED).weights_path
        run.weights_path.write_bytes(shared.read_bytes())
    phone.goto(f"{lab.url}/Compare?runs={link}")
    digits = phone.locator("[data-key=gallery-disagreements] .digit")
    expect(digits).to_have_count(3)
    wide = phone.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= 390
    # A network's answer and its probability stand in one line, also the surest.
    lines = digits.locator(".small")
    lines.evaluate_all("all => all.forEach(e => e.lastChild.data = '3 · >99.9%')")
    assert max(line.bounding_box()["height"] for line in lines.all()) < 30
    # That there are more runs than are seen is seen.
    table = phone.locator(".frame")
    expect(table).to_have_class(re.compile("more"))
    table.evaluate("e => e.scrollTo(0, e.scrollHeight)")
    expect(table).not_to_have_class(re.compile("more"))
    # Each number of a mistake can be read; a right one is told by a tap.
    matrix = phone.locator("[data-chart^=compare-confusion]").first
    matrix.scroll_into_view_if_needed()
    numbers = matrix.locator(".textpoint text")
    expect(numbers).to_have_count(3)
    size = "e => parseFloat(getComputedStyle(e).fontSize)"
    assert {each.evaluate(size) for each in numbers.all()} == {16}
    square = matrix.locator(".nsewdrag").bounding_box()
    phone.touchscreen.tap(square["x"] + 12, square["y"] + 12)
    expect(matrix.get_by_text("true digit 0, predicted 0")).to_be_visible()
    number = digits.first.get_attribute("data-index")
    digits.first.click()
    expect(phone.get_by_role("heading", name="Look inside", exact=True)).to_be_visible()
    expect(phone.get_by_label("Number in the test set")).to_have_value(number)


def test_a_run_that_goes_on_grows_in_place(lab, page):
    made = lab.made[0]
    whole = made.metrics_path.read_bytes().splitlines(keepends=True)
    half = len(whole) // 2
    made.metrics_path.write_bytes(b"".join(whole[:half]))
    status = made.status()
    with made.lock():
        made.write_status(Status("running", steps_per_epoch=30, epochs_done=1))
        page.goto(f"{lab.url}/Compare?runs={made.id}")
        chart = page.locator("[data-chart=compare-loss]")
        expect(chart).to_have_attribute("data-draws", re.compile(r"\d+"))
        with made.metrics_path.open("ab") as file:
            file.write(b"".join(whole[half:]))
        expect(chart).to_have_attribute(
            "aria-label", re.compile("after epoch 3$"), timeout=30_000
        )
    made.write_status(status)
    expect(page.get_by_text("· done")).to_be_visible()
    assert chart.get_attribute("data-mounts") == "1"


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844), (1920, 1080)])
def test_a_tick_and_the_verdict_on_it_are_seen_together(lab, open_page, width, height):
    seed, small = lab.made
    is_phone = width == 390
    page = open_page(
        viewport={"width": width, "height": height},
        has_touch=is_phone,
        is_mobile=is_phone,
    )
    name = "W" * 40
    seed.rename(name)
    page.goto(f"{lab.url}/Compare?runs={small.id}")
    expect_lines(page, "compare-loss", 2)
    row, table = page.locator(f"[data-run='{seed.id}']"), page.locator(".frame")
    (row.tap if is_phone else row.click)()
    expect_linked(page, small, seed)
    expect(page.get_by_text("is best: 2 mistakes in 200")).to_be_in_viewport(ratio=1)
    expect(table).to_be_in_viewport(ratio=1)
    if not is_phone:
        for measure in ("loss", "accuracy"):
            chart = page.locator(f"[data-chart=compare-{measure}]")
            expect(chart).to_be_in_viewport(ratio=0.9)
            expect(chart.locator(".xaxislayer-above text").first).to_be_visible()
    wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= width
    # Nothing is cut off, in the table, the box and what follows, or too small.
    places = table, page.locator("[data-tag] span").last, page.locator(".wide-table")
    for text in (*places, row.locator("td").last):
        inner = text.evaluate("e => [e.scrollWidth, e.clientWidth]")
        assert inner[0] <= inner[1] + 1
        assert text.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 16
    expect(row).to_contain_text(name)
