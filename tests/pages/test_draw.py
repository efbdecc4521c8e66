"""The Draw page, run without a browser; the canvas speaks as it would from one."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from mnist_cnn import runs
from mnist_cnn.digits import preprocessing
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.nn import network
from mnist_cnn.runs import Status
from mnist_cnn.ui import networks
from mnist_cnn.ui.board import live_board
from mnist_cnn.ui.components.box_chooser import Part
from mnist_cnn.ui.draw import photo_input

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def lab(runs_folder):
    return runs_folder


def drawing_of_a_seven() -> np.ndarray:
    image = Image.new("RGBA", (280, 280), (0, 0, 0, 255))
    pen = ImageDraw.Draw(image)
    pen.line([(90, 70), (190, 70), (120, 220)], fill="white", width=20, joint="curve")
    return np.asarray(image)


def canvas_state(image: np.ndarray) -> dict:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    url = "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
    return {"drawing": {"raw": {"objects": [{}]}, "data": url}, "backgroundFit": None}


def draw_page(image: np.ndarray | None = None, **query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30).run()
    for name, value in query.items():
        at.query_params[name] = value
    if image is not None:
        at.session_state["canvas-0"] = canvas_state(image)
    at.switch_page("pages/3_Draw.py").run()
    assert not at.exception
    return at


def test_an_empty_canvas_says_so_and_predicts_nothing():
    at = draw_page()
    assert "Nothing is drawn yet" in at.info[0].value
    assert not at.metric


def test_over_http_the_camera_is_an_upload_that_opens_it(monkeypatch):
    monkeypatch.setattr(photo_input, "is_secure", lambda url: False)
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30).run()
    at.session_state["input_way"] = "camera"
    at.switch_page("pages/3_Draw.py").run()
    assert not at.exception
    assert "over https only" in at.info[0].value
    assert at.get("file_uploader")
    parts = {each.proto.id.rpartition("-")[2] for each in at.get("bidi_component")}
    assert "phone_camera_opener" in parts


def test_a_blank_picture_after_the_canvas_own_reset_predicts_nothing():
    blank = np.zeros((280, 280, 4), np.uint8)
    blank[..., 3] = 255
    at = draw_page(blank)
    assert at.info and not at.metric


def test_the_metric_shows_what_the_network_says_of_the_prepared_drawing():
    at = draw_page(drawing_of_a_seven())
    pixels = preprocessing.prepare(drawing_of_a_seven()).pixels
    probabilities = runs.load_network().probabilities(pixels)[0]
    prediction = at.metric[0]
    assert prediction.label == "Prediction"
    assert prediction.value == str(probabilities.argmax()) == "7"
    assert prediction.delta == ">99.9%" and probabilities.max() < 1
    assert np.allclose(at.session_state["drawing_pixels"], pixels)


def test_just_resizing_shows_a_small_digit_in_a_corner_read_in_both_ways():
    small = np.zeros((280, 280, 4), np.uint8)
    small[..., 3] = 255
    small[190:270, 190:270] = np.asarray(
        Image.fromarray(drawing_of_a_seven()).resize((80, 80))
    )
    at = toggled(draw_page(small), "Just resize")
    read = [
        runs.load_network().probabilities(way(small).pixels)[0].argmax()
        for way in (preprocessing.prepare, preprocessing.resize_only)
    ]
    assert [metric.value for metric in at.metric] == [str(digit) for digit in read]
    assert read[0] == 7 != read[1]
    prepared = preprocessing.prepare(small).pixels
    assert np.allclose(at.session_state["drawing_pixels"], prepared)


def test_it_is_compared_with_a_network_that_is_another_one():
    at = toggled(draw_page(), "Compare with another network")
    first, other = (box.value for box in at.selectbox)
    assert first == runs.PRETRAINED != other


def test_a_drawing_that_convinces_nobody_is_said_to_be_unsure(monkeypatch):
    flat = np.full((1, 10), 0.1, np.float32)
    monkeypatch.setattr(network.Network, "probabilities", lambda self, pixels: flat)
    at = draw_page(drawing_of_a_seven())
    assert "not sure" in at.warning[0].value


def test_two_digits_side_by_side_are_read_as_a_number():
    two = np.concatenate([drawing_of_a_seven(), drawing_of_a_seven()], axis=1)
    at = draw_page(two)
    assert at.metric[0].value == "77"
    told = [each.proto.imgs[0].alt for each in at.get("image")]
    assert told[0] == "2 digits, read from left to right"
    assert all(told)


@pytest.mark.parametrize("kind", ["transparent", "12 bits"])
def test_several_digits_are_shown_dark_on_light_paper_as_they_were_sent(kind):
    from mnist_cnn.digits.ink import ink_of
    from mnist_cnn.digits.segmentation import split
    from mnist_cnn.ui.board.server_reading import boxed

    seven = drawing_of_a_seven()[..., 0]
    ink = np.concatenate([seven, seven], axis=1)
    if kind == "transparent":
        picture = Image.fromarray(np.dstack([np.zeros((*ink.shape, 3), np.uint8), ink]))
    else:
        picture = Image.fromarray((255 - ink).astype(np.uint16) * 16)
    shown = np.asarray(boxed(picture, split(ink_of(picture).ink)).convert("L"))
    assert shown[0, 0] > 250
    assert shown[71, 140] < 5


def test_clearing_forgets_the_drawing():
    at = draw_page(drawing_of_a_seven())
    next(b for b in at.button if b.label == "Clear").click().run()
    assert not at.exception
    assert at.session_state["canvas_number"] == 1
    assert "drawing_pixels" not in at.session_state
    assert not at.metric


def test_the_drawing_survives_a_page_switch():
    at = draw_page(drawing_of_a_seven())
    at.switch_page("app.py").run()
    at.switch_page("pages/3_Draw.py").run()
    assert at.metric[0].value == "7"


def test_a_digit_of_the_test_set_is_given_to_the_network_as_it_is(mnist):
    at = draw_page()
    at.session_state["input_way"] = "test"
    at.run()
    assert not at.exception
    expected = mnist.x_test[0].astype(np.float32) / 255
    assert np.array_equal(at.session_state["drawing_pixels"], expected)
    assert f"this is a {mnist.y_test[0]}" in " ".join(c.value for c in at.caption)


@pytest.mark.parametrize("name", ["../../etc/passwd", "0123456789abcdef", "<b>", ""])
def test_a_link_to_a_network_that_is_not_there_falls_back_to_the_pretrained(name):
    at = draw_page(drawing_of_a_seven(), network=name)
    assert at.selectbox[0].value == runs.PRETRAINED
    assert at.metric[0].value == "7"
    assert bool(at.warning) == bool(name)


def test_a_run_without_a_complete_epoch_is_not_offered():
    run = runs.submit(TrainingConfig())
    at = draw_page(drawing_of_a_seven())
    assert run.id not in at.selectbox[0].options
    assert len(at.selectbox[0].options) == len(runs.BUNDLED)


def test_a_run_with_damaged_weights_says_so_in_a_sentence():
    run = runs.submit(TrainingConfig())
    run.weights_path.write_bytes(b"no weights")
    at = draw_page(drawing_of_a_seven(), network=run.id)
    assert "cannot be read" in at.error[0].value


def test_two_networks_read_the_same_drawing_side_by_side():
    at = draw_page(drawing_of_a_seven())
    next(t for t in at.toggle if t.label.startswith("Compare")).set_value(True).run()
    assert not at.exception
    assert [m.value for m in at.metric] == ["7", "7"]


def toggled(at: AppTest, label: str) -> AppTest:
    next(t for t in at.toggle if t.label.startswith(label)).set_value(True).run()
    assert not at.exception
    return at


def test_two_networks_read_a_number_side_by_side_and_it_is_no_digit_to_look_into():
    two = np.concatenate([drawing_of_a_seven(), drawing_of_a_seven()], axis=1)
    at = toggled(draw_page(two), "Compare")
    assert [m.value for m in at.metric] == ["77", "77"]
    assert "drawing_pixels" not in at.session_state


def test_each_step_of_the_test_digits_number_counts(mnist):
    at = draw_page()
    at.session_state["input_way"] = "test"
    at.run()
    for index in (1, 2, 3):
        at.number_input[0].increment().run()
        expected = mnist.x_test[index].astype(np.float32) / 255
        assert np.array_equal(at.session_state["drawing_pixels"], expected)


def upload_a_seven(at: AppTest, kind: str = "PNG") -> None:
    buffer = io.BytesIO()
    Image.fromarray(drawing_of_a_seven()).convert("L").save(buffer, kind)
    at.session_state["input_way"] = "upload"
    at.run()
    at.file_uploader[0].upload("seven", buffer.getvalue()).run()


def test_an_uploaded_picture_is_still_there_after_another_page():
    at = draw_page()
    upload_a_seven(at)
    assert at.metric[0].value == "7"
    at.switch_page("app.py").run()
    at.switch_page("pages/3_Draw.py").run()
    assert at.metric[0].value == "7"


def test_a_turn_of_the_last_picture_that_comes_late_leaves_the_new_one(monkeypatch):
    shown, choices = [], []

    def chooser(*_, part, on_choice, **__):
        shown.append(part)
        choices.append(on_choice)
        choices[0](Part(turns=1))

    monkeypatch.setattr(photo_input, "box_chooser", chooser)
    at = draw_page()
    upload_a_seven(at)
    at.run()
    assert shown[-1] == Part(turns=1)
    upload_a_seven(at, "BMP")
    at.run()
    assert shown[-1] == Part()


def test_two_networks_with_the_same_name_are_two_choices(run_like_pretrained):
    one, other = (run_like_pretrained("mine") for _ in range(2))
    for run in (one, other):
        at = draw_page(network=run.id)
        assert at.selectbox[0].value == run.id
    assert len(set(at.selectbox[0].options)) == 2 + len(runs.BUNDLED)
    at.selectbox[0].set_value(one.id).run()
    assert at.selectbox[0].value == one.id
    assert at.query_params["network"] in (one.id, [one.id])


def test_the_link_decides_so_back_undoes_a_choice(run_like_pretrained):
    run = run_like_pretrained("mine")
    at = draw_page()
    at.selectbox[0].set_value(run.id).run()
    del at.query_params["network"]
    at.run()
    assert at.selectbox[0].value == runs.PRETRAINED


def test_a_network_deleted_while_a_page_shows_it_is_told_once(run_like_pretrained):
    run = run_like_pretrained("mine")
    at = draw_page(network=run.id)
    runs.delete(run)
    at.run()
    assert "may have been deleted" in at.warning[0].value
    assert "network" not in at.query_params
    at.run()
    assert not at.warning


def test_after_an_epoch_the_page_names_the_network_that_answers(
    monkeypatch, run_like_pretrained
):
    run = run_like_pretrained("mine")
    run.write_status(Status("running", epochs_done=1))
    read_titles = networks.network_titles

    def an_epoch_passes() -> dict[str, str]:
        """Between what the page says and what the board reads."""
        said = read_titles()
        run.write_status(Status("running", epochs_done=2))
        st.cache_data.clear()
        return said

    monkeypatch.setattr(live_board, "network_titles", an_epoch_passes)
    with run.lock():
        at = draw_page(network=run.id)
    title = next(each for each in at.selectbox[0].options if each.startswith("mine"))
    assert "epoch 2" in title
