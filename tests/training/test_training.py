"""Real trainings of a tiny network on a thousand digits, held against Keras."""

import errno
import shutil
import time
import types
import warnings
from dataclasses import replace

import numpy as np
import pytest

from mnist_cnn import runs
from mnist_cnn.analysis.evaluation import accuracy, cross_entropy
from mnist_cnn.digits import mnist as data
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.experiments.schedule import learning_rate
from mnist_cnn.nn.architecture import Architecture, ConvBlock
from mnist_cnn.nn.summary import summary
from mnist_cnn.runs.metrics_reader import reader

pytestmark = pytest.mark.usefixtures("runs_folder", "few_digits")

TINY = Architecture((ConvBlock(4, 3, pool=4),), dropout=0, dense=(16,))
# 500 digits in batches of 120: four whole batches and one of 20.
SETTINGS = {"network": TINY, "examples": 500, "batch_size": 120, "epochs": 2}
STEPS = 5


def train(*callbacks, run: runs.Run | None = None, **settings) -> runs.Run:
    from mnist_cnn.training.fit import Training

    run = run or runs.submit(TrainingConfig(**SETTINGS | settings), state="preparing")
    Training(run, callbacks).train()
    return run


@pytest.fixture(scope="module")
def trained_once(small_mnist, tmp_path_factory):
    """A finished run's folder, for the tests that only look at what it left."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MNIST_CNN_RUNS", str(tmp_path_factory.mktemp("trained")))
        patch.setenv("MNIST_CNN_DATA", str(small_mnist))
        return train().path


@pytest.fixture
def finished(trained_once, runs_folder) -> runs.Run:
    """That run, in this test's runs folder."""
    shutil.copytree(trained_once, runs_folder / trained_once.name)
    return runs.find(trained_once.name)


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "rmsprop"])
def test_each_batchs_loss_and_accuracy_are_the_true_ones(column, optimizer):
    import keras
    import tensorflow as tf

    from mnist_cnn.training import model
    from mnist_cnn.training.batches import Batches

    run = train(optimizer=optimizer, learning_rate=0.01)
    keras.utils.set_random_seed(run.config.seed)
    mine = model.build(TINY)
    model.compile_model(mine, run.config)
    digits = data.load()
    batches = Batches(digits.x_train[:500], digits.y_train[:500], run.config)
    total, losses, accuracies = 2 * STEPS, [], []
    for epoch in range(2):
        batches.start_epoch(epoch)
        for index in range(STEPS):
            pixels, labels = batches[index]
            rate = learning_rate("cosine", 0.01, epoch * STEPS + index, total)
            mine.optimizer.learning_rate.assign(rate)
            with tf.GradientTape() as tape:
                read = mine(pixels, training=True)
                right = tf.gather(read, labels, axis=1, batch_dims=1)
                loss = -tf.reduce_mean(tf.math.log(right))
            gradients = tape.gradient(loss, mine.trainable_variables)
            mine.optimizer.apply(gradients, mine.trainable_variables)
            losses.append(float(loss))
            accuracies.append(accuracy(read.numpy(), labels))
    assert column(run, "loss") == pytest.approx(losses, abs=2e-4)
    assert column(run, "accuracy") == pytest.approx(accuracies, abs=1e-5)
    final = runs.load_network(run.id)
    for name, array in model.weights_of(mine).items():
        np.testing.assert_allclose(final.weights[name], array, atol=2e-4)


def test_each_epoch_says_how_the_kept_network_does_on_the_whole_test_set(
    column, lines, finished
):
    run = finished
    digits = data.load()
    read = runs.load_network(run.id).probabilities(digits.x_test / np.float32(255))
    last = lines(run, "epoch")[-1]
    assert [line["epoch"] for line in lines(run, "epoch")] == [1, 2]
    assert last["val_accuracy"] == pytest.approx(accuracy(read, digits.y_test))
    assert last["val_loss"] == pytest.approx(
        cross_entropy(read, digits.y_test), abs=1e-4
    )
    sizes = np.array([120] * 4 + [20])
    for name in ("loss", "accuracy"):
        mean = np.average(column(run, name)[STEPS:], weights=sizes)
        assert last[name] == pytest.approx(mean, abs=1e-4)
    status = run.status()
    assert status.test_accuracy == pytest.approx(last["val_accuracy"], abs=1e-5)
    assert status.test_loss == pytest.approx(last["val_loss"], abs=1e-5)


def test_a_finished_training_leaves_all_that_the_pages_read(finished):
    run = finished
    status = run.status()
    assert (status.state, status.reason, status.epochs_done) == ("done", "", 2)
    assert (status.examples, status.test_examples) == (500, 200)
    assert status.steps_per_epoch == STEPS
    assert status.fingerprint == data.load().fingerprint
    assert "small_mnist.npz" in status.source
    assert status.started < status.ended
    assert 0 < status.seconds < status.ended - status.started
    assert {"tensorflow", "keras", "numpy", "python"} <= set(status.versions)
    assert run.summary_path.read_text() == summary(TINY)
    metrics = reader(run.metrics_path).read()
    assert (len(metrics.batches), len(metrics.epochs)) == (2 * STEPS, 2)
    with np.load(run.kernels_path) as kept:
        assert kept["kernels"].shape == (2 * STEPS + 1, 3, 3, 1, 4)
        final = runs.load_network(run.id).weights["conv_1/kernel"]
        np.testing.assert_allclose(kept["kernels"][-1], final, atol=1e-6)
    assert not [each for each in run.path.iterdir() if each.name.startswith(".")]


def test_keras_model_weights_and_test_predictions_are_one_network(finished):
    import keras

    run = finished
    digits = data.load()
    pixels = digits.x_test / np.float32(255)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loaded = keras.saving.load_model(run.model_path)
    theirs = loaded.predict(pixels[..., None], verbose=0)
    np.testing.assert_allclose(
        runs.load_network(run.id).probabilities(pixels), theirs, atol=1e-5
    )
    # Of Keras' classes alone, with its optimizer, so that the training could go on.
    for part in (*loaded.layers, loaded.optimizer):
        assert type(part).__module__.startswith("keras.")
    assert int(loaded.optimizer.iterations) == 2 * STEPS
    with np.load(run.predictions_path) as kept:
        np.testing.assert_allclose(kept["probabilities"], theirs, atol=1e-5)
        assert (kept["labels"] == digits.y_test).all()
        assert str(kept["fingerprint"]) == digits.fingerprint


def test_the_same_settings_give_the_same_curve_and_another_seed_another(column):
    network_with_chance = Architecture((ConvBlock(4, 3, pool=4),), 0.3, (16,), True)
    settings = {"network": network_with_chance, "augmentation": ("shear",)}
    first, again = train(**settings), train(**settings)
    other = train(**settings, seed=2)
    for name in ("loss", "accuracy", "learning_rate"):
        assert column(first, name) == column(again, name)
    assert column(first, "val_loss", "epoch") == column(again, "val_loss", "epoch")
    assert column(first, "loss") != column(other, "loss")


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_each_batch_is_trained_with_the_schedules_rate(at_step, column, schedule):
    rates = []

    def note(model):
        rates.append(float(model.optimizer.learning_rate))

    callbacks = [at_step(step, note) for step in range(1, 2 * STEPS + 1)]
    run = train(*callbacks, schedule=schedule, learning_rate=0.02)
    expected = [learning_rate(schedule, 0.02, step, 10) for step in range(10)]
    assert rates == pytest.approx(expected)
    assert column(run, "learning_rate") == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("step", [3, STEPS, STEPS + 2])
def test_a_stop_is_obeyed_within_one_batch_and_keeps_the_network_of_that_batch(
    at_step, column, lines, step
):
    from mnist_cnn.training.model import weights_of

    run = runs.submit(TrainingConfig(**SETTINGS, learning_rate=0.05))
    stopped_with = {}

    def stop(model):
        stopped_with.update({k: np.array(v) for k, v in weights_of(model).items()})
        run.send("stop")

    train(at_step(step, stop), run=run)
    status = run.status()
    assert status.state == "stopped"
    assert len(lines(run, "batch")) == step
    assert column(run, "what", "mark") == ["stop"]
    assert (status.epochs_done, status.kept_step) == (step // (STEPS + 1), step)
    assert f"The network of batch {step}" in " ".join(status.sentences)
    ours = runs.load_network(run.id)
    for name, array in ours.weights.items():
        np.testing.assert_array_equal(array, stopped_with[name])
    tested = ours.probabilities(data.load().x_test / np.float32(255))
    assert status.test_accuracy == pytest.approx(accuracy(tested, data.load().y_test))
    with np.load(run.predictions_path) as kept:
        np.testing.assert_allclose(kept["probabilities"], tested, atol=1e-5)


def test_a_stop_at_the_end_of_an_epoch_keeps_that_epochs_network(at_step):
    run = runs.submit(TrainingConfig(**SETTINGS))
    with pytest.MonkeyPatch.context() as patch:
        from mnist_cnn.training.callbacks.run_control import RunControl

        patch.setattr(RunControl, "on_train_batch_end", lambda *_, **__: None)
        patch.setattr(RunControl, "on_test_batch_end", lambda *_, **__: None)
        train(at_step(STEPS, lambda _: run.send("stop")), run=run)
    status = run.status()
    assert (status.state, status.epochs_done, status.kept_step) == ("stopped", 1, 0)
    assert "The network of epoch 1 is kept" in " ".join(status.sentences)


def test_a_stop_keeps_no_network_that_the_last_batch_broke(at_step):
    def explode_and_stop(model):
        kernel = model.get_layer("output").kernel
        kernel.assign(kernel * np.nan)
        run.send("stop")

    run = runs.submit(TrainingConfig(**SETTINGS))
    train(at_step(STEPS + 2, explode_and_stop), run=run)
    status = run.status()
    assert (status.state, status.epochs_done, status.kept_step) == ("stopped", 1, 0)
    assert status.test_accuracy is not None


def test_the_status_says_how_many_digits_a_check_has_read(monkeypatch):
    from mnist_cnn.training import fit
    from mnist_cnn.training.callbacks import check_progress
    from mnist_cnn.training.run_record import RunRecord

    monkeypatch.setattr(fit, "TEST_BATCH", 80)
    monkeypatch.setattr(check_progress, "SAID_EVERY_SECONDS", 0)
    said, write = [], RunRecord.write

    def note(record, status):
        said.append((status.checking, status.checked))
        write(record, status)

    monkeypatch.setattr(RunRecord, "write", note)
    train(epochs=1, validation_examples=120)
    checks = [each for each in said if each != (0, 0)]
    assert checks == [
        *((120, 0), (120, 80), (120, 120)),
        *((200, 0), (200, 80), (200, 160), (200, 200)),
    ]
    assert said[-1] == (0, 0)


def test_the_watched_digits_are_read_before_the_first_batch_too(finished, column):
    import keras

    from mnist_cnn.training import model

    keras.utils.set_random_seed(finished.config.seed)
    untrained = model.build(TINY)
    y_test = data.load().y_test
    images = data.load().x_test[[int(np.argmax(y_test == n)) for n in range(10)]]
    read = finished.metrics().predictions()
    assert list(read) == [0, 1, 2]
    expected = np.asarray(untrained(model.as_input(images), training=False))
    np.testing.assert_allclose(read[0], expected, atol=1e-4)
    assert read[2].tolist() == column(finished, "readings", "epoch")[-1]


def test_a_stop_that_came_before_the_first_batch_is_obeyed(lines):
    run = runs.submit(TrainingConfig(**SETTINGS))
    run.send("stop")
    train(run=run)
    assert run.status().state == "stopped"
    assert "no network to keep" in " ".join(run.status().sentences)
    assert not run.has_weights
    assert lines(run, "batch") == []


@pytest.fixture
def answer_pauses(lines, monkeypatch):
    """Makes a paused training send itself the next command instead of waiting."""
    from mnist_cnn.training.callbacks import run_control

    def answer(run, *commands):
        script, seen = list(commands), []

        def sleep(_):
            assert run.recorded_status().state == "paused"
            seen.append(len(lines(run, "batch")))
            for command in script.pop(0):
                run.send(command)
            time.sleep(0.01)

        clock = types.SimpleNamespace(sleep=sleep, monotonic=time.monotonic)
        monkeypatch.setattr(run_control, "time", clock)
        return seen

    return answer


def test_pause_one_batch_one_epoch_and_resume_are_each_obeyed_once(
    at_step, column, lines, answer_pauses
):
    run = runs.submit(TrainingConfig(**SETTINGS | {"epochs": 4}))
    pauses = answer_pauses(
        run,
        ["one_batch"],
        ["one_batch", "one_batch"],
        ["one_epoch"],
        ["one_epoch"],
        ["pause"],
        ["resume"],
    )
    train(at_step(2, lambda _: run.send("pause")), run=run)
    assert pauses == [2, 3, 5, STEPS, 2 * STEPS, 2 * STEPS]
    assert run.status().state == "done"
    assert len(lines(run, "batch")) == 4 * STEPS
    assert column(run, "what", "mark") == [
        *("pause", "one_batch", "one_batch", "one_batch"),
        *("one_epoch", "one_epoch", "resume"),
    ]


def test_a_pause_is_obeyed_in_the_middle_of_one_epoch(at_step, column, answer_pauses):
    run = runs.submit(TrainingConfig(**SETTINGS))
    pauses = answer_pauses(run, ["one_epoch"], ["stop"])
    train(
        at_step(1, lambda _: run.send("pause")),
        at_step(3, lambda _: run.send("pause")),
        run=run,
    )
    assert pauses == [1, 3]
    assert column(run, "what", "mark") == ["pause", "one_epoch", "pause", "stop"]


def test_a_paused_training_shows_its_last_batch_and_can_be_stopped(
    at_step, lines, answer_pauses
):
    run = runs.submit(TrainingConfig(**SETTINGS))
    answer_pauses(run, ["stop"])
    train(at_step(2, lambda _: run.send("pause")), run=run)
    assert run.status().state == "stopped"
    assert len(lines(run, "batch")) == 2
    with np.load(run.last_batch_path) as shown:
        assert shown["pixels"].shape == (120, 28, 28)
        right = shown["probabilities"][np.arange(120), shown["labels"]]
        np.testing.assert_allclose(shown["losses"], -np.log(right), rtol=1e-5)


@pytest.fixture
def saved_batches(monkeypatch):
    """Which batches of an epoch were written as the last one."""
    from mnist_cnn.training.callbacks import run_control

    saved = []
    monkeypatch.setattr(
        run_control,
        "save_batch",
        lambda model, batches, index, run: saved.append(index),
    )
    return saved


def test_after_one_epoch_the_last_batch_is_the_epochs_last(
    at_step, answer_pauses, saved_batches
):
    run = runs.submit(TrainingConfig(**SETTINGS))
    answer_pauses(run, ["one_epoch"], ["stop"])
    train(at_step(2, lambda _: run.send("pause")), run=run)
    assert saved_batches == [1, STEPS - 1]


def test_a_pause_while_it_validates_shows_the_epochs_last_batch(
    answer_pauses, saved_batches
):
    from keras.callbacks import LambdaCallback

    run = runs.submit(TrainingConfig(**SETTINGS))
    pauses = answer_pauses(run, ["stop"])
    train(LambdaCallback(on_test_begin=lambda logs: run.send("pause")), run=run)
    assert (pauses, saved_batches) == ([STEPS], [STEPS - 1])


def test_a_paused_training_gives_up_its_place_unless_it_is_steered(
    at_step, lines, answer_pauses, monkeypatch
):
    monkeypatch.setenv("MNIST_CNN_YIELD_SECONDS", "0.5")
    run = runs.submit(TrainingConfig(**SETTINGS))
    undisturbed = train()
    other = runs.submit(TrainingConfig(**SETTINGS))
    assert runs.queue()[0].id == run.id
    commands = ["one_batch"] * 3
    answer_pauses(run, *([each] for each in commands), *([[]] * 100))
    train(at_step(STEPS + 1, lambda _: run.send("pause")), run=run)
    status = run.status()
    assert (status.state, status.epochs_done) == ("queued", 1)
    assert "It goes on after epoch 1 when its turn comes." in status.reason
    assert len(lines(run, "batch")) == STEPS + 1 + len(commands)
    assert [each.id for each in runs.queue()] == [other.id, run.id]
    train(run=run)
    assert run.status().state == "done"
    assert run.metrics().loss.tolist() == undisturbed.metrics().loss.tolist()


def test_a_pause_is_not_counted_as_training(at_step, column, monkeypatch):
    from mnist_cnn.training.callbacks import run_control

    run = runs.submit(TrainingConfig(**SETTINGS))

    def sleep(_):
        time.sleep(3)
        run.send("resume")

    clock = types.SimpleNamespace(sleep=sleep, monotonic=time.monotonic)
    monkeypatch.setattr(run_control, "time", clock)
    train(at_step(2, lambda _: run.send("pause")), run=run)
    times = column(run, "time")
    status = run.status()
    assert times[2] - times[1] < 2.5
    assert status.ended - status.started > status.seconds + 2.5


def test_a_rate_set_by_hand_counts_from_the_next_batch(at_step, column, lines):
    run = runs.submit(TrainingConfig(**SETTINGS, schedule="constant"))
    train(at_step(4, lambda _: run.send("learning_rate", 0.5)), run=run)
    assert column(run, "learning_rate") == [2e-3] * 4 + [0.5] * 6
    assert column(run, "what", "mark") == ["learning_rate"]
    (mark,) = lines(run, "mark")
    assert (mark["step"], mark["value"]) == (4, 0.5)


def test_a_rate_set_by_hand_is_the_schedules_new_peak(at_step, column):
    run = runs.submit(TrainingConfig(**SETTINGS))
    train(at_step(4, lambda _: run.send("learning_rate", 0.5)), run=run)
    expected = [learning_rate("cosine", 0.5, step, 10) for step in range(4, 10)]
    assert column(run, "learning_rate")[4:] == pytest.approx(expected, abs=1e-9)


def test_a_rate_that_is_none_is_not_obeyed_whoever_wrote_it(at_step, column):
    run = runs.submit(TrainingConfig(**SETTINGS, schedule="constant"))
    values = ("-1", "0", "1e9", "NaN", "Infinity", "true")
    lines = [f'{{"what": "learning_rate", "value": {value}}}\n' for value in values]
    train(at_step(2, lambda _: run.control_path.write_text("".join(lines))), run=run)
    assert set(column(run, "learning_rate")) == {2e-3}
    assert run.status().state == "done"


def test_a_loss_that_is_no_number_is_explained_and_the_last_epoch_kept(at_step, lines):
    run = runs.submit(TrainingConfig(**SETTINGS | {"epochs": 3}))

    def explode(model):
        kernel = model.get_layer("output").kernel
        kernel.assign(kernel * np.inf)

    train(at_step(STEPS + 2, explode), run=run)
    status = run.status()
    assert status.state == "failed"
    assert "learning rate is too high" in status.reason
    assert "The network of epoch 1 is kept" in " ".join(status.sentences)
    assert len(lines(run, "batch")) == STEPS + 3
    assert lines(run, "batch")[-1]["loss"] is None
    pixels = data.load().x_test / np.float32(255)
    assert np.isfinite(runs.load_network(run.id).probabilities(pixels)).all()


def test_a_network_that_the_last_step_of_an_epoch_broke_replaces_no_good_one(at_step):
    def explode(model):
        kernel = model.get_layer("output").kernel
        kernel.assign(kernel * np.nan)

    run = train(at_step(2 * STEPS, explode), epochs=3)
    status = run.status()
    assert (status.state, status.epochs_done) == ("failed", 1)
    assert "learning rate is too high" in status.reason
    pixels = data.load().x_test / np.float32(255)
    assert np.isfinite(runs.load_network(run.id).probabilities(pixels)).all()


def test_weights_without_end_are_not_kept_even_if_the_test_loss_is_a_number(at_step):
    def explode(model):
        # A unit that is 0 for every digit.
        bias = model.get_layer("dense_1").bias
        bias.assign(np.full(bias.shape, -np.inf, np.float32))

    run = train(at_step(2 * STEPS, explode), epochs=3)
    assert (run.status().state, run.status().epochs_done) == ("failed", 1)


def test_a_far_too_high_learning_rate_really_ends_so():
    deep = Architecture((), 0, (400, 400, 400))
    settings = {"network": deep, "optimizer": "sgd", "epochs": 8}
    run = train(**settings, learning_rate=1.0, schedule="constant")
    assert run.status().state == "failed"
    assert "learning rate is too high" in run.status().reason


def test_a_run_trained_elsewhere_is_left_alone():
    run = runs.submit(TrainingConfig(**SETTINGS))
    before = run.status()
    with run.lock(), pytest.raises(runs.RunError, match="being trained already"):
        train(run=runs.find(run.id))
    assert run.status() == before
    assert not run.metrics_path.exists()


def test_wrong_data_are_the_reason_of_the_failure(tmp_path, monkeypatch):
    path = tmp_path / "broken.npz"
    path.write_bytes(b"not an archive")
    monkeypatch.setenv("MNIST_CNN_DATA", str(path))
    status = train().status()
    assert status.state == "failed"
    assert "broken.npz cannot be read" in status.reason
    assert ".." not in status.reason.replace("...", "")


def test_digits_kept_aside_validate_and_the_test_set_is_read_at_the_end_only(
    at_step, column
):
    known, digits = [], data.load()

    def look(_model):
        known.append(run.recorded_status().test_accuracy)

    run = runs.submit(TrainingConfig(**SETTINGS, validation_examples=300))
    train(at_step(STEPS + 1, look), run=run)
    status, network = run.status(), runs.load_network(run.id)
    assert known == [None]
    assert (status.examples, status.validation_examples) == (500, 300)
    aside = network.probabilities(digits.x_train[-300:] / np.float32(255))
    assert column(run, "val_accuracy", "epoch")[-1] == pytest.approx(
        accuracy(aside, digits.y_train[-300:]), abs=1e-5
    )
    tested = network.probabilities(digits.x_test / np.float32(255))
    assert status.test_accuracy == pytest.approx(accuracy(tested, digits.y_test))
    assert status.test_loss == pytest.approx(
        cross_entropy(tested, digits.y_test), abs=1e-4
    )


def test_no_digit_is_both_learned_from_and_validated_on():
    from mnist_cnn.training.mixture import keep_aside

    numbered = replace(data.load(), y_train=np.arange(1000))
    for count, aside in ((300, 300), (5000, 500)):
        rest, (x_val, y_val) = keep_aside(numbered, count)
        assert y_val.tolist() == list(range(1000 - aside, 1000))
        assert rest.y_train.tolist() == list(range(1000 - aside))
        assert (len(x_val), len(rest.x_train)) == (aside, 1000 - aside)


def test_more_digits_than_there_are_means_all():
    assert train(examples=60_000, epochs=1).status().examples == 1000


def test_the_drawing_that_came_along_is_read_after_every_epoch(column):
    drawing = data.load().x_test[7]
    run = runs.submit(TrainingConfig(**SETTINGS), drawing=drawing)
    train(run=run)
    readings = np.array(column(run, "readings", "epoch"))
    assert readings.shape == (2, 11, 10)
    last = runs.load_network(run.id).probabilities(drawing / np.float32(255))[0]
    np.testing.assert_allclose(readings[-1, -1], last, atol=1e-4)


def test_how_far_the_weights_moved_is_relative_to_their_length(column):
    moved = column(train(learning_rate=0.01), "moved", "epoch")
    still = column(train(learning_rate=1e-6), "moved", "epoch")
    assert set(moved[0]) == {"conv_1", "dense_1", "output"}
    for layer in moved[0]:
        assert 0 < still[0][layer] < 1e-3 < moved[0][layer]


@pytest.mark.parametrize(
    ("error", "sentence", "is_known"),
    [
        (data.DataError("The file x is damaged."), "The file x is damaged", True),
        (MemoryError(), "ran out of memory", True),
        (OSError(errno.ENOSPC, "No space left"), "The disk is full", True),
        (ZeroDivisionError("by zero"), "ZeroDivisionError: by zero", False),
    ],
)
def test_a_failure_is_explained(error, sentence, is_known):
    from mnist_cnn.training.failure import explain_failure

    reason, known = explain_failure(error)
    assert sentence in reason
    assert known is is_known
    assert reason.endswith(".")


def test_a_failure_that_nobody_expected_is_said_and_its_traceback_not_lost(at_step):
    def fail(_):
        raise ZeroDivisionError("in a callback")

    run = runs.submit(TrainingConfig(**SETTINGS))
    with pytest.raises(ZeroDivisionError):
        train(at_step(2, fail), run=run)
    assert run.status().state == "failed"
    assert "ZeroDivisionError: in a callback" in run.status().reason


def test_batches_show_every_digit_once_an_epoch_in_an_order_of_the_seed():
    from mnist_cnn.training.batches import Batches

    labels = np.arange(500)
    images = np.zeros((500, 28, 28), np.uint8)
    batches = Batches(images, labels, TrainingConfig(**SETTINGS))
    orders = []
    for epoch in (0, 1, 0):
        batches.start_epoch(epoch)
        orders.append(np.concatenate([batches[i][1] for i in range(STEPS)]).tolist())
    assert sorted(orders[0]) == sorted(orders[1]) == labels.tolist()
    assert orders[0] == orders[2] != orders[1]
    assert batches.sizes() == [120, 120, 120, 120, 20]


def test_labels_order_and_variation_are_decided_by_numbers_of_their_own():
    from mnist_cnn.training.batches import Batches
    from mnist_cnn.training.mixture import training_digits

    config = TrainingConfig(**SETTINGS | {"examples": 1000, "batch_size": 1000})
    shuffled = replace(config, shuffle_labels=True)
    varied = replace(config, augmentation=("shear",))
    labels = np.arange(1000)
    images = np.zeros((1000, 28, 28), np.uint8)
    dataset = data.Dataset(images, labels, images[:1], labels[:1], "", "")
    dealt = training_digits([dataset], shuffled)[1]
    _, order = Batches(images, labels, config)[0]
    rng_of_batch = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "mnist_cnn.training.batches.augment",
            lambda pixels, _names, rng: rng_of_batch.append(rng) or pixels,
        )
        Batches(images, labels, varied)[0]
    variation = rng_of_batch[0].permutation(labels)
    streams = [dealt.tolist(), order.tolist(), variation.tolist()]
    assert all(sorted(stream) == labels.tolist() for stream in streams)
    assert len({tuple(stream) for stream in streams}) == 3
