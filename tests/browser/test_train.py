"""What a class does on the Train page: a real server, real trainings, Chromium."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
COMPLETE_MNIST = ROOT.parent / "shared" / "data" / "mnist.npz"
LOSS = "[data-chart^='loss-']"
STARTS_WITHIN_MS = 90_000


class Lab:
    """A server over a runs folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        environment = os.environ | {"MNIST_CNN_RUNS": str(self.folder)}
        if COMPLETE_MNIST.is_file():
            environment["MNIST_CNN_DATA"] = str(COMPLETE_MNIST)
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "streamlit", "run", "app.py"),
                    f"--server.port={self.port}",
                    "--server.address=127.0.0.1",
                ],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )
        for _ in range(150):
            try:
                urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1)
                return
            except OSError:
                time.sleep(0.2)
        raise AssertionError("The server did not start.")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)

    def close(self) -> None:
        self.stop()
        mark = f"MNIST_CNN_RUNS={self.folder}".encode()
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (process / "environ").read_bytes().split(b"\0"):
                    os.kill(int(process.name), signal.SIGKILL)
            except OSError:
                continue

    def runs(self) -> list[Path]:
        return [path.parent for path in self.folder.glob("*/config.json")]

    def lines(self, run_id: str, kind: str) -> list[dict]:
        text = (self.folder / run_id / "metrics.jsonl").read_text()
        lines = [json.loads(line) for line in text.splitlines(keepends=False) if line]
        return [line for line in lines if line["kind"] == kind]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    lab = Lab(tmp_path_factory.mktemp("runs"))
    yield lab
    lab.close()


@pytest.fixture
def errors():
    return []


@pytest.fixture
def page(browser, lab, errors):
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(30_000)

    def note(message):
        asked = message.location.get("url", "")
        known = asked.endswith(("/_stcore/health", "/_stcore/host-config"))
        if message.type == "error" and not known:
            errors.append(f"{message.text} {asked}")

    def note_request(request):
        if not request.url.startswith((lab.url, "blob:", "data:")):
            errors.append(f"asked another host: {request.url}")

    page.on("console", note)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", note_request)
    yield page
    context.close()


def set_up(page, lab, *, epochs: int, examples: int) -> None:
    page.goto(f"{lab.url}/Train")
    page.get_by_text("All settings").click()
    for name, value in (("Epochs", epochs), ("Training digits", examples)):
        field = page.get_by_label(name, exact=True)
        field.fill(str(value))
        field.press("Tab")


def start(page, lab, *, epochs: int = 1, examples: int = 3000, presses: int = 1) -> str:
    """Starts a training and waits for its first point; gives the run's id."""
    before = {path.name for path in lab.runs()}
    set_up(page, lab, epochs=epochs, examples=examples)
    for _ in range(presses):
        page.get_by_role("button", name="Start training").click()
    page.wait_for_function(
        "old => { const run = new URL(location).searchParams.get('run');"
        "return run && !old.includes(run) }",
        arg=sorted(before),
    )
    run_id = page.evaluate("() => new URL(location).searchParams.get('run')")
    page.wait_for_function(
        "id => document.querySelector(`[data-chart='loss-${id}']`)"
        "?.data?.[0].x.length > 0",
        arg=run_id,
        timeout=STARTS_WITHIN_MS,
    )
    return run_id


def wait_for_state(page, word: str, timeout: float = 60_000) -> None:
    badge = page.get_by_test_id("stHeading").filter(has_text=re.compile(f"{word}$"))
    badge.first.wait_for(timeout=timeout)


def newest_step(page) -> int:
    return page.evaluate(f'() => document.querySelector("{LOSS}").data[0].x.at(-1)')


def test_five_presses_are_one_training_whose_curve_grows_in_one_chart(
    page, lab, errors
):
    run_id = start(page, lab, epochs=2, presses=5)
    assert len(lab.runs()) == 1
    page.evaluate(f"() => {{ document.querySelector(\"{LOSS}\").mine = 'the same' }}")
    wait_for_state(page, "done")
    last = lab.lines(run_id, "batch")[-1]
    page.wait_for_function(
        f'step => document.querySelector("{LOSS}").data[0].x.at(-1) == step',
        arg=last["step"],
    )
    drawn = page.evaluate(f'() => document.querySelector("{LOSS}").data[0].y.at(-1)')
    assert drawn == last["loss"]
    for chart in ("loss", "accuracy"):
        attributes = page.locator(f"[data-chart='{chart}-{run_id}']")
        assert attributes.get_attribute("data-mounts") == "1"
        assert int(attributes.get_attribute("data-updates")) > 3
    assert page.evaluate(f"() => document.querySelector(\"{LOSS}\").mine == 'the same'")
    assert page.get_by_text("accuracy 0.").count() >= 1
    assert errors == []


def test_a_training_is_steered_and_each_command_is_obeyed_once(page, lab, errors):
    run_id = start(page, lab, epochs=3, examples=5000)
    page.get_by_role("button", name="Pause").click()
    wait_for_state(page, "paused")
    paused_at = lab.lines(run_id, "batch")[-1]["step"]
    page.get_by_role("tab", name="Last batch").click()
    page.get_by_text("The digits of the last batch").first.wait_for()
    page.get_by_role("button", name="One batch").click()
    page.wait_for_function(
        f'step => document.querySelector("{LOSS}").data[0].x.at(-1) == step',
        arg=paused_at + 1,
    )
    time.sleep(1)
    assert newest_step(page) == paused_at + 1
    page.get_by_role("button", name="Learning rate").click()
    page.get_by_label("New learning rate").fill("0.0005")
    page.get_by_role("button", name="Set", exact=True).click()
    page.wait_for_function(
        f'() => document.querySelector("{LOSS}").data.some(trace => '
        "trace.text?.some(text => text?.includes('Learning rate set to 0.0005')))"
    )
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Stop").click()
    wait_for_state(page, "stopped")
    marks = [line["what"] for line in lab.lines(run_id, "mark")]
    assert marks == ["pause", "one_batch", "learning_rate", "stop"]
    assert lab.lines(run_id, "batch")[-1]["step"] == paused_at + 1
    assert page.locator(LOSS).get_attribute("data-mounts") == "1"
    assert errors == []


def test_the_run_stays_on_the_page_through_reload_back_and_another_browser(
    page, lab, browser, errors
):
    run_id = start(page, lab, epochs=4, examples=4000)
    chart = page.locator(f"[data-chart='loss-{run_id}'] .main-svg").first
    page.reload()
    chart.wait_for()
    page.get_by_test_id("stSidebar").get_by_role("link", name="Home").click()
    page.get_by_role("heading", name="Train", exact=True).wait_for(state="detached")
    page.go_back()
    chart.wait_for()
    assert f"run={run_id}" in page.url
    page.get_by_test_id("stSidebar").get_by_role("link", name="Home").click()
    page.get_by_role("heading", name="Train", exact=True).wait_for(state="detached")
    page.get_by_test_id("stSidebar").get_by_role("link", name="Train").click()
    chart.wait_for()
    other = browser.new_context()
    watcher = other.new_page()
    watcher.goto(f"{lab.url}/Train?run={run_id}")
    watcher.locator(f"[data-chart='loss-{run_id}'] .main-svg").first.wait_for()
    watcher.get_by_role("button", name="Stop").click()
    wait_for_state(page, "stopped")
    other.close()
    assert errors == []


def test_a_training_goes_on_while_the_server_restarts(page, lab):
    run_id = start(page, lab, epochs=6, examples=4000)
    lab.stop()
    before = lab.lines(run_id, "batch")[-1]["step"]
    lab.start()
    page.goto(f"{lab.url}/Train")
    page.wait_for_function(
        f'step => document.querySelector("{LOSS}")?.data?.[0].x.at(-1) > step',
        arg=before,
    )
    page.get_by_role("button", name="Stop").click()
    wait_for_state(page, "stopped")


def test_a_killed_training_is_said_within_five_seconds_and_its_curve_kept(
    page, lab, errors
):
    run_id = start(page, lab, epochs=10, examples=4000)
    status = json.loads((lab.folder / run_id / "status.json").read_text())
    os.kill(status["pid"], signal.SIGKILL)
    wait_for_state(page, "failed", timeout=5_000)
    page.get_by_text("The training process ended without a word").wait_for()
    assert newest_step(page) == lab.lines(run_id, "batch")[-1]["step"]
    assert page.locator(LOSS).get_attribute("data-mounts") == "1"
    assert errors == []


def test_a_run_deleted_in_another_tab_is_a_sentence(page, lab, browser, errors):
    run_id = start(page, lab)
    wait_for_state(page, "done")
    other = browser.new_context()
    tab = other.new_page()
    tab.goto(f"{lab.url}/Train?run={run_id}")
    # Newest first, so this run's row is the first.
    tab.get_by_role("button", name="Change").first.click()
    tab.get_by_text("Delete its curves and its network for good").click()
    tab.get_by_role("button", name="Delete", exact=True).click()
    tab.wait_for_function("() => !location.href.includes('" + run_id + "')")
    other.close()
    page.reload()
    page.get_by_text("It may have been deleted").first.wait_for()
    page.get_by_role("button", name="Start training").wait_for()
    assert errors == []
