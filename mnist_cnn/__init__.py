"""A classroom lab for convolutional networks: train one on MNIST, open it, draw.

What a notebook needs, and a page or a script as well::

    import mnist_cnn

    network = mnist_cnn.load_network()
    digit = mnist_cnn.prepare(image)
    network.probabilities(digit.pixels)  # float32 (1, 10)
    network.activations(digit.pixels)  # {layer's name: array}
    broken = network.damaged(mnist_cnn.Damage({"conv_1": [0, 7]}, noise=0.5, bits=4))

    run = mnist_cnn.train(mnist_cnn.TrainingConfig(epochs=1, examples=4000))
    mnist_cnn.read_metrics(run).loss  # one a batch
    mnist_cnn.load_network(run.id)

Each name is imported when it is first used, so that ``import mnist_cnn`` costs nothing.
None of them imports TensorFlow: a training run is a process of its own.
"""

from importlib import import_module

# Type checkers know this name; importing it from typing takes milliseconds.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from mnist_cnn.digits.mnist import load as load_digits
    from mnist_cnn.digits.preprocessing import prepare
    from mnist_cnn.experiments.config import TrainingConfig
    from mnist_cnn.experiments.presets import PRESETS
    from mnist_cnn.jobs.train import train
    from mnist_cnn.nn.architecture import Architecture, ConvBlock
    from mnist_cnn.nn.damage import Damage
    from mnist_cnn.runs import find as find_run
    from mnist_cnn.runs import list_runs, load_network
    from mnist_cnn.runs.metrics_reader import read_metrics

__all__ = [
    "PRESETS",
    "Architecture",
    "ConvBlock",
    "Damage",
    "TrainingConfig",
    "find_run",
    "list_runs",
    "load_digits",
    "load_network",
    "prepare",
    "read_metrics",
    "train",
]

# Where each name is defined, and by which name, as TYPE_CHECKING says it above.
_DEFINED = {
    "PRESETS": ("mnist_cnn.experiments.presets", "PRESETS"),
    "Architecture": ("mnist_cnn.nn.architecture", "Architecture"),
    "ConvBlock": ("mnist_cnn.nn.architecture", "ConvBlock"),
    "Damage": ("mnist_cnn.nn.damage", "Damage"),
    "TrainingConfig": ("mnist_cnn.experiments.config", "TrainingConfig"),
    "find_run": ("mnist_cnn.runs", "find"),
    "list_runs": ("mnist_cnn.runs", "list_runs"),
    "load_digits": ("mnist_cnn.digits.mnist", "load"),
    "load_network": ("mnist_cnn.runs", "load_network"),
    "prepare": ("mnist_cnn.digits.preprocessing", "prepare"),
    "read_metrics": ("mnist_cnn.runs.metrics_reader", "read_metrics"),
    "train": ("mnist_cnn.jobs.train", "train"),
}


def __getattr__(name: str) -> object:
    if name not in _DEFINED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _DEFINED[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
