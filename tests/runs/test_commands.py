"""Commands to a training: each read once, in order, junk left out."""

import json

import pytest

from mnist_cnn.runs import commands
from mnist_cnn.runs.commands import Command, CommandReader


@pytest.fixture
def path(tmp_path):
    return tmp_path / "control.jsonl"


def test_each_command_is_read_once_and_in_order(path):
    reader = CommandReader(path)
    assert reader.new() == []
    commands.append(path, "pause")
    commands.append(path, "learning_rate", 0.5)
    assert reader.new() == [Command("pause"), Command("learning_rate", 0.5)]
    assert reader.new() == []
    commands.append(path, "stop")
    assert reader.new() == [Command("stop")]


def test_two_readers_do_not_take_commands_from_each_other(path):
    commands.append(path, "stop")
    assert CommandReader(path).new() == CommandReader(path).new() == [Command("stop")]


def test_a_torn_last_line_waits_until_it_is_whole(path):
    reader = CommandReader(path)
    path.write_bytes(b'{"what": "pause"}\n{"what": "st')
    assert reader.new() == [Command("pause")]
    assert reader.new() == []
    with path.open("ab") as file:
        file.write(b'op"}\n')
    assert reader.new() == [Command("stop")]


@pytest.mark.parametrize("torn", [b'{"what": "pa', b'{"what": "pause"}'])
def test_a_command_after_a_line_that_a_full_disk_tore_is_obeyed(path, torn):
    path.write_bytes(b'{"what": "resume"}\n' + torn)
    reader = CommandReader(path)
    assert reader.new() == [Command("resume")]
    commands.append(path, "stop")
    assert reader.new()[-1] == Command("stop")


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"stop",
        b"[]",
        b"null",
        b"{}",
        b'{"what": "explode"}',
        b'{"what": ["stop"]}',
        b"\xff\xfe\x00",
        b'{"what": "learning_rate"}',
        b"[" * 100000,
        b'{"what": "learning_rate", "value": "fast"}',
        b'{"what": {}}',
    ],
)
def test_junk_is_skipped_and_what_follows_is_obeyed(path, junk):
    path.write_bytes(junk + b'\n{"what": "stop"}\n')
    reader = CommandReader(path)
    assert reader.new() == [Command("stop")]
    assert reader.new() == []


def test_every_command_has_its_time(path):
    for what in commands.COMMANDS:
        commands.append(path, what, 0.1)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    times = [line["time"] for line in lines]
    assert times == sorted(times)
    assert [each.what for each in CommandReader(path).new()] == list(commands.COMMANDS)
