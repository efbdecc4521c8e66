"""What a notebook imports: light, complete, and as the README shows it."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import mnist_cnn
from mnist_cnn import runs
from mnist_cnn.jobs import worker

ROOT = Path(__file__).parents[1]


def test_importing_the_package_imports_nothing_else():
    script = "import sys, mnist_cnn; print(*sys.modules)"
    modules = subprocess.check_output([sys.executable, "-c", script], text=True).split()
    ours = {name for name in modules if name.startswith("mnist_cnn")}
    assert ours == {"mnist_cnn"}
    assert not {"numpy", "tensorflow", "keras", "streamlit"} & set(modules)


def test_no_public_name_loads_tensorflow_or_streamlit():
    script = (
        "import sys, mnist_cnn\n"
        "for name in mnist_cnn.__all__: assert getattr(mnist_cnn, name) is not None\n"
        "assert set(mnist_cnn.__all__) <= set(dir(mnist_cnn))\n"
        "assert not {'tensorflow', 'keras', 'streamlit'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)


def test_a_type_checker_sees_the_names_that_there_are():
    declared = re.search(r"if TYPE_CHECKING:\n((?: .*\n)+)", _source())[1]
    names = {
        part.split(" as ")[-1].strip()
        for line in declared.splitlines()
        for part in line.partition(" import ")[2].split(",")
    }
    assert names == set(mnist_cnn.__all__)


def _source() -> str:
    return Path(mnist_cnn.__file__).read_text()


def test_a_name_that_there_is_not_is_an_attribute_error():
    with pytest.raises(AttributeError, match="fly"):
        _ = mnist_cnn.fly


def test_the_readmes_example_works(a_seven):
    text = (ROOT / "README.md").read_text()
    code = next(part for part in re.findall(r"```python\n(.*?)```", text, re.DOTALL))
    code = code.partition("# Training")[0]
    names = {"image": a_seven}
    exec(code, names)
    assert names["digit"].pixels.shape == (28, 28)
    assert names["probabilities"].shape == (1, 10)
    assert names["probabilities"].argmax() == 7
    for name, values in names["activations"].items():
        assert isinstance(name, str)
        assert len(values) == 1


@pytest.fixture
def answers_at_once(runs_folder, monkeypatch):
    """A worker that trains by writing the end down."""

    def ensure() -> None:
        for run in runs.queue():
            run.write_status(runs.Status("done", test_accuracy=0.9))

    monkeypatch.setattr(worker, "ensure", ensure)


def test_a_training_gives_back_its_finished_run(answers_at_once):
    config = mnist_cnn.TrainingConfig(epochs=1, examples=500)
    run = mnist_cnn.train(config, name="from a notebook")
    assert run.config == config
    assert run.name == "from a notebook"
    assert run.status().state == "done"
    assert mnist_cnn.find_run(run.id).id == run.id
    assert len(mnist_cnn.read_metrics(run)) == 0


def test_an_interrupted_training_is_stopped_and_given_back(runs_folder, monkeypatch):
    calls = []

    def ensure() -> None:
        calls.append(True)
        if len(calls) == 1:
            raise KeyboardInterrupt
        (run,) = runs.list_runs()
        assert '"stop"' in run.control_path.read_text()
        run.write_status(runs.Status("stopped"))

    monkeypatch.setattr(worker, "ensure", ensure)
    run = mnist_cnn.train(mnist_cnn.TrainingConfig())
    assert run.status().state == "stopped"


def test_a_network_is_found_by_the_beginning_of_its_runs_id(
    runs_folder, random_network, architectures, a_seven
):
    network = random_network(architectures["dense only"])
    run = runs.submit(mnist_cnn.TrainingConfig(network=network.architecture))
    np.savez(run.weights_path, **network.weights)
    found = mnist_cnn.load_network(run.id[:6]).probabilities(a_seven)
    np.testing.assert_allclose(found, network.probabilities(a_seven))
