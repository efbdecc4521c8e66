"""The network as it was, on Draw, Look inside and Train."""

import numpy as np
import pytest

from mnist_cnn import runs
from mnist_cnn.runs import Status, history
from mnist_cnn.ui.board import beginning


@pytest.fixture
def run(runs_folder, few_digits, run_with_history):
    """Of a network that is another at each of two moments and today."""
    return run_with_history()


def slider(at):
    return next(each for each in at.select_slider if each.label.endswith("on its way"))


def sentence(at):
    return next(each.value for each in at.markdown if "” reads a **" in each.value)


def test_look_inside_shows_the_network_of_the_chosen_moment(run, visit, a_seven):
    at = visit("pages/4_Look_inside.py", run=run.id, drawing_pixels=a_seven)
    assert slider(at).options == ["untrained", "epoch 1", "as it is now"]
    said = {sentence(at)}
    for step in (0, 30):
        slider(at).set_value(step).run()
        assert not at.exception
        assert at.query_params["moment"] in (str(step), [str(step)])
        network = history.network_at(run, history.moments(run)[step // 30])
        predicted = int(network.probabilities(a_seven)[0].argmax())
        assert f"**{predicted}**" in sentence(at)
        said.add(sentence(at))
    assert len(said) == 3
    # Back, and the slider of a browser that does not know of it yet.
    stale = at._tree.get_widget_states()
    at.query_params["moment"] = "0"
    at.run()
    at._run(stale)
    assert slider(at).value == 0
    assert at.query_params["moment"] in ("0", ["0"])


@pytest.mark.parametrize("moment", ["7", "x", "-1", "9" * 5000])
def test_a_moment_that_was_not_kept_is_today(moment, run, visit, a_seven):
    at = visit("pages/3_Draw.py", run=run.id)
    at.query_params["moment"] = moment
    at.run()
    assert not at.exception
    assert slider(at).value == -1


def test_a_damaged_moment_is_a_sentence_and_leaves_the_link(run, visit, a_seven):
    history.moment_path(run, 0).write_bytes(b"torn")
    at = visit("pages/3_Draw.py", run=run.id, drawing_pixels=a_seven, asks_when=True)
    at.query_params["moment"] = "0"
    at.run()
    assert "damaged" in at.error[0].value
    assert slider(at).value == -1
    assert "moment" not in at.query_params
    assert not at.run().error


def test_a_run_that_has_kept_none_has_no_slider(visit):
    at = visit("pages/3_Draw.py", asks_when=True)
    assert not at.select_slider
    assert "asks_when" not in [each.key for each in at.toggle]


@pytest.fixture
def charts(monkeypatch):
    """What is drawn of it, each as (titles, probabilities, began, chosen)."""
    drawn = []
    monkeypatch.setattr(
        "mnist_cnn.ui.board.beginning.time_chart",
        lambda titles, probabilities, *, began, chosen, key, on_choice: drawn.append(
            (titles, probabilities, began, chosen)
        ),
    )
    return drawn


def test_draw_tells_what_each_moment_read_in_the_digit(
    run, visit, a_seven, charts, monkeypatch
):
    at = visit("pages/3_Draw.py", run=run.id, asks_when=True)
    assert "Draw one digit" in " ".join(each.value for each in at.caption)
    at.session_state["drawing_pixels"] = a_seven
    slider(at).set_value(30).run()
    assert not at.exception
    titles, probabilities, began, chosen = charts[-1]
    assert (titles[0], titles[chosen]) == ("untrained", "epoch 1")
    read = probabilities.argmax(1)
    assert set(read[began:]) == {read[-1]}
    assert not began or read[began - 1] != read[-1]
    networks = [history.network_at(run, each) for each in history.moments(run)]
    networks.append(runs.load_network(run.id))
    for network, told in zip(networks, probabilities, strict=True):
        np.testing.assert_allclose(network.probabilities(a_seven)[0], told, atol=1e-6)
    history.moment_path(run, 0).write_bytes(b"torn")
    at.run()
    assert charts[-1][0] == ["epoch 1", "as it is now"]
    # All are removed between two looks.
    monkeypatch.setattr(beginning, "moment_titles", lambda _run: {})
    told = len(charts)
    assert not at.run().exception
    assert len(charts) == told


def test_train_goes_back_to_the_kernels_and_the_reading(
    run, visit, a_seven, charts, monkeypatch
):
    shown = []
    monkeypatch.setattr(
        "mnist_cnn.ui.train.time_machine.kernels_picture",
        lambda kernels, _: shown.append(kernels) or {},
    )
    labels = []
    monkeypatch.setattr(
        "mnist_cnn.ui.train.time_machine.live_chart",
        lambda _figure, *, label, **_options: labels.append(label),
    )
    at = visit("pages/1_Train.py", run=run.id, details="Time machine")
    slider(at).set_value(0).run()
    run.drawing_path.write_bytes(np.uint8(a_seven * 255).tobytes())
    at.run()
    assert not at.exception
    assert charts[-1][3] == 0
    now = runs.load_network(run.id).weights["conv_1/kernel"]
    then = history.network_at(run, history.moments(run)[0]).weights["conv_1/kernel"]
    assert np.array_equal(shown[0], now)
    assert np.array_equal(shown[-1], then)
    assert labels[-1].endswith(": untrained")
    # Trained on, it has newer kernels, whatever the link says.
    monkeypatch.setattr(runs.Run, "is_locked", lambda self: True)
    run.write_status(Status("running", epochs_done=1, steps_per_epoch=30))
    np.savez(run.kernels_path, steps=np.arange(2), kernels=np.stack([now, now + 1]))
    at.run()
    assert np.array_equal(shown[-1], now + 1)
    assert labels[-1].endswith(": as it is now")
