"""What a class does on the Train page: a real server, real trainings, Chromium."""

import gzip
import io
import json
import os
import re
import signal
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from mnist_cnn import runs

LOSS = "[data-chart^='loss-']"
TRACE = f'document.querySelector("{LOSS}")?._fullData?.[0]'
STARTS_WITHIN_MS = 120_000


@pytest.fixture(scope="module")
def lab(start_server, mnist, tmp_path_factory):
    """One server for this file, so that its worker is warm after the first training.

    Its digits are 4,000 to train on and 500 to test on, so that an epoch takes seconds.
    """
    digits = tmp_path_factory.mktemp("digits") / "mnist.npz"
    np.savez(
        digits,
        x_train=mnist.x_train[:4000],
        y_train=mnist.y_train[:4000],
        x_test=mnist.x_test[:500],
        y_test=mnist.y_test[:500],
    )
    return start_server(MNIST_CNN_DATA=str(digits))


def all_runs(lab) -> list[Path]:
    return [path.parent for path in lab.runs.glob("*/config.json")]


def lines(lab, run_id: str, kind: str) -> list[dict]:
    text = (lab.runs / run_id / "metrics.jsonl").read_text()
    measured = [json.loads(line) for line in text.splitlines() if line]
    return [line for line in measured if line["kind"] == kind]


def set_up(page, lab, *, epochs: int, examples: int) -> None:
    page.goto(f"{lab.url}/Train")
    page.get_by_text("All settings").click()
    for name, value in (("Epochs", epochs), ("Training digits", examples)):
        field = page.get_by_label(name, exact=True)
        field.fill(str(value))
        field.press("Tab")


def start(page, lab, *, epochs: int = 1, examples: int = 3000, presses: int = 1) -> str:
    """Starts a training and waits for its first point; gives the run's id."""
    before = {path.name for path in all_runs(lab)}
    set_up(page, lab, epochs=epochs, examples=examples)
    for _ in range(presses):
        page.get_by_role("button", name="Start training").click()
    return started(page, before)


def started(page, before: set[str]) -> str:
    """Waits for the first point of a run that was not there; gives its id."""
    page.wait_for_function(
        "old => { const run = new URL(location).searchParams.get('run');"
        "return run && !old.includes(run) }",
        arg=sorted(before),
    )
    run_id = page.evaluate("() => new URL(location).searchParams.get('run')")
    page.wait_for_function(
        "id => document.querySelector(`[data-chart='loss-${id}']`)"
        "?._fullData?.[0].x.length > 0",
        arg=run_id,
        timeout=STARTS_WITHIN_MS,
    )
    return run_id


def wait_for_state(page, word: str, timeout: float = 60_000) -> None:
    badge = page.get_by_test_id("stHeading").filter(has_text=re.compile(f"{word}$"))
    badge.first.wait_for(timeout=timeout)


def steering(page, name: str):
    """A button of the run's; Streamlit has a Stop of its own."""
    bar = page.get_by_role("group", name="Steer the run")
    return bar.get_by_role("button", name=name)


def go_home(page) -> None:
    page.get_by_test_id("stSidebar").get_by_role("link", name="Home").click()
    # The address changes a moment after the page; before that, Back leads elsewhere.
    page.wait_for_function("() => location.pathname === '/'")
    page.get_by_role("heading", name="Train", exact=True).wait_for(state="detached")


def newest_step(page) -> int:
    return page.evaluate(f"() => {TRACE}.x.at(-1)")


SIZES = ((1280, 800), (390, 844), (1920, 1080))
# How far what is seen has jumped without a press: Cumulative Layout Shift.
WATCH_SHIFTS = """() => {
  window.shift = 0
  const add = (list) => list.getEntries().forEach((entry) => {
    if (!entry.hadRecentInput) window.shift += entry.value
  })
  new PerformanceObserver(add).observe({ type: "layout-shift" })
}"""


def test_five_presses_are_one_training_seen_on_one_screen_where_nothing_jumps(
    page, lab
):
    set_up(page, lab, epochs=2, examples=3000)
    for _ in range(5):
        page.get_by_role("button", name="Start training").click()
    page.get_by_role("button", name="Change settings").wait_for()
    page.locator(f"{LOSS} .main-svg").first.wait_for(timeout=STARTS_WITHIN_MS)
    page.evaluate(WATCH_SHIFTS)
    page.wait_for_function(f"() => {TRACE}?.x.length > 0", timeout=STARTS_WITHIN_MS)
    run_id = page.evaluate("() => new URL(location).searchParams.get('run')")
    assert len(all_runs(lab)) == 1
    page.evaluate(f"() => {{ document.querySelector(\"{LOSS}\").mine = 'the same' }}")
    wait_for_state(page, "done")
    last = lines(lab, run_id, "batch")[-1]
    page.wait_for_function(
        f"step => {TRACE}.x.at(-1) == step",
        arg=last["step"],
    )
    drawn = page.evaluate(f"() => {TRACE}.y.at(-1)")
    assert drawn == pytest.approx(last["loss"], rel=1e-6)
    for chart in ("loss", "accuracy"):
        attributes = page.locator(f"[data-chart='{chart}-{run_id}']")
        assert attributes.get_attribute("data-mounts") == "1"
        assert int(attributes.get_attribute("data-updates")) > 3
    assert page.evaluate(f"() => document.querySelector(\"{LOSS}\").mine == 'the same'")
    page.get_by_text("accuracy 0.").first.wait_for()
    assert page.evaluate("() => window.shift") < 0.1
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for chart in ("loss", "accuracy", "kernels-now", "answers"):
            drawn = page.locator(f"[data-chart='{chart}-{run_id}']")
            expect(drawn).to_be_in_viewport(ratio=0.97)
        for name in ("Start training", "Another seed"):
            button = page.get_by_role("button", name=name)
            expect(button).to_be_in_viewport(ratio=1)
        expect(page.get_by_role("link", name="See its mistakes")).to_be_in_viewport()
    # A legend of two lines becomes one of one line, and lies over no curve.
    for width, height in ((1024, 768), (1280, 800)):
        draws = int(page.locator(LOSS).get_attribute("data-draws"))
        page.set_viewport_size({"width": width, "height": height})
        drawn = 'draws => document.querySelector("LOSS").dataset.draws > draws'
        page.wait_for_function(drawn.replace("LOSS", LOSS), arg=draws)
        legend, plot = (
            page.locator(f"{LOSS} {part}").first.bounding_box()
            for part in (".legend", ".gridlayer")
        )
        assert abs(legend["y"] + legend["height"] - plot["y"]) < 8, width
    page.set_viewport_size({"width": 640, "height": 400})  # 1280 zoomed to 200 %
    for chart in ("loss", "accuracy"):
        drawn = page.locator(f"[data-chart='{chart}-{run_id}']")
        drawn.scroll_into_view_if_needed()
        expect(drawn).to_be_in_viewport(ratio=0.97)
    page.set_viewport_size({"width": 1280, "height": 800})
    # The other pages open with it.
    expect(
        page.get_by_test_id("stSidebar").get_by_role("link", name="Draw")
    ).to_have_attribute("href", re.compile(f"network={run_id}"))
    # Its axis, which is fixed before the first point, follows the points.
    assert page.evaluate(
        "() => document.querySelector(\"[data-chart^='accuracy-']\")"
        "._fullLayout.yaxis.autorange"
    )


def test_a_training_is_steered_by_keyboard_and_each_command_is_obeyed_once(
    page, lab, tab_to
):
    before = {path.name for path in all_runs(lab)}
    page.goto(f"{lab.url}/Train")
    tab_to(page.get_by_role("button", name="Start training"))
    page.keyboard.press("Enter")
    run_id = started(page, before)
    tab_to(page.get_by_role("button", name="Pause"))
    page.keyboard.press("Enter")
    wait_for_state(page, "paused")
    paused_at = lines(lab, run_id, "batch")[-1]["step"]
    page.get_by_role("tab", name="Last batch").click()
    page.get_by_text("The digits of the last batch").first.wait_for()
    five = "button => { for (let i = 0; i < 5; i++) button.click() }"
    page.get_by_role("button", name="One batch").evaluate(five)
    page.wait_for_function(
        f"step => {TRACE}.x.at(-1) == step",
        arg=paused_at + 5,
    )
    time.sleep(1)
    assert newest_step(page) == paused_at + 5
    for width in (280, 390):  # where the thumb is, not beyond the edge
        page.set_viewport_size({"width": width, "height": 800})
        buttons = page.get_by_role("group", name="Steer the run").get_by_role("button")
        expect(buttons).to_have_count(8)
        for button in buttons.all():
            expect(button).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": 1280, "height": 1000})
    tab_to(page.get_by_role("button", name="÷10"))
    page.keyboard.press("Enter")
    page.wait_for_function(
        f'() => document.querySelector("{LOSS}").data.some(trace => '
        "trace.text?.some(text => text?.includes('Learning rate set to 0.0002')))"
    )
    tab_to(steering(page, "Stop"))
    page.keyboard.press("Enter")
    wait_for_state(page, "stopped")
    marks = [line["what"] for line in lines(lab, run_id, "mark")]
    assert marks == ["pause", *["one_batch"] * 5, "learning_rate", "stop"]
    assert lines(lab, run_id, "batch")[-1]["step"] == paused_at + 5
    assert page.locator(LOSS).get_attribute("data-mounts") == "1"


def test_the_run_stays_on_the_page_through_reload_back_and_another_browser(
    page, lab, open_page
):
    run_id = start(page, lab, epochs=40, examples=4000)
    chart = page.locator(f"[data-chart='loss-{run_id}'] .main-svg").first
    page.reload()
    chart.wait_for()
    go_home(page)
    page.go_back()
    chart.wait_for()
    assert f"run={run_id}" in page.url
    go_home(page)
    page.get_by_test_id("stSidebar").get_by_role("link", name="Train").click()
    chart.wait_for()
    watcher = open_page()
    watcher.goto(f"{lab.url}/Train?run={run_id}")
    watcher.locator(f"[data-chart='loss-{run_id}'] .main-svg").first.wait_for()
    expect(watcher.get_by_text("somebody else started").first).to_be_visible()
    expect(steering(watcher, "Stop")).to_have_count(0)
    steering(page, "Stop").click()
    wait_for_state(watcher, "stopped")


def test_settings_are_the_presets_even_if_their_fields_load_slowly(page, lab):
    """The page runs again when it knows the browser, perhaps before it has fields."""
    start(page, lab, epochs=40, examples=4000)
    slow = page.context.new_page()
    fields = re.compile(r"/(NumberInput|TextInput|Selectbox|Multiselect|Checkbox)\.")
    held = []

    def hold(route) -> None:
        held.append(route)

    slow.route(fields, hold)
    slow.goto(f"{lab.url}/Train")
    steering(slow, "Stop").wait_for(timeout=60_000)
    assert held
    for route in held:
        route.continue_()
    slow.unroute(fields)
    slow.get_by_text("All settings").click()
    slow.get_by_text("Build your own network").click()
    shown = {
        name: slow.get_by_label(name, exact=True).first.input_value()
        for name in ("Epochs", "Training digits", "Learning rate", "Dense units")
    }
    assert shown == {
        "Epochs": "3",
        "Training digits": "4000",
        "Learning rate": "0.002",
        "Dense units": "1000",
    }
    preset = slow.get_by_label("Preset")
    expect(preset).to_have_value(re.compile("First: Classroom"))
    for width, height in ((1920, 1080), (1280, 800), (1024, 768)):
        slow.set_viewport_size({"width": width, "height": height})
        # As wide as the longest name, "Break it: Learning rate times a hundred".
        em = "e => e.clientWidth / parseFloat(getComputedStyle(e).fontSize)"
        assert preset.evaluate(em) > 19
    steering(slow, "Stop").click()
    wait_for_state(page, "stopped")


def test_a_training_goes_on_while_the_server_restarts(page, lab):
    run_id = start(page, lab, epochs=40, examples=4000)
    lab.stop()
    before = lines(lab, run_id, "batch")[-1]["step"]
    lab.start()
    page.goto(f"{lab.url}/Train")
    page.wait_for_function(
        f"step => {TRACE}.x.at(-1) > step",
        arg=before,
    )
    steering(page, "Stop").click()
    wait_for_state(page, "stopped")
    # What the page said while there was no server.
    page.watch.errors.clear()


def test_a_killed_training_is_said_within_five_seconds_and_its_curve_kept(page, lab):
    run_id = start(page, lab, epochs=40, examples=4000)
    status = json.loads((lab.runs / run_id / "status.json").read_text())
    os.kill(status["pid"], signal.SIGKILL)
    wait_for_state(page, "failed", timeout=5_000)
    page.get_by_text("The training process ended without a word").wait_for()
    assert newest_step(page) == lines(lab, run_id, "batch")[-1]["step"]
    assert page.locator(LOSS).get_attribute("data-mounts") == "1"


def test_an_open_row_stays_its_runs_while_others_start_and_delete_runs(
    recorded_run, lab, page, mnist, monkeypatch
):
    monkeypatch.setenv("MNIST_CNN_RUNS", str(lab.runs))
    older, mine, newer = (
        recorded_run(mnist, name=name) for name in ("older", "mine", "newer")
    )
    page.goto(f"{lab.url}/Train?run={older.id}")
    row = page.locator(f".st-key-run_{mine.id}")
    row.get_by_role("button", name="Change").click()
    name = page.get_by_test_id("stPopoverBody").get_by_label("Name")
    name.fill("half a na")
    another = recorded_run(mnist, name="another")
    runs.delete(newer)
    page.locator(f".st-key-run_{newer.id}").wait_for(state="detached")
    expect(name).to_have_value("half a na")
    # A row that comes in above would move the open one, which a slow browser closes.
    expect(page.locator(f".st-key-run_{another.id}")).to_have_count(0)
    page.get_by_role("button", name="Star", exact=True).click()
    row.get_by_text("★").wait_for()
    assert [run.starred for run in (older, mine, another)] == [False, True, False]
    page.keyboard.press("Escape")
    page.locator(f".st-key-run_{another.id}").wait_for()
    # The shown one, deleted by somebody, goes from the page too.
    runs.delete(older)
    page.get_by_text("It may have been deleted").first.wait_for()
    expect(page.locator(f"[data-chart='loss-{older.id}']")).to_have_count(0)
    for run in (mine, another):
        runs.delete(run)


def test_a_run_deleted_in_another_tab_is_a_sentence(page, lab):
    run_id = start(page, lab)
    wait_for_state(page, "done")
    tab = page.context.new_page()  # of the same browser, which started the run
    tab.set_default_timeout(60_000)
    tab.goto(f"{lab.url}/Train?run={run_id}")
    # Newest first, so this run's row is the first.
    # The box follows its row, which moves until the charts above are drawn.
    tab.locator(f"[data-chart='answers-{run_id}'] .main-svg").first.wait_for()
    tab.get_by_role("button", name="Change", exact=True).first.click()
    tab.get_by_text("Delete its curves and its network for good").click()
    tab.get_by_role("button", name="Delete", exact=True).click()
    tab.wait_for_function("() => !location.href.includes('" + run_id + "')")
    page.reload()
    page.get_by_text("It may have been deleted").first.wait_for()
    page.get_by_role("button", name="Start training").wait_for()


def test_a_killed_worker_stops_no_training_and_a_new_one_takes_the_next(
    processes_of, page, lab
):
    first = start(page, lab, epochs=2, examples=4000)
    workers = [
        process
        for process in processes_of(lab.runs)
        if b"worker" in Path(f"/proc/{process}/cmdline").read_bytes()
    ]
    assert len(workers) == 1
    os.kill(workers[0], signal.SIGKILL)
    seen = newest_step(page)
    page.wait_for_function(
        f"step => {TRACE}.x.at(-1) > step",
        arg=seen,
    )
    second = start(page, lab, epochs=1, examples=2000)
    wait_for_state(page, "done")
    assert json.loads((lab.runs / first / "status.json").read_text())["state"] == "done"
    assert len(lines(lab, first, "epoch")) == 2
    assert len(lines(lab, second, "epoch")) == 1


def test_a_browser_that_slept_shows_the_end_when_it_wakes(page, lab):
    run_id = start(page, lab, epochs=2, examples=3000)
    status = lab.runs / run_id / "status.json"
    sleeping = page.context.new_cdp_session(page)
    sleeping.send("Page.setWebLifecycleState", {"state": "frozen"})
    until = time.monotonic() + 300
    while json.loads(status.read_text())["state"] != "done":
        assert time.monotonic() < until
        time.sleep(0.2)
    # After a night's sleep the server knows this browser no more.
    lab.stop()
    lab.start()
    sleeping.send("Page.setWebLifecycleState", {"state": "active"})
    wait_for_state(page, "done")
    last = lines(lab, run_id, "batch")[-1]
    page.wait_for_function(
        f"step => {TRACE}.x.at(-1) == step",
        arg=last["step"],
    )
    # What it says while it has no server.
    page.watch.errors.clear()


def test_files_that_cannot_be_taken_are_a_sentence_each_and_a_good_one_is_taken(
    page, lab, pen_list
):
    nobody = [{"label": x["label"], "strokes": x["strokes"]} for x in pen_list]
    point = b'[{"label": 1, "strokes": [[[NaN, 1]]]}]'
    many = b'[{"label": 1, "strokes": [[' + b"[1,2]," * 999_999 + b"[1,2]]]}]"
    bomb = b'[{"label":1,"strokes":[[' + b"[1,2]," * 16_000_000 + b"[1,2]]]}]"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", bytes(300_000_000))
        archive.writestr("y.npy", b"")
    hostile = {
        "nan.json": (point, "no numbers (NaN)"),
        "million.json": (many, "Digit 1 has 1,000,000 points"),
        "ten.json": (point.replace(b"NaN", b"0").replace(b"1,", b"10,"), "wrong label"),
        "words.json": (b"<b>hello", "neither a JSON list"),
        "nothing.json": (b"", "neither a JSON list"),
        "junk.json": (b"[" + b"\0junk" * 600_000, "It is no JSON"),
        "bomb.npz": (packed.getvalue(), "unfolds to more than fits"),
        "bomb.json.gz": (gzip.compress(bomb, 1), "more points than are drawn"),
    }
    page.goto(f"{lab.url}/Train")
    page.get_by_text("Data, and fine-tuning").click()
    box = page.get_by_test_id("stFileUploader").filter(has_text="Digits of your own")
    box.get_by_role("button", name="Upload", exact=True).wait_for()

    def send(name: str, content: bytes) -> None:
        file = {"name": name, "mimeType": "text/plain", "buffer": content}
        # A new box takes the place of the one before.
        expect(box.locator("input")).to_have_count(1)
        box.locator("input").set_input_files(file)

    for name, (content, sentence) in hostile.items():
        send(name, content)
        told = page.get_by_test_id("stAlert").filter(has_text=f"The file {name} ")
        expect(told).to_contain_text(sentence)
        expect(page.get_by_test_id("stException")).to_have_count(0)
    send("nobody.json", json.dumps(nobody).encode())
    expect(page.get_by_text("nobody.json", exact=True).first).to_be_visible()
    # Others are of runs that are shown.
    refused = page.get_by_test_id("stAlert").filter(has_text="The file ")
    expect(refused).to_have_count(0)
    status = Path(f"/proc/{lab.process.pid}/status").read_text()
    assert int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) < 700_000
