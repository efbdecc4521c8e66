"""Which networks of the way are kept."""

import numpy as np

from mnist_cnn import runs
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.nn.architecture import Architecture, ConvBlock
from mnist_cnn.runs import history

TINY = Architecture((ConvBlock(4, 3, pool=4),), dropout=0, dense=())


def test_the_untrained_network_a_few_batches_and_epochs_are_kept():
    from mnist_cnn.training import model
    from mnist_cnn.training.callbacks.network_history import NetworkHistory

    config = TrainingConfig(network=TINY)
    run = runs.submit(config)
    network = model.build(TINY)
    model.compile_model(network, config)

    def callback():
        made = NetworkHistory(run)
        made.set_model(network)
        made.set_params({"epochs": 30, "steps": 10})
        made.on_train_begin()
        return made

    def steps():
        return [each.step for each in history.moments(run)]

    first = callback()
    untrained = model.weights_of(network)["output/kernel"].copy()
    network.get_layer("output").kernel.assign_add(np.ones_like(untrained))
    for batch in range(300):
        first.on_train_batch_end(batch)
    assert steps()[:4] == [0, 5, 10, 40]
    assert len(steps()) == history.MAX_MOMENTS
    assert steps()[-1] == 300
    kept = history.network_at(run, history.moments(run)[0])
    np.testing.assert_allclose(kept.weights["output/kernel"], untrained, atol=1e-2)
    # Who goes on after four epochs forgets what came later.
    network.optimizer.iterations.assign(40)
    callback()
    assert steps() == [0, 5, 10, 40]
