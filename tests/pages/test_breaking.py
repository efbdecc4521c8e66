"""A broken network on the pages: what the link says, and what comes of it."""

from dataclasses import replace

import numpy as np
import pytest

from mnist_cnn import runs
from mnist_cnn.digits import mnist
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.jobs.evaluation_job import AblationJob, Evaluation
from mnist_cnn.nn.damage import Damage
from mnist_cnn.runs import Status


@pytest.fixture
def network(architectures, random_network):
    return random_network(architectures["three blocks, no hidden dense"])


@pytest.fixture
def run(network, runs_folder, few_digits):
    run = runs.submit(TrainingConfig(network=network.architecture))
    np.savez(run.weights_path, **network.weights)
    run.write_status(Status("done", epochs_done=1))
    return run


def test_look_inside_takes_the_broken_network_apart(run, network, visit, a_seven):
    at = visit("pages/4_Look_inside.py", run=run.id, drawing_pixels=a_seven)
    damage = Damage({"conv_2": [0, 1, 2]}, noise=1.0)
    for name, value in (("layer", "conv_2"), ("unit", "1")):
        at.query_params[name] = value
    at.query_params["broken"] = damage.to_link()
    at.run()
    assert not at.exception
    read = network.damaged(damage).probabilities(a_seven)[0]
    said = next(each.value for each in at.markdown if "” reads a **" in each.value)
    assert f"**{read.argmax()}**, with {read.max():.1%}" in said
    assert "This is silent" in at.info[0].value
    assert at.query_params["broken"] in (damage.to_link(), [damage.to_link()])


@pytest.mark.parametrize(
    ("link", "left"),
    [
        ("conv_9.1~conv_1.0.99~noise.20", "conv_1.0~noise.20"),
        ("output.3", ""),
        ("<script>", ""),
        ("noise.9e9", ""),
    ],
)
def test_what_this_network_cannot_be_is_dropped_from_the_link(link, left, run, visit):
    for page in ("pages/3_Draw.py", "pages/4_Look_inside.py"):
        at = visit(page, run=run.id)
        at.query_params["broken"] = link
        at.run()
        assert not at.exception
        found = at.query_params.get("broken", "")
        assert found in (left, [left])
        assert not found or not at.warning


def test_what_is_broken_goes_along_to_the_other_pages(run, visit):
    at = visit("pages/3_Draw.py", run=run.id)
    at.query_params["broken"] = "conv_1.2"
    at.run()
    del at.query_params["broken"]
    at.switch_page("pages/4_Look_inside.py").run()
    assert not at.exception
    assert at.query_params["broken"] in ("conv_1.2", ["conv_1.2"])


def test_mistakes_measures_the_broken_network_and_each_of_its_filters(
    run, network, visit
):
    digits, damage = mnist.load(), Damage({"conv_2": [0, 1]}, noise=0.5, bits=4)
    Evaluation(run, digits).run()
    at = visit("pages/5_Mistakes.py", run=run.id)
    at.query_params["broken"] = damage.to_link()
    at.run()
    assert not at.exception
    text = "\n".join(each.value for each in (*at.markdown, *at.info))
    for said in ("Broken on purpose", "2 of 4 silent in conv_2", "noise 50%", "4-bit"):
        assert said in text
    assert "Nobody has measured the broken network yet." in text
    assert "mistakes** in" not in text
    labels = [each.label for each in at.button]
    assert "Read the 200 test digits at hand" in labels
    assert "Silence each of 3 on 200 digits" in labels

    Evaluation(run, digits, "mnist", damage).run()
    around = replace(damage, without={})
    job = AblationJob(run, digits, "mnist", around, "conv_2")
    job.run()
    at.selectbox(key="silenced_layer").set_value("conv_2").run()
    assert not at.exception
    text = "\n".join(each.value for each in at.markdown)
    read = network.damaged(damage).probabilities(digits.x_test / np.float32(255))
    right = float((read.argmax(axis=1) == digits.y_test).mean())
    assert f"test digits: {right:.2%} are right" in text
    found = job.result()
    worst = found.order[0]
    assert f"Without {worst} of conv_2, {found.right[worst] / 200:.2%}" in text

    next(each for each in at.button if each.label == "Mend it").click().run()
    assert "broken" not in at.query_params
    assert "Broken on purpose" not in "\n".join(each.value for each in at.markdown)
