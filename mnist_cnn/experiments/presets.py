"""Named training runs, each with its reason and what to look for."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.locale.message import Message
from mnist_cnn.nn.architecture import LECTURE_NETWORK, Architecture, ConvBlock


@dataclass(frozen=True)
class Preset:
    """A named set of settings.

    Attributes:
        group: one of ``GROUPS``.
        title: what people call it.
        reason: why one would take it; it does not tell how it ends.
        config: the settings.
        look_for: what there is to see when it has run.
    """

    group: str
    title: str
    reason: str
    config: TrainingConfig
    look_for: str = ""


GROUPS = FIRST, BETTER, BREAK_IT = ("First", "Better", "Break it")


_DEFAULT = TrainingConfig()
# As in the lecture, so that an experiment differs from it in one thing.
_LECTURE = replace(_DEFAULT, batch_size=32, learning_rate=1e-3, schedule="constant")

_SMALL = Architecture(
    blocks=(ConvBlock(16, 3), ConvBlock(32, 3), ConvBlock(64, 3)),
    dropout=0.25,
    dense=(),
    batch_norm=True,
)
_CHAMPION = Architecture(
    blocks=(ConvBlock(32, 3), ConvBlock(64, 3), ConvBlock(128, 3)),
    dropout=0.25,
    dense=(128,),
    batch_norm=True,
)
_DENSE_ONLY = Architecture(blocks=(), dropout=0.25, dense=(1000,))
_NO_POOLING = Architecture(
    blocks=(ConvBlock(8, 5, pool=1), ConvBlock(16, 2, pool=1)),
    dropout=0.25,
    dense=(100,),
)
_LINEAR = Architecture(blocks=(), dropout=0, dense=())

PRESETS: dict[str, Preset] = {
    "classroom": Preset(
        FIRST,
        "Classroom",
        "4,000 digits, so that a whole class can train one after the other.",
        replace(_DEFAULT, epochs=3, batch_size=64, examples=4_000),
        "About 0.97 with a fifteenth of the digits: all the others together bring two "
        "hundredths more.",
    ),
    "quick": Preset(
        FIRST,
        "Quick",
        "All digits, once: small batches make more steps, and the falling learning "
        "rate lets them settle.",
        replace(_DEFAULT, epochs=1, batch_size=64, learning_rate=3e-3),
        "One epoch is enough for 0.99 on the test set.",
    ),
    "seed": Preset(
        FIRST,
        "The lecture's network",
        "The lecture's network with batches of 128 and a learning rate that warms up "
        "and then falls: the same accuracy in about half the time.",
        _DEFAULT,
    ),
    "lecture": Preset(
        FIRST,
        "As in the lecture",
        "Keras' defaults, as the lecture leaves them: batches of 32, Adam at a "
        "constant learning rate of 0.001, 5 epochs.",
        _LECTURE,
    ),
    "small": Preset(
        BETTER,
        "A small one",
        Message(
            "{count:,} parameters instead of {usual:,}: three small convolutions, and "
            "no hidden dense layer.",
            count=_SMALL.parameters,
            usual=LECTURE_NETWORK.parameters,
        ),
        replace(_DEFAULT, network=_SMALL),
        "Above 0.99 all the same: almost all of the lecture network's weights sit in "
        "its first dense layer, and they are hardly needed.",
    ),
    "champion": Preset(
        BETTER,
        "Champion",
        Message(
            "The best here: {count:,} parameters in three convolutions with batch "
            "normalization, and digits that are turned and slanted a little each time.",
            count=_CHAMPION.parameters,
        ),
        replace(_DEFAULT, network=_CHAMPION, epochs=10, augmentation=("turn", "shear")),
        "0.995 on the test set. In most epochs training accuracy stays below "
        "validation accuracy: the varied digits are harder than those of the test set.",
    ),
    "dense_only": Preset(
        BREAK_IT,
        "No convolution at all",
        "One hidden dense layer of 1,000 units on the bare pixels.",
        replace(_DEFAULT, network=_DENSE_ONLY),
        "It learns the training digits, yet stays behind on the test set: to it, a "
        "stroke one pixel further is another thing. Move a digit in Look inside.",
    ),
    "no_pooling": Preset(
        BREAK_IT,
        "No pooling",
        "Two convolutions whose maps never get smaller.",
        replace(_DEFAULT, network=_NO_POOLING),
        "In Architecture: the dense layer gets 28·28·16 = 12,544 values instead of "
        "7·7·16 = 784, so it has sixteen times the parameters. Then move a digit in "
        "Look inside, and see which network minds first.",
    ),
    "linear": Preset(
        BREAK_IT,
        "A linear classifier",
        Message(
            "Ten weighted sums of the pixels, {count:,} parameters, nothing between. "
            "What machines did before.",
            count=_LINEAR.parameters,
        ),
        replace(_DEFAULT, network=_LINEAR),
        "Training and validation lie together and stop at about 0.92: it cannot learn "
        "more, however long it trains.",
    ),
    "rate_too_high": Preset(
        BREAK_IT,
        "Learning rate times a hundred",
        "The lecture's settings with 0.1 instead of 0.001. Larger steps: is it there "
        "sooner?",
        replace(_LECTURE, epochs=2, learning_rate=0.1, examples=10_000),
        "The loss jumps up at once, then lies at about 2.3 = ln 10, as if by guessing: "
        "the first steps have thrown the weights to where no gradient is left.",
    ),
    "too_few": Preset(
        BREAK_IT,
        "Few digits, many times",
        "500 training digits, seen 20 times each.",
        replace(_LECTURE, epochs=20, examples=500),
        "The curves part: training goes to 1, validation stays near 0.92, and its loss "
        "rises again while it gets no better. That is overfitting.",
    ),
    "shuffled_labels": Preset(
        BREAK_IT,
        "Shuffled labels",
        "2,000 training digits whose labels are dealt out at random (after Zhang et "
        "al. 2017). Can it learn them?",
        replace(
            _LECTURE,
            network=replace(LECTURE_NETWORK, dropout=0),
            epochs=20,
            examples=2_000,
            shuffle_labels=True,
        ),
        "It learns all of them by heart, and knows nothing: validation stays at 0.1, "
        "and its loss climbs. A high training accuracy alone proves nothing.",
    ),
}
# What a class begins with, and what the command line trains without a choice.
CLASS_PRESET = "classroom"
DEFAULT_PRESET = "seed"
