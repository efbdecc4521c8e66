"""The Look inside page without a browser: every kind of network, every hostile link."""

import json
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.proto.Common_pb2 import StringArray
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest

from mnist_cnn import runs
from mnist_cnn.digits import mnist
from mnist_cnn.digits.link import pack, unpack
from mnist_cnn.digits.transforms import Change
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.nn import saliency
from mnist_cnn.nn.layer_arithmetic import map_arithmetic
from mnist_cnn.nn.network import Network
from mnist_cnn.runs import PRETRAINED, Status
from mnist_cnn.ui import networks
from mnist_cnn.ui.components.layer_scrubber import scrubber_data
from mnist_cnn.ui.components.network_overview import Unit, sent_unit
from mnist_cnn.ui.components.what_if import sent_change
from mnist_cnn.ui.inside.numbers import exact
from mnist_cnn.ui.runs.titles import run_title
from mnist_cnn.ui.text import escape

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def lab(runs_folder, few_digits):
    return runs_folder


def run_of(network: Network, state: str = "done") -> runs.Run:
    run = runs.submit(TrainingConfig(network=network.architecture))
    np.savez(run.weights_path, **network.weights)
    run.write_status(replace(Status(state), epochs_done=1, test_accuracy=0.5))
    return run


def opened(query: dict[str, str] | None = None, drawing=None) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    if drawing is not None:
        at.session_state["drawing_pixels"] = drawing
    for name, value in (query or {}).items():
        at.query_params[name] = value
    at.switch_page("pages/4_Look_inside.py").run()
    assert not at.exception
    return at


def words(at: AppTest) -> str:
    kinds = (at.markdown, at.caption, at.error, at.warning, at.info)
    return "\n".join(str(each.value) for kind in kinds for each in kind)


def parameter(at: AppTest, name: str) -> str:
    value = at.query_params[name]
    return value if isinstance(value, str) else value[0]


def warnings(at: AppTest) -> str:
    return "\n".join(each.value for each in (*at.warning, *at.error))


def chosen(at: AppTest) -> tuple[str, int]:
    return at.session_state["layer"], at.session_state["unit"]


def box(at: AppTest, name: str):
    """The widget of that name, whatever the number in its key is."""
    widgets = (*at.selectbox, *at.number_input, *at.button_group)
    return next(each for each in widgets if str(each.key).rpartition("-")[0] == name)


def send(at: AppTest, states: WidgetStates, *newer: WidgetState) -> None:
    """The script runs with what a browser sends: those states, and what is newer."""
    sent = {each.id: each for each in (*states.widgets, *newer)}
    at._run(WidgetStates(widgets=sent.values()))
    assert not at.exception


def clicked(at: AppTest, layer: str, unit: int, number: int) -> WidgetState:
    """The overview's state after that click."""
    sent = {"chosen": {"item": layer, "tile": unit, "number": number}}
    ids = [each.proto.id for each in at.get("bidi_component")]
    overview = next(each for each in ids if each.endswith("inside_overview"))
    return WidgetState(id=overview, json_value=json.dumps(sent))


@pytest.fixture(scope="module")
def network(architecture, random_network):
    return random_network(architecture)


def test_every_layer_of_every_network_opens(network, a_seven):
    run = run_of(network)
    at = opened({"network": run.id}, a_seven)
    assert warnings(at) == ""
    for layer in network.layers:
        last = layer.output_shape[-1] - 1
        box(at, "layer_box").set_value(layer.name).run()
        # No longer than the box is wide.
        assert layer.name in box(at, "layer_box").options
        box(at, "unit_box").set_value(last).run()
        assert not at.exception
        assert chosen(at) == (layer.name, last)
    for view in ("mattered", "what-if"):
        box(at, "inside_view_box").set_value(view).run()
        assert not at.exception
        assert at.session_state["inside_view"] == view


def test_every_kind_of_layer_of_somebodys_own_network_is_explained(
    sequential, random_network, a_seven
):
    network = random_network(sequential)
    at = opened({"network": run_of(network).id}, a_seven)
    titles = {
        "conv": "Convolution",
        "pool": "Max pooling",
        "average_pool": "Average pooling",
        "global_average_pool": "Global average pooling",
        "relu": "ReLU",
        "leaky_relu": "Leaky ReLU",
        "tanh": "tanh",
        "sigmoid": "Sigmoid",
        "rescaling": "Rescaling",
        "batch_norm": "Batch normalization",
        "dropout": "Dropout",
        "flatten": "Flatten",
        "dense": "Fully connected",
    }
    forward = network.forward(a_seven)
    for layer in network.layers:
        box(at, "layer_box").set_value(layer.name).run()
        unit = 3 % layer.output_shape[-1]
        if unit:
            box(at, "unit_box").set_value(unit).run()
        assert not at.exception, layer.name
        assert f"**{titles[layer.kind]}**" in words(at), layer.name
        if len(layer.output_shape) == 1 and layer.name not in ("dropout_1", "output"):
            # A unit's arithmetic is a sentence, and ends with its value.
            value = float(forward.activations[layer.name][0, 3])
            assert exact(value) in words(at), layer.name


def test_the_answer_is_that_of_the_network_for_the_current_drawing(
    architectures, random_network, a_seven
):
    network = random_network(architectures["lecture"])
    at = opened({"network": run_of(network).id}, a_seven)
    probabilities = network.probabilities(a_seven)[0]
    answer, share = int(probabilities.argmax()), float(probabilities.max())
    assert f"reads a **{answer}**, with {share:.1%}" in words(at)


def test_a_link_carries_the_drawing_to_another_session(a_seven):
    first = opened(drawing=a_seven)
    carried = parameter(first, "digit")
    np.testing.assert_allclose(unpack(carried), a_seven, atol=1e-6)
    second = opened({"digit": carried})
    assert warnings(second) == ""
    assert parameter(second, "digit") == carried
    assert first.markdown[1].value == second.markdown[1].value


def test_a_link_to_a_test_digit_shows_it_and_says_whether_it_is_a_mistake(
    architectures, random_network
):
    digits = mnist.load()
    network = random_network(architectures["dense only"])
    at = opened({"network": run_of(network).id, "test": "17"})
    answer = int(network.probabilities(digits.x_test[17] / 255)[0].argmax())
    label = int(digits.y_test[17])
    expected = (
        "The test set agrees." if answer == label else f"says **{label}**: a mistake."
    )
    assert expected in words(at)
    assert parameter(at, "test") == "17"
    assert "digit" not in at.query_params


def test_a_new_drawing_takes_the_place_of_the_test_digit(a_seven):
    at = opened({"test": "3"})
    assert parameter(at, "test") == "3"
    at.session_state["drawing_pixels"] = a_seven
    at.run()
    assert parameter(at, "digit") == pack(a_seven)
    assert "test" not in at.query_params
    at.button_group(key="inside_source").set_value("test").run()
    assert not at.exception
    assert parameter(at, "test") == "3"


def test_a_random_digit_and_a_mistake_are_one_press_away(architectures, random_network):
    digits = mnist.load()
    run = run_of(random_network(architectures["dense only"]))
    probabilities = np.eye(10, dtype=np.float32)[digits.y_test]
    probabilities[[41, 77]] = np.roll(probabilities[[41, 77]], 1, axis=1)
    np.savez(
        run.predictions_path,
        probabilities=probabilities,
        labels=digits.y_test,
        fingerprint=np.array(digits.fingerprint),
    )
    at = opened({"network": run.id})
    buttons = {button.label: button for button in at.button}
    buttons["A mistake"].click().run()
    assert at.session_state["test"] in (41, 77)
    buttons = {button.label: button for button in at.button}
    buttons["Random"].click().run()
    assert not at.exception
    assert 0 <= at.session_state["test"] < len(digits.x_test)


@pytest.mark.parametrize(
    "query",
    [
        {"test": "-1"},
        {"test": "1e9"},
        {"test": "999999"},
        {"test": "<script>"},
        {"test": "inf"},
        {"test": "9" * 5000},
        {"digit": "garbage"},
        {"digit": "A" * 9000},
        {"layer": "conv_9"},
        {"layer": "../../etc/passwd"},
        {"layer": "conv_1", "unit": "32"},
        {"layer": "conv_1", "unit": "-1"},
        {"layer": "conv_1", "unit": "one"},
        {"view": "everything"},
        {"network": "../pretrained"},
    ],
)
def test_a_hostile_link_gets_a_sentence_and_the_page_works_on(
    query, architectures, random_network
):
    # The pretrained network is the lecture's network.
    run = run_of(random_network(architectures["lecture"]))
    at = opened({"network": run.id} | query)
    assert "link" in warnings(at)
    box(at, "layer_box").set_value("pool_1").run()
    assert not at.exception
    assert chosen(at)[0] == "pool_1"
    assert warnings(at) == ""


def test_what_a_browser_sends_is_checked_before_it_is_believed():
    assert sent_unit({"item": "conv_1", "tile": 3}) == Unit("conv_1", 3)
    for wrong in (None, 3, {}, {"item": 1, "tile": 1}, {"item": "a", "tile": "1"}):
        assert sent_unit(wrong) is None
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    at.session_state["layer"], at.session_state["unit"] = "no such layer", 10**9
    at.switch_page("pages/4_Look_inside.py").run()
    assert not at.exception
    layer, unit = chosen(at)
    assert layer == "conv_1"
    assert 0 <= unit < 32


def test_layer_and_map_can_be_chosen_by_name(architectures, random_network, a_seven):
    network = random_network(architectures["lecture"])
    at = opened({"network": run_of(network).id}, a_seven)
    box(at, "layer_box").set_value("conv_2").run()
    assert chosen(at) == ("conv_2", network.forward(a_seven).max_channel("conv_2"))
    box(at, "unit_box").set_value(63).run()
    assert not at.exception
    assert chosen(at) == ("conv_2", 63)
    assert parameter(at, "layer") == "conv_2"
    assert parameter(at, "unit") == "63"
    box(at, "layer_box").set_value("image").run()
    assert chosen(at) == ("image", 0)


def test_what_a_browser_sends_before_it_knows_of_a_click_does_not_undo_it(
    architectures, random_network, a_seven
):
    run = run_of(random_network(architectures["lecture"]))
    at = opened({"network": run.id}, a_seven)
    stale = at._tree.get_widget_states()
    view = box(at, "inside_view_box").proto.id
    send(at, stale, clicked(at, "conv_2", 63, 1))
    send(at, stale, clicked(at, "pool_2", 62, 2))
    assert chosen(at) == ("pool_2", 62)
    mattered = WidgetState(
        id=view, string_array_value=StringArray(data=["What mattered"])
    )
    send(at, stale, clicked(at, "pool_2", 62, 2), mattered)
    assert chosen(at) == ("pool_2", 62)
    assert at.session_state["inside_view"] == "mattered"
    # A network and a moment that a link brings, as Back does.
    stale = at._tree.get_widget_states()
    at.query_params["network"] = PRETRAINED
    at.run()
    send(at, stale)
    assert parameter(at, "network") == PRETRAINED


def test_a_choice_outlives_another_network_if_it_has_that_layer(
    architectures, random_network, a_seven
):
    wide = run_of(random_network(architectures["lecture"]))
    smaller = random_network(architectures["batch norm, pool 3"])
    narrow = run_of(smaller)
    at = opened({"network": wide.id, "layer": "conv_2", "unit": "60"}, a_seven)
    assert chosen(at) == ("conv_2", 60)
    box(at, "network_box").set_value(narrow.id).run()
    assert not at.exception
    assert chosen(at) == ("conv_2", smaller.forward(a_seven).max_channel("conv_2"))


def test_the_softmax_table_shown_adds_up(architectures, random_network, a_seven):
    network = random_network(architectures["lecture"])
    at = opened({"network": run_of(network).id, "layer": "output"}, a_seven)
    table = next(each.value for each in at.markdown if "exponential" in each.value)
    if "|" not in table:
        table = next(
            each.value for each in at.markdown if "| exponential" in each.value
        )
    rows = [
        [cell.strip().strip("*") for cell in line.strip("|").split("|")]
        for line in table.splitlines()[2:]
    ]
    exponentials = [float(row[3]) for row in rows]
    percent = [float(row[4].rstrip("%")) for row in rows]
    assert len(rows) == 11
    assert round(sum(exponentials[:10]), 6) == exponentials[10]
    assert round(sum(percent[:10]), 4) == percent[10] == 100
    scores = network.forward(a_seven).pre_activations["output"][0]
    shown = [float(row[1].replace("−", "-")) for row in rows[:10]]
    np.testing.assert_allclose(shown, scores, atol=1e-4)


def test_the_table_of_a_dense_unit_adds_up_to_its_score(
    architectures, random_network, a_seven
):
    network = random_network(architectures["lecture"])
    forward = network.forward(a_seven)
    query = {"network": run_of(network).id, "layer": "dense_1", "unit": "7"}
    at = opened(query, a_seven)
    table = next(each.value for each in at.markdown if "value · weight" in each.value)
    parts = [
        float(line.strip("|").split("|")[3].strip().strip("*").replace("−", "-"))
        for line in table.splitlines()[2:]
    ]
    assert round(sum(parts[:-1]), 4) == parts[-1]
    assert parts[-1] == pytest.approx(
        forward.pre_activations["dense_1"][0, 7], abs=1e-3
    )


def test_what_mattered_shows_the_numbers_of_the_core(
    architectures, random_network, a_seven
):
    network = random_network(architectures["lecture"])
    at = opened({"network": run_of(network).id, "view": "mattered"}, a_seven)
    answer = int(network.probabilities(a_seven)[0].argmax())
    drops = saliency.occlusion(network.forward(a_seven), answer).score_drop
    assert f"at most {max(0.0, drops.max()):.2f} points of its lead" in words(at)


def test_what_mattered_sets_a_mistakes_answer_against_the_truth(
    architectures, random_network
):
    digits = mnist.load()
    network = random_network(architectures["dense only"])
    answers = network.probabilities(digits.x_test / 255).argmax(axis=1)
    wrong = int(np.flatnonzero(answers != digits.y_test)[0])
    link = {"network": run_of(network).id, "view": "mattered", "test": str(wrong)}
    at = opened(link)
    boxes = {box.label: box for box in at.selectbox}
    truth = int(digits.y_test[wrong])
    assert boxes["What spoke for"].value == answers[wrong]
    assert boxes["against"].value == truth
    assert f"less that of {truth}" in words(at)
    boxes["against"].set_value(-1).run()
    assert not at.exception
    assert f"less that of {truth}" not in words(at)


def test_what_if_shows_how_far_the_answer_holds(architectures, random_network, a_seven):
    network = random_network(architectures["lecture"])
    at = opened({"network": run_of(network).id, "view": "what-if"}, a_seven)
    assert "the answer stays" in words(at)
    at.button_group(key="inside_curve").set_value("scale").run()
    assert not at.exception
    assert "**Size (factor)**: the answer stays" in words(at)


def test_a_change_that_a_browser_sends_is_checked_and_stays_within_the_ranges():
    sent = {"angle": 12, "right": 0.5, "down": -1, "scale": 99, "thicken": 0}
    assert sent_change(sent) == Change(12, 0.5, -1, 3, 0)
    angles = ("12", float("nan"), float("inf"), 10**400)
    for wrong in (None, 3, {}, *(sent | {"angle": angle} for angle in angles)):
        assert sent_change(wrong) is None


def test_a_network_still_in_training_can_be_looked_into(
    architectures, random_network, a_seven
):
    run = run_of(random_network(architectures["dense only"]), "running")
    with run.lock():
        at = opened({"network": run.id}, a_seven)
    assert warnings(at) == ""
    assert "in training, epoch 1" in box(at, "network_box").format_func(run.id)
    # A browser may still send the label of an epoch ago.
    stale = at._tree.get_widget_states()
    with run.lock():
        run.write_status(replace(run.status(), epochs_done=2))
        networks._titles.clear()
        at.run()
        send(at, stale)
    assert "in training, epoch 2" in box(at, "network_box").format_func(run.id)
    assert parameter(at, "network") == run.id
    assert warnings(at) == ""
    assert f"“{escape(run_title(run))}” reads a **" in words(at)


def test_the_page_never_loads_tensorflow():
    # Other tests in this process may have; a process of its own has not.
    code = (
        "import sys; import mnist_cnn.ui.inside.view; "
        "sys.exit(any(n in sys.modules for n in ('tensorflow', 'keras', 'pandas')))"
    )
    assert subprocess.call([sys.executable, "-c", code], cwd=ROOT) == 0


def unpacked(content: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    length = struct.unpack("<I", content[:4])[0]
    heading = json.loads(content[4 : 4 + length])
    body = content[4 + length :]
    arrays = {
        name: np.frombuffer(body[start : start + size], "<f4")
        for name, (start, size) in heading["parts"].items()
    }
    return heading, arrays


def test_what_is_sent_for_scrubbing_makes_the_networks_own_numbers(network, a_seven):
    forward = network.forward(a_seven)
    rng = np.random.default_rng(0)
    for layer in network.layers:
        if len(layer.output_shape) != 3 or layer.kind == "dropout":
            continue
        height, width, maps = layer.output_shape
        found = map_arithmetic(forward, layer.name, maps - 1)
        heading, arrays = unpacked(scrubber_data(found, a_seven))
        activation = arrays["activation"].reshape(height, width)
        np.testing.assert_array_equal(
            activation, forward.activations[layer.name][0, ..., -1]
        )
        if layer.kind != "conv":
            continue
        size, (rows, columns, channels) = heading["size"], heading["in"]
        inputs = arrays["inputs"].reshape(channels, rows, columns)
        kernel = arrays["kernel"].reshape(channels, size, size)
        for row, column in (
            (0, 0),
            (height - 1, width - 1),
            rng.integers(height, size=2),
        ):
            total = 0.0
            for i in range(size):
                for j in range(size):
                    y = row * heading["stride"] - heading["pad"] + i
                    x = column * heading["stride"] - heading["pad"] + j
                    if 0 <= y < rows and 0 <= x < columns:
                        total += inputs[:, y, x] @ kernel[:, i, j]
            expected = forward.pre_activations[layer.name][0, row, column, -1]
            assert total + heading["bias"] == pytest.approx(expected, abs=1e-4)
