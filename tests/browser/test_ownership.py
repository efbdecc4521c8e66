"""The browser's key: kept over a reload, nobody else's, and no matter if denied."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from mnist_cnn import runs
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.runs import ownership

NAME = "mnist-cnn-key"
DENIED = """Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("denied", "SecurityError") } })"""


@pytest.fixture(scope="module")
def lab(start_server):
    return start_server()


def finished_run(lab, monkeypatch, key: str) -> runs.Run:
    monkeypatch.setenv("MNIST_CNN_RUNS", str(lab.runs))
    owner = ownership.owner_of(key)
    return runs.submit(TrainingConfig(epochs=1), owner=owner, state="stopped")


def key_of(page: Page, lab) -> str:
    page.goto(f"{lab.url}/Train")
    page.wait_for_function(f"localStorage.getItem('{NAME}') !== null")
    return page.evaluate(f"localStorage.getItem('{NAME}')")


def test_a_run_stays_with_its_browser_and_away_from_others(lab, open_page, monkeypatch):
    mine, other = open_page(), open_page()
    key = key_of(mine, lab)
    assert ownership.is_key(key)
    assert key != key_of(other, lab)
    run = finished_run(lab, monkeypatch, key)
    again = mine.get_by_role("button", name="Start again")
    for _visit in range(2):
        mine.goto(f"{lab.url}/Train?run={run.id}")
        expect(again).to_be_visible()
        assert mine.evaluate(f"localStorage.getItem('{NAME}')") == key
    other.goto(f"{lab.url}/Train?run={run.id}")
    expect(other.get_by_text("somebody else started")).to_be_visible()
    expect(other.get_by_role("button", name="Start again")).to_have_count(0)


def test_a_key_that_is_none_is_replaced(lab, open_page):
    page = open_page()
    key_of(page, lab)
    page.evaluate(f"localStorage.setItem('{NAME}', '<b>mine</b>')")
    page.reload()
    page.wait_for_function(f"localStorage.getItem('{NAME}') !== '<b>mine</b>'")
    assert ownership.is_key(page.evaluate(f"localStorage.getItem('{NAME}')"))


def test_without_local_storage_the_pages_work(lab, open_page):
    page = open_page()
    page.add_init_script(DENIED)
    page.goto(f"{lab.url}/Train")
    expect(page.get_by_role("button", name="Start training")).to_be_enabled()
    page.get_by_role("link", name="Architecture").click()
    expect(page.get_by_role("heading", name="Layer by layer")).to_be_visible()
