"""Looking inside in a real browser: clicks, drags, keys, play, links, phones."""

import base64
import re
from dataclasses import asdict
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from playwright.sync_api import expect

from mnist_cnn import runs
from mnist_cnn.digits.link import pack, unpack
from mnist_cnn.digits.transforms import Change, changed
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.figures import activations
from mnist_cnn.nn.layer_arithmetic import map_arithmetic
from mnist_cnn.runs import Status
from mnist_cnn.ui.components import layer_scrubber, live_reading, what_if
from mnist_cnn.ui.components.bundle import bundle
from mnist_cnn.ui.components.layer_scrubber import scrubber_data

WINDOW = Path(layer_scrubber.__file__).with_name("window_arithmetic.js")
PAYLOAD = Path(layer_scrubber.__file__).parents[1] / "payload.js"
CHANGE = Path(what_if.__file__).with_name("change.js")
PALETTE = Path(live_reading.__file__).with_name("palette.js")


@pytest.fixture(scope="module")
def networks(architectures, random_network):
    """Two, with known weights."""
    names = ("lecture", "batch norm, pool 3")
    return {name: random_network(architectures[name]) for name in names}


@pytest.fixture(scope="module")
def digit(a_seven):
    """What a link carries of a drawn 7."""
    return pack(a_seven)


@pytest.fixture(scope="module")
def lab(start_server, small_mnist, networks, digit):
    """A server, and what opens Look inside with each of the networks."""
    server = start_server(MNIST_CNN_DATA=str(small_mnist))
    queries = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MNIST_CNN_RUNS", str(server.runs))
        for name, network in networks.items():
            config = TrainingConfig(network=network.architecture)
            run = runs.submit(config, name=name, state="done")
            np.savez(run.weights_path, **network.weights)
            run.write_status(Status("done", epochs_done=1))
            queries[name] = {"network": run.id, "digit": digit}
    return server, queries


def go(page, lab, network="lecture", **query):
    server, queries = lab
    query = queries[network] | query
    parts = "&".join(f"{name}={value}" for name, value in query.items() if value)
    page.goto(f"{server.url}/Look_inside?{parts}")
    page.locator(".overview[data-draws]").wait_for()


def scrubber(page, layer, map_):
    found = page.locator(f".scrubber[data-layer='{layer}'][data-map='{map_}']")
    found.wait_for()
    return found


def window(forward, name, row, column):
    """What a layer's window covers there, (k, k, C); 0 where it hangs over the edge."""
    layer = forward.network.architecture.layer(name)
    zeros, size, stride = layer.zero_padding, layer.kernel[0], layer.stride
    padded = np.pad(forward.inputs[name][0], (zeros, zeros, (0, 0)))
    top, left = row * stride, column * stride
    return padded[top : top + size, left : left + size]


def added_by_channel(forward, name, map_, row, column):
    """What each input map adds to a pixel of a feature map, (C,)."""
    kernel = forward.network.weights[f"{name}/kernel"][..., map_]
    return (window(forward, name, row, column) * kernel).sum(axis=(0, 1))


def numbers(text):
    return [float(n) for n in re.findall(r"-?\d+\.\d+", text.replace("−", "-"))]


def place_of(found):
    return int(found.get_attribute("data-row")), int(found.get_attribute("data-column"))


def wait_for_place(page, row, column):
    page.locator(f".scrubber[data-row='{row}'][data-column='{column}']").wait_for()


def remember(page):
    """Marks the overview's element, to know it again."""
    page.locator(".overview").evaluate("element => element.mine = 'the same'")


def is_the_same(page):
    return page.locator(".overview").evaluate("element => Boolean(element.mine)")


def place(page, layer, tile, x=0.5, y=0.5):
    """Where on the screen a map's or unit's middle is, or another part of it."""
    box = page.locator(".overview").evaluate(
        "(element, [layer, tile]) => element.boxOf(layer, tile)", [layer, tile]
    )
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def click_tile(page, layer, tile):
    page.mouse.click(*place(page, layer, tile))


def test_a_click_on_a_map_opens_it_below_and_the_overview_stays(
    page, lab, networks, digit
):
    go(page, lab)
    remember(page)
    click_tile(page, "conv_2", 14)
    found = scrubber(page, "conv_2", 14)
    assert is_the_same(page)
    forward = networks["lecture"].forward(unpack(digit))
    row, column = place_of(found)
    *_, total, bias, before, result = numbers(found.locator(".sum").inner_text())
    expected = forward.pre_activations["conv_2"][0, row, column, 14]
    assert bias == pytest.approx(
        networks["lecture"].weights["conv_2/bias"][14], abs=1e-4
    )
    assert total + bias == pytest.approx(expected, abs=2e-4)
    assert before == pytest.approx(expected, abs=2e-4)
    assert result == pytest.approx(max(expected, 0), abs=2e-4)
    assert "unit=14" in page.url
    assert "layer=conv_2" in page.url


def test_contributions_of_every_input_map_are_listed_largest_first(
    page, lab, networks, digit
):
    go(page, lab, layer="conv_2", unit="5")
    found = scrubber(page, "conv_2", 5)
    forward = networks["lecture"].forward(unpack(digit))
    added = added_by_channel(forward, "conv_2", 5, *place_of(found))
    order = np.argsort(-np.abs(added), kind="stable")
    shown = numbers(" ".join(found.locator(".channel .value").all_inner_texts()))
    assert len(shown) == 32
    np.testing.assert_allclose(shown, added[order], atol=1e-4)
    colors = found.locator(".channel canvas").evaluate_all(
        """(canvases, place) => canvases.map((canvas) => {
          const x = (place[1] + 0.5) / 14 * canvas.width
          const y = (place[0] + 0.5) / 14 * canvas.height
          return [...canvas.getContext("2d").getImageData(x, y, 1, 1).data]
        })""",
        list(place_of(found)),
    )
    # Orange where a map adds, blue where it takes away.
    for (red, _green, blue, _), value in zip(colors[:6], shown, strict=False):
        assert (red > blue) == (value > 0)
    second = found.locator(".channel").nth(1)
    second.click()
    assert second.get_attribute("aria-pressed") == "true"
    assert numbers(found.locator(".sum").inner_text())[0] == shown[1]


def test_the_window_follows_drag_keys_and_sliders_without_asking_the_server(
    page, lab, networks, digit
):
    sent = []

    def note(frame):
        sent.append(frame)

    page.on("websocket", lambda socket: socket.on("framesent", note))
    go(page, lab, layer="conv_1", unit="3")
    found = scrubber(page, "conv_1", 3)
    output = found.locator(".output canvas")
    output.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    sent.clear()
    box = output.bounding_box()
    cell = box["width"] / 28
    page.mouse.move(box["x"] + 10.5 * cell, box["y"] + 6.5 * cell)
    page.mouse.down()
    wait_for_place(page, 6, 10)
    page.mouse.move(box["x"] + 20.5 * cell, box["y"] + 9.5 * cell, steps=4)
    wait_for_place(page, 9, 20)
    page.mouse.up()
    output.press("ArrowLeft")
    output.press("ArrowDown")
    wait_for_place(page, 10, 19)
    found.locator("input[type=range]").first.fill("0")
    found.locator("input[type=range]").last.fill("27")
    wait_for_place(page, 0, 27)
    assert found.locator(".cell.padding").count() == 2 * 5 + 3 * 2
    forward = networks["lecture"].forward(unpack(digit))
    assert numbers(found.locator(".sum").inner_text())[0] == pytest.approx(
        added_by_channel(forward, "conv_1", 3, 0, 27).sum(), abs=1e-4
    )
    assert sent == []


def test_play_runs_the_window_across_the_image_and_can_be_paused(page, lab):
    go(page, lab, layer="conv_1", unit="0")
    found = scrubber(page, "conv_1", 0)
    found.locator("input[type=range]").first.fill("0")
    found.locator("input[type=range]").last.fill("25")
    wait_for_place(page, 0, 25)
    play = found.locator(".play")
    play.click()
    page.locator(".scrubber[data-row='1']").wait_for()
    play.click()
    expect(play).to_contain_text("▶")
    # The last step is painted with the next frame.
    page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() =>"
        " requestAnimationFrame(done)))"
    )
    stopped = place_of(found)
    page.wait_for_timeout(300)
    assert place_of(found) == stopped


@pytest.mark.parametrize(
    ("network", "layer"),
    [("lecture", "conv_1"), ("lecture", "conv_2"), ("batch norm, pool 3", "conv_1")],
)
def test_the_arithmetic_at_every_corner_is_the_forward_passes(
    page, lab, network, layer, networks, digit
):
    go(page, lab, network, layer=layer, unit="3")
    found = scrubber(page, layer, 3)
    forward = networks[network].forward(unpack(digit))
    expected = forward.pre_activations[layer][0, ..., 3]
    bias = networks[network].weights[f"{layer}/bias"][3]
    last = len(expected) - 1
    for row, column in ((0, 0), (0, last), (last, 0), (last, last), (6, 9)):
        found.locator("input[type=range]").first.fill(str(row))
        found.locator("input[type=range]").last.fill(str(column))
        wait_for_place(page, row, column)
        shown = numbers(found.locator(".sum").inner_text())
        total = shown[-4] if network == "lecture" else shown[-3]
        assert total + bias == pytest.approx(expected[row, column], abs=2e-4)


def test_pooling_marks_the_largest_of_its_values(page, lab, networks, digit):
    go(page, lab, "batch norm, pool 3", layer="pool_1", unit="2")
    found = scrubber(page, "pool_1", 2)
    forward = networks["batch norm, pool 3"].forward(unpack(digit))
    row, column = place_of(found)
    expected = window(forward, "pool_1", row, column)[..., 2].reshape(-1)
    cells = found.locator(".cell").all_inner_texts()
    assert len(cells) == 9
    np.testing.assert_allclose(numbers(" ".join(cells)), expected, atol=0.0051)
    winner = [
        "winner" in cell.get_attribute("class") for cell in found.locator(".cell").all()
    ]
    assert winner.index(True) == expected.argmax()
    assert sum(winner) == 1
    result = forward.activations["pool_1"][0, row, column, 2]
    shown = numbers(found.locator(".sum").inner_text())
    assert shown[-1] == pytest.approx(result, abs=1e-4)


def test_batch_normalization_shows_its_formula_with_the_networks_numbers(
    page, lab, networks, digit
):
    go(page, lab, "batch norm, pool 3", layer="batch_norm_1", unit="1")
    found = scrubber(page, "batch_norm_1", 1)
    network = networks["batch norm, pool 3"]
    forward = network.forward(unpack(digit))
    row, column = place_of(found)
    learned = {
        name: network.weights[f"batch_norm_1/{name}"][1]
        for name in ("gamma", "beta", "moving_mean", "moving_variance")
    }
    expected = (
        learned["gamma"],
        forward.inputs["batch_norm_1"][0, row, column, 1],
        learned["moving_mean"],
        np.sqrt(learned["moving_variance"] + 1e-3),
        learned["beta"],
    )
    shown = numbers(found.locator(".sum").inner_text())
    np.testing.assert_allclose(np.abs(shown[:5]), np.abs(expected), atol=1e-4)
    result = forward.activations["batch_norm_1"][0, row, column, 1]
    assert shown[5] == pytest.approx(result, abs=1e-4)


@pytest.mark.parametrize(
    ("width", "height"), [(1280, 800), (390, 844), (1920, 1080), (820, 1180)]
)
def test_after_a_click_on_a_map_its_arithmetic_and_the_overview_are_on_the_screen(
    open_page, lab, width, height
):
    page = open_page(viewport={"width": width, "height": height}, has_touch=width < 500)
    go(page, lab)
    if width < 900:  # one layer at a time
        page.locator(".tabs [data-layer=conv_2]").click()
        page.locator(".scrubber[data-layer=conv_2]").wait_for()
        page.wait_for_timeout(1000)  # until the page has come to rest
        tap = page.touchscreen.tap if width < 500 else page.mouse.click
        tap(*place(page, "conv_2", 14))
    else:
        left, right = (place(page, "conv_1", 3, x)[0] for x in (0, 1))
        assert right - left >= 40
        click_tile(page, "conv_2", 14)
    found = scrubber(page, "conv_2", 14)
    expect(found.locator(".sum")).to_be_in_viewport(ratio=1)
    expect(found.locator(".numbers")).to_be_in_viewport(ratio=1)
    expect(found.locator(".output canvas")).to_be_in_viewport(ratio=1)
    page.wait_for_timeout(700)
    assert 0 <= place(page, "conv_2", 14)[1] <= height
    if width == 1920:  # from the last row: large numbers, and no empty quarter
        expect(found.locator(".controls")).to_be_in_viewport(ratio=1)
        result = found.locator(".output canvas").bounding_box()
        assert result["x"] + result["width"] > 0.9 * width
        cell = found.locator(".cell").first
        size = cell.evaluate("cell => parseFloat(getComputedStyle(cell).fontSize)")
        assert size >= 16


def test_a_layers_title_opens_its_strongest_map_and_output_the_predicted_digit(
    page, lab, networks, digit
):
    go(page, lab)
    forward = networks["lecture"].forward(unpack(digit))
    strongest = forward.max_channel("conv_2")
    page.locator(".tabs [data-layer=conv_2]").click()
    scrubber(page, "conv_2", strongest)
    page.locator(".tabs [data-layer=output]").press("Enter")
    page.get_by_text(f"The score of {forward.predicted_class}").wait_for()


def test_a_pointer_magnifies_a_value_and_shows_which_inputs_it_comes_from(
    page, lab, networks, digit
):
    go(page, lab)
    forward = networks["lecture"].forward(unpack(digit))
    page.mouse.move(*place(page, "conv_2", 14, 5.5 / 14, 3.5 / 14))
    lens = page.locator(".magnifier")
    expect(lens).to_contain_text("conv_2, map 14, row 3, column 5")
    value = forward.activations["conv_2"][0, 3, 5, 14]
    assert numbers(lens.inner_text())[-1] == pytest.approx(value, rel=0.02, abs=0.01)
    assert page.locator(".overview").get_attribute("data-sources") == "32"
    found = page.locator(".overview").evaluate(
        "element => element.sources().map(({ tile, added }) => [tile, added])"
    )
    expected = added_by_channel(forward, "conv_2", 14, 3, 5)
    for tile, added in found:
        assert added == pytest.approx(expected[int(tile)], abs=0.01)
    sizes = [abs(added) for _tile, added in found]
    assert sizes == sorted(sizes, reverse=True)
    page.mouse.move(5, 5)
    expect(lens).to_be_hidden()


def test_the_overview_is_walked_through_by_keyboard_alone(page, lab, tab_to):
    go(page, lab, layer="conv_1", unit="0")
    canvas = page.locator(".overview .living-lines").first
    tab_to(canvas)
    page.keyboard.press("ArrowDown")
    scrubber(page, "conv_1", 1)
    said = page.locator(".overview .said")
    for _ in range(8):
        page.keyboard.press("ArrowRight")
        if "pool_1, map" in said.inner_text():
            break
    page.locator(".scrubber[data-layer='pool_1']").wait_for()
    # While it is broken, Enter silences what is chosen, and a click what it is on.
    page.get_by_role("button", name="Break it").click()
    canvas.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"broken=pool_1\.\d+"))
    expect(page.get_by_text("This is silent")).to_be_visible()
    click_tile(page, "conv_2", 14)
    page.wait_for_url(re.compile(r"broken=conv_2\.14~pool_1\.\d+"))
    assert "layer=pool_1" in page.url
    page.get_by_role("button", name="All but this one").click()
    expect(page.get_by_text("64 of 96 filters and units silent")).to_be_visible()
    page.get_by_role("button", name="All on").click()
    page.wait_for_url(lambda address: "broken" not in address)


def test_a_browser_that_cannot_load_the_network_gets_the_numbers_from_the_server(
    page, lab
):
    page.route("**/kept/network-*", lambda route: route.abort())
    page.add_init_script("indexedDB.open = () => { throw new Error('none here') }")
    go(page, lab)
    click_tile(page, "conv_2", 14)
    scrubber(page, "conv_2", 14)
    page.watch.errors.clear()


def test_the_answer_and_the_overview_follow_a_slider_while_it_is_dragged(
    page, lab, networks, digit
):
    sent = []

    def note(frame):
        sent.append(frame)

    page.on("websocket", lambda socket: socket.on("framesent", note))
    go(page, lab, view="what-if")
    panel = page.locator(".what-if[data-digit]")
    panel.wait_for()
    page.wait_for_timeout(500)
    before = page.locator(".overview .living-lines").first.screenshot()
    turn = panel.locator("input[type=range]").first
    box = turn.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    sent.clear()
    read = set()
    for step in range(1, 13):
        page.mouse.move(
            box["x"] + box["width"] * (0.5 + step / 30), box["y"] + box["height"] / 2
        )
        read.add(panel.locator(".answer").inner_text())
    assert len(read) > 6
    assert sent == []
    angle = float(turn.input_value())
    page.mouse.up()
    pixels = changed(unpack(digit), Change(angle=angle))
    probabilities = networks["lecture"].probabilities(pixels)[0]
    best = int(probabilities.argmax())
    shown = panel.locator(".answer").inner_text()
    assert shown.startswith(f"{best} · ")
    assert numbers(shown)[0] / 100 == pytest.approx(probabilities[best], abs=0.01)
    assert page.locator(".overview .living-lines").first.screenshot() != before
    # At rest the server draws its curves at the same place.
    page.wait_for_timeout(1500)
    assert sent
    page.get_by_role("button", name="As it was").click()
    page.get_by_role("radio", name="The arithmetic").click()
    page.locator(".scrubber").wait_for()
    page.get_by_role("radio", name="What if").click()
    expect(turn).to_have_value("0")


@pytest.mark.parametrize(
    "change",
    [
        Change(),
        Change(angle=33, right=2.5, down=-1, scale=1.3),
        Change(angle=-80, scale=0.55, thicken=0.75),
        Change(right=12, thicken=-1.25),
        Change(thicken=2),
    ],
)
def test_a_change_in_the_browser_is_that_of_the_server(browser, a_seven, change):
    page = browser.new_page()
    page.add_script_tag(content=bundle(CHANGE))
    found = page.evaluate(
        "([pixels, change]) => [...changed(Float32Array.from(pixels), change)]",
        [a_seven.ravel().tolist(), asdict(change)],
    )
    page.close()
    expected = changed(a_seven, change)
    np.testing.assert_allclose(np.reshape(found, (28, 28)), expected, atol=1e-5)


def test_a_window_with_strides_is_the_forward_passes(
    browser, sequential, random_network, a_seven
):
    forward = random_network(sequential).forward(a_seven)
    page = browser.new_page()
    page.add_script_tag(content=bundle(WINDOW) + bundle(PAYLOAD))
    for layer in forward.network.layers:
        if layer.kind not in ("conv", "pool", "average_pool"):
            continue
        found = map_arithmetic(forward, layer.name, 2)
        data = base64.b64encode(scrubber_data(found, a_seven)).decode()
        steps, added = page.evaluate(
            """(text) => {
              const bytes = Uint8Array.from(atob(text), (each) => each.charCodeAt(0))
              const { heading, floats } = unpacked(bytes)
              const view = { ...heading, activation: floats("activation") }
              for (const name of ["inputs", "kernel"]) view[name] = floats(name)
              const last = view.out[0] - 1
              const steps = [[0, 0], [last, 1], [last, last]].map(([row, column]) => {
                const { patch, outside, preActivation } = step({ ...view, row, column })
                const inside = Array.from(patch).filter((_, i) => !outside[i])
                return [row, column, inside, preActivation]
              })
              const added = view.kind === "conv" ? addedMaps(view) : []
              return [steps, added.map((map) => Array.from(map))]
            }""",
            data,
        )
        values = forward.pre_activations[layer.name][0, ..., 2]
        for row, column, inside, pre_activation in steps:
            wanted = values[row, column]
            if layer.kind == "conv":
                at = row * values.shape[1] + column
                every = sum(map_[at] for map_ in added) + found.bias
                assert pre_activation == pytest.approx(wanted, abs=1e-4)
                assert every == pytest.approx(wanted, abs=1e-4)
            else:
                of_all = max if layer.kind == "pool" else np.mean
                assert of_all(inside) == pytest.approx(wanted, abs=1e-5)
    page.close()


def test_pictures_in_the_browser_and_of_the_server_have_one_color_scale(browser):
    page = browser.new_page()
    page.add_script_tag(content=bundle(PALETTE))
    found = np.array(page.evaluate("[...palette()]"), np.uint32)
    page.close()
    colors = np.stack([found >> shift & 255 for shift in (0, 8, 16)], axis=1)
    np.testing.assert_allclose(colors, activations.palette()[:255], atol=2)


def test_another_digit_is_drawn_into_the_same_pictures(page, lab):
    go(page, lab, digit=None, test="3")
    remember(page)
    draws = page.locator(".overview").get_attribute("data-draws")
    page.get_by_role("button", name="Random").click()
    page.locator(f".overview[data-draws]:not([data-draws='{draws}'])").wait_for()
    assert is_the_same(page)


def test_a_drawing_comes_along_from_the_draw_page(page, lab):
    server, _ids = lab
    page.goto(f"{server.url}/Draw")
    canvas = page.locator("canvas.upper-canvas, canvas").last
    canvas.wait_for()
    page.wait_for_timeout(800)
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 80, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 190, box["y"] + 60, steps=8)
    page.mouse.move(box["x"] + 130, box["y"] + 230, steps=8)
    page.mouse.up()
    page.get_by_test_id("live-answer").get_by_text("7").wait_for()
    page.wait_for_timeout(800)  # the canvas waits 200 ms before it sends
    page.get_by_role("link", name="Look inside", exact=True).click()
    page.locator(".overview[data-draws]").wait_for()
    page.get_by_text("My drawing").wait_for()
    page.wait_for_url(re.compile("digit="))
    carried = unpack(re.search(r"digit=([\w-]+)", page.url)[1])
    assert carried.max() > 0.9
    page.reload()
    page.locator(".overview[data-draws]").wait_for()
    page.get_by_text("” reads a").wait_for()
    assert re.search(r"digit=([\w-]+)", page.url)


def parameters(page):
    return dict(parse_qsl(urlsplit(page.url).query))


def test_back_goes_to_what_was_shown_before(page, lab):
    go(page, lab, layer="conv_1", unit="3", view="layer")
    scrubber(page, "conv_1", 3)
    click_tile(page, "pool_1", 4)
    scrubber(page, "pool_1", 4)
    assert parameters(page)["layer"] == "pool_1"
    page.get_by_role("radio", name="What mattered").click()
    page.wait_for_url(re.compile("view=mattered"))
    # A picture that is left before it is loaded is an error in the console.
    page.wait_for_function(
        "() => document.images.length >= 3"
        " && [...document.images].every(image => image.complete)"
    )
    page.go_back()
    scrubber(page, "pool_1", 4)
    page.go_back()
    scrubber(page, "conv_1", 3)
    assert parameters(page)["layer"] == "conv_1"
    assert parameters(page)["unit"] == "3"


def test_a_link_shows_somebody_else_the_same_and_so_does_a_reload(page, lab, open_page):
    go(page, lab, layer="conv_2", unit="5")
    scrubber(page, "conv_2", 5)
    click_tile(page, "pool_2", 13)
    scrubber(page, "pool_2", 13)
    shown = parameters(page)
    assert (shown["layer"], shown["unit"]) == ("pool_2", "13")
    page.reload()
    scrubber(page, "pool_2", 13)
    other = open_page()
    other.goto(page.url)
    scrubber(other, "pool_2", 13)
    assert parameters(other) == shown


@pytest.mark.parametrize(
    "query",
    [
        {"unit": "99999", "layer": "conv_1"},
        {"unit": "abc", "layer": "conv_1"},
        {"unit": "3", "layer": "<script>alert(1)</script>"},
        {"view": "<script>"},
    ],
)
def test_a_hostile_link_is_answered_with_a_sentence_and_leaves_the_address(
    page, lab, query
):
    go(page, lab, **query)
    page.get_by_text("The link names a part that this network does not have").wait_for()
    page.locator(".scrubber[data-layer='conv_1']").wait_for()
    click_tile(page, "conv_2", 4)
    scrubber(page, "conv_2", 4)
    assert not {"99999", "abc"} & set(parameters(page).values())
    assert "script" not in page.url


def test_what_is_shown_outlives_a_look_at_another_page(page, lab):
    go(page, lab, layer="conv_2", unit="5")
    scrubber(page, "conv_2", 5)
    page.get_by_role("link", name="Architecture").click()
    page.get_by_role("heading", name="Architecture").wait_for()
    page.get_by_role("link", name="Look inside").first.click()
    scrubber(page, "conv_2", 5)
    page.wait_for_url(re.compile("layer=conv_2"))
    page.wait_for_url(re.compile("unit=5"))


# 150 ms each way, as on a full Wi-Fi.
SLOW_WIFI = """
const Native = WebSocket
const later = (call) => setTimeout(call, 150)
window.WebSocket = class extends Native {
  send(data) { later(() => super.send(data)) }
  addEventListener(name, listener) {
    const heard = (event) => later(() => listener(event))
    super.addEventListener(name, name === "message" ? heard : listener)
  }
}
"""


def test_ten_presses_of_an_arrow_key_move_ten_maps_on_a_slow_wifi(page, lab):
    page.add_init_script(SLOW_WIFI)
    go(page, lab, layer="conv_2", unit="0")
    scrubber(page, "conv_2", 0)
    canvas = page.locator(".overview .living-lines").first
    canvas.focus()
    for _ in range(10):
        canvas.press("ArrowDown")
        # Longer than a key waits for the next, shorter than an answer takes.
        page.wait_for_timeout(230)
    scrubber(page, "conv_2", 10)
    page.wait_for_timeout(1500)
    scrubber(page, "conv_2", 10)
    assert parameters(page)["unit"] == "10"


def test_ten_clicks_on_plus_move_ten_maps_on_a_slow_wifi(page, lab):
    page.add_init_script(SLOW_WIFI)
    go(page, lab, layer="conv_2", unit="5")
    scrubber(page, "conv_2", 5)
    plus = page.get_by_test_id("stNumberInputStepUp")
    for _ in range(10):
        plus.click()
        page.wait_for_timeout(60)
    scrubber(page, "conv_2", 15)
    page.wait_for_timeout(1500)
    scrubber(page, "conv_2", 15)
    assert parameters(page)["unit"] == "15"


def test_on_a_phone_nothing_is_wider_than_the_screen(open_page, lab):
    page = open_page(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    for query in (
        {"layer": "conv_2", "unit": "5"},
        {"layer": "output", "unit": "5"},
        {"layer": "dense_1", "unit": "5"},
        {"view": "mattered"},
        {"view": "what-if"},
    ):
        go(page, lab, **query)
        page.wait_for_timeout(600)
        wide = page.evaluate(
            "() => [document.documentElement.scrollWidth, "
            "document.querySelector('[data-testid=stMain]').scrollWidth]"
        )
        assert max(wide) <= 390, query
        sizes = page.locator("[class*=st-key-inside-table] :is(td, th)").evaluate_all(
            "all => all.map(e => parseFloat(getComputedStyle(e).fontSize))"
        )
        assert min(sizes, default=16) >= 16


def test_every_picture_has_words_for_those_who_cannot_see_it(page, lab):
    for query in ({"layer": "conv_2"}, {"view": "mattered"}, {"layer": "image"}):
        go(page, lab, **query)
        page.wait_for_timeout(600)
        for canvas in page.locator("canvas[role]:visible").all():
            assert canvas.get_attribute("aria-label")
        for image in page.locator("img:visible").all():
            assert image.get_attribute("alt")
