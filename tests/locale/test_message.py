"""Sentences that pages can say in another language."""

import pickle

from mnist_cnn.locale.message import Message, MessageError

GERMAN = {
    "Run {id} cannot be read. {reason}": "Lauf {id} ist unlesbar. {reason}",
    "It is damaged.": "Er ist beschädigt.",
    "{count:,} digits": "{count:,} Ziffern",
}


def german(text):
    return GERMAN.get(text, text)


def test_a_message_is_its_english_sentence_and_can_be_said_otherwise():
    message = Message("{count:,} digits", count=5000)
    assert message == "5,000 digits"
    assert message.said(german) == "5,000 Ziffern"
    listed = Message.listed([message, Message("{count:,} digits", count=1)], " · ")
    assert listed == "5,000 digits · 1 digits"
    assert listed.said(german) == "5,000 Ziffern · 1 Ziffern"


def test_an_error_says_the_sentence_of_the_one_before_it_too():
    inner = MessageError("It is damaged.")
    error = MessageError("Run {id} cannot be read. {reason}", id="3f", reason=inner)
    assert str(error) == "Run 3f cannot be read. It is damaged."
    assert error.message.said(german) == "Lauf 3f ist unlesbar. Er ist beschädigt."
    # Between the processes of a cluster.
    assert pickle.loads(pickle.dumps(error)).message.values["id"] == "3f"


def test_what_strangers_wrote_is_put_in_as_it_is():
    message = Message("The file {name} is empty.", name="{0} {x} .npz")
    assert message == "The file {0} {x} .npz is empty."
    assert message.said(german) == message
    assert Message("A {brace} alone") == "A {brace} alone"
