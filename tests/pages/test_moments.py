"""The network as it was: a slider on Draw and Look inside."""

import numpy as np
import pytest

from mnist_cnn import runs
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.nn.quantization import to_bytes
from mnist_cnn.runs import Status, history


@pytest.fixture
def run(runs_folder, few_digits, architectures, random_network):
    """Of a network that is another at each of two moments and today."""
    small = architectures["dense only"]
    run = runs.submit(TrainingConfig(network=small))
    run.history_path.mkdir()
    for step in (0, 30):
        content = to_bytes(random_network(small, seed=step))
        history.moment_path(run, step).write_bytes(content)
    np.savez(run.weights_path, **random_network(small, seed=99).weights)
    run.write_status(Status("done", epochs_done=1, steps_per_epoch=30))
    return run


def slider(at):
    return next(each for each in at.select_slider if each.label.endswith("on its way"))


def sentence(at):
    return next(each.value for each in at.markdown if "The network reads" in each.value)


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


@pytest.mark.parametrize("moment", ["7", "x", "-1", "9" * 30])
def test_a_moment_that_was_not_kept_is_today(moment, run, visit, a_seven):
    at = visit("pages/3_Draw.py", run=run.id)
    at.query_params["moment"] = moment
    at.run()
    assert not at.exception
    assert slider(at).value == 31


def test_a_run_that_has_kept_none_has_no_slider(visit):
    at = visit("pages/3_Draw.py")
    assert not at.select_slider
