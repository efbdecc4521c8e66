"""Networks to try, on the Train page, run without a browser."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mnist_cnn import runs
from mnist_cnn.experiments.presets import PRESETS
from mnist_cnn.nn.architecture import Architecture, ConvBlock

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def lab(runs_folder):
    # What is submitted is looked at, not trained.
    return runs_folder


def train_page(**query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    for name, value in query.items():
        at.query_params[name] = value
    at.switch_page("pages/1_Train.py").run()
    assert not at.exception
    return at


def started(at: AppTest) -> runs.Run:
    at.button(key="start").click().run()
    assert not at.exception
    (run,) = runs.list_runs()
    return run


def test_a_network_of_ones_own_is_trained_and_named_as_changed():
    at = train_page()
    at.number_input(key="blocks_0").set_value(3).run()
    at.number_input(key="filters_0_0").set_value(8)
    at.number_input(key="kernel_1_0").set_value(3)
    at.selectbox(key="pool_2_0").select(1)
    at.text_input(key="dense_0").set_value("64, 32")
    at.number_input(key="stride_0_0").set_value(2)
    at.selectbox(key="pooling_1_0").select("average")
    at.selectbox(key="activation_0").select("leaky_relu")
    at.toggle(key="global_average_0").set_value(True)
    at.toggle(key="batch_norm_0").set_value(True).run()
    assert not at.exception
    run = started(at)
    assert run.config.network == Architecture(
        (
            ConvBlock(8, 5, stride=2),
            ConvBlock(64, 3, pooling="average"),
            ConvBlock(32, 3, "same", 1),
        ),
        0.25,
        (64, 32),
        True,
        "leaky_relu",
        True,
    )
    assert run.preset == "classroom, changed"


def test_what_quick_presses_send_of_fields_that_are_gone_starts_nothing():
    at = train_page()
    at.number_input(key="epochs_0").set_value(2).run()
    at.button(key="start").click()
    sent = at._tree.get_widget_states()
    for _press in range(3):
        at._run(sent)
        assert not at.exception
    (run,) = runs.list_runs()
    assert run.config.epochs == 2


def test_shapes_and_parameters_are_shown_while_choosing():
    at = train_page()
    at.text_input(key="dense_0").set_value("100").run()
    network = Architecture(dense=(100,))
    text = "\n".join(each.value for each in at.markdown)
    assert f"**{network.parameters:,} parameters**" in text
    assert "(3136 + 1)·100 = 313,700" in text


def test_a_network_that_cannot_be_is_refused_with_the_reason():
    at = train_page()
    for number in (0, 1):
        at.selectbox(key=f"pool_{number}_0").select(4)
    at.number_input(key="blocks_0").set_value(3).run()
    assert "do not fit into" in at.error[0].value
    at.button(key="start").click().run()
    assert not at.exception
    assert runs.list_runs() == []
    assert any("do not fit into" in error.value for error in at.error)


def test_dense_units_that_are_no_numbers_are_a_sentence():
    at = train_page()
    at.text_input(key="dense_0").set_value("many").run()
    assert "whole number" in at.error[0].value
    assert not at.exception


def test_a_link_opens_exactly_this_experiment():
    run = started(train_page(preset="shuffled_labels", epochs="4", dense="50"))
    base = PRESETS["shuffled_labels"].config
    assert run.config.shuffle_labels
    assert run.config.epochs == 4
    assert run.config.network.dense == (50,)
    assert run.config.examples == base.examples
    assert run.preset == "shuffled_labels, changed"


def test_a_shared_experiment_opens_as_that_with_its_differences_and_nothing_else():
    runs.submit(PRESETS["quick"].config, preset="quick", name="somebody's")
    at = train_page(preset="classroom", epochs="2", dense="50")
    assert at.header[0].value == "An experiment for you: dense units 50, epochs 2"
    text = "\n".join(each.value for each in at.markdown)
    assert "Epochs: **2** instead of 3" in text
    assert "somebody's" not in text
    assert at.main.button[0].label == "Start training"
    assert not any(button.label == "Open" for button in at.main.button)
    at.button(key="start").click().run()
    assert "Classroom, changed 1" in at.header[0].value
    assert "preset" not in at.query_params


def test_a_link_to_settings_that_cannot_be_says_so_and_the_form_still_works():
    at = train_page(preset="seed", epochs="999")
    assert "Epochs must be from 1 to 50" in at.warning[0].value
    # The page runs again when it knows the browser: the sentence stays.
    at.run()
    assert "Epochs must be from 1 to 50" in at.warning[0].value
    at.selectbox(key="preset_0").select("quick").run()
    assert not at.warning
    assert started(at).config == PRESETS["quick"].config
    at = train_page(preset="seed", epochs="[here](https://example.org)")
    assert r"'\[here\]\(https\:" in at.warning[0].value


def test_a_run_with_shuffled_labels_says_so():
    at = train_page(preset="shuffled_labels")
    started(at)
    assert any("training labels shuffled" in each.value for each in at.caption)


def test_a_run_with_right_labels_does_not_say_they_are_shuffled():
    at = train_page()
    started(at)
    assert not any("labels shuffled" in each.value for each in at.caption)


def test_what_was_set_is_still_set_after_a_look_at_another_page():
    at = train_page()
    at.selectbox(key="preset_0").select("quick").run()
    at.number_input(key="epochs_1").set_value(7)
    at.multiselect(key="augmentation_1").set_value(["shear"])
    at.number_input(key="filters_0_1").set_value(8).run()
    at.switch_page("app.py").run()
    at.switch_page("pages/1_Train.py").run()
    run = started(at)
    assert (run.config.epochs, run.config.network.blocks[0].filters) == (7, 8)
    assert run.config.augmentation == ("shear",)
    assert run.config.batch_size == PRESETS["quick"].config.batch_size


def test_choosing_a_preset_forgets_what_was_typed():
    at = train_page()
    at.number_input(key="epochs_0").set_value(7).run()
    at.selectbox(key="preset_0").select("quick").run()
    assert started(at).config == PRESETS["quick"].config
