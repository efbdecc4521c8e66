"""A class whose phones sleep."""

import tomllib
from types import SimpleNamespace

from streamlit.runtime.memory_session_storage import MemorySessionStorage

from mnist_cnn.ui.server.sleeping_sessions import allow_sessions


def test_the_sessions_of_three_hundred_sleeping_phones_are_kept():
    storage = MemorySessionStorage()
    sessions = [
        SimpleNamespace(session=SimpleNamespace(id=str(number)))
        for number in range(300)
    ]
    storage.save(sessions[0])
    allow_sessions(storage)
    for session in sessions[1:]:
        storage.save(session)
    assert [storage.get(str(number)) for number in range(300)] == sessions


def test_a_phone_may_sleep_for_more_than_ten_minutes(pytestconfig):
    config = (pytestconfig.rootpath / ".streamlit" / "config.toml").read_text()
    assert tomllib.loads(config)["server"]["disconnectedSessionTTL"] > 600
