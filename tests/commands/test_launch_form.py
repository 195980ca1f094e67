"""What is entered in the launch form, and what a message's text is made into."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantombot.commands.launch import LaunchForm
from phantombot.commands.launch_form import Entered, offer, read_form
from phantombot.commands.launch_line import Launch
from phantombot.commands.parse import parse
from phantombot.messages import launch_form as said
from phantombot.messages.agent_menu import AGENT_GONE, AGENT_MISSING, NO_CHOICE
from phantombot.messages.form import SAVED_OPTIONS

FIELDS = {said.AGENT, said.COMMAND, said.ARGUMENT, said.SAVE, said.CHANNEL}
ENTERED = Entered("785", "casperjs", '{"a": 1}', save=False, channel="C0GENERAL")


def read(*, is_gone: bool = False, **changes: object) -> Launch | dict[str, str]:
    return read_form(replace(ENTERED, **changes), lambda _: is_gone)


@pytest.mark.parametrize(
    ("changes", "launch"),
    [
        ({}, ("casperjs", '{"a": 1}', False)),
        ({"argument": '{"n":1.0e5}'}, ("casperjs", '{"n":1.0e5}', False)),
        ({"argument": " \n"}, ("casperjs", "{}", False)),
        ({"argument": "", "command": SAVED_OPTIONS}, (None, None, False)),
        ({"command": SAVED_OPTIONS}, (None, '{"a": 1}', False)),
        ({"argument": "n:=5"}, ("casperjs", '{"n": 5}', False)),
        ({"argument": "{“a”: 1}"}, ("casperjs", '{"a": 1}', True)),
        ({"argument": '{\n "a": 1\n}'}, ("casperjs", '{\n "a": 1\n}', False)),
    ],
    ids=str,
)
def test_what_is_entered_is_what_is_launched(changes: dict, launch: tuple):
    found = read(**changes)
    assert isinstance(found, Launch)
    assert (found.command, found.argument, found.repaired) == launch
    assert (found.agent, found.quoted) == ("785", False)


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"agent": None}, {said.AGENT: AGENT_MISSING}),
        ({"agent": NO_CHOICE}, {said.AGENT: AGENT_MISSING}),
        ({"agent": "785; DROP"}, {said.AGENT: AGENT_MISSING}),
        ({"agent": "9" * 400}, {said.AGENT: AGENT_MISSING}),
        ({"is_gone": True}, {said.AGENT: AGENT_GONE}),
        ({"command": None}, {said.COMMAND: said.COMMAND_UNKNOWN}),
        ({"command": "node"}, {said.COMMAND: said.COMMAND_UNKNOWN}),
        ({"channel": None}, {said.CHANNEL: said.CHANNEL_MISSING}),
        ({"channel": "<!channel>"}, {said.CHANNEL: said.CHANNEL_MISSING}),
        (
            {"save": True, "argument": "", "command": SAVED_OPTIONS},
            {said.SAVE: said.NOTHING_TO_SAVE},
        ),
        (
            {"argument": '{"a": tru}'},
            {
                said.ARGUMENT: "The argument is not JSON: expected a value."
                ' See the ^ in: {"a": ^tru}'
            },
        ),
        (
            {"argument": '{\n "ключ": 1,\n "b" 2}'},
            {said.ARGUMENT: 'The argument is not JSON: expected a colon. See the ^ in:  "b" ^2}'},
        ),
    ],
    ids=str,
)
def test_each_bad_input_has_a_sentence_of_its_own(changes: dict, problems: dict):
    assert read(**changes) == problems


def test_several_bad_inputs_are_told_at_once():
    problems = read(agent=None, command="x", argument="{", save=True, channel=None)
    assert set(problems) == FIELDS - {said.SAVE}


def test_a_nul_is_told_since_no_database_takes_one():
    assert "NUL" in read(argument='{"a": "\0"}')[said.ARGUMENT]


def test_what_was_entered_is_not_repeated_by_accident():
    entered = replace(ENTERED, argument='{"cookie": "hush"}')
    assert "hush" not in repr(entered) + repr(read_form(entered, lambda _: False))
    assert "hush" not in repr(offer('{"cookie": "hush"}'))


@given(
    st.builds(
        Entered,
        st.none() | st.text(max_size=20),
        st.none() | st.sampled_from([SAVED_OPTIONS, "casperjs", "x"]),
        st.text(max_size=40),
        st.booleans(),
        st.none() | st.text(max_size=20),
    ),
    st.booleans(),
)
def test_whatever_is_entered_is_a_launch_or_told_at_an_input(entered: Entered, is_gone: bool):
    found = read_form(entered, lambda _: is_gone)
    if isinstance(found, Launch):
        assert found.argument is None or json.loads(found.argument) is not Ellipsis
    else:
        assert found
        assert set(found) <= FIELDS


@pytest.mark.parametrize(
    ("text", "argument", "note"),
    [
        ('{"a": 1}', '{"a": 1}', ""),
        ('```\n{"a": 1}\n```', '{"a": 1}', ""),
        ('{"q": "a &amp; b &lt;c&gt;"}', '{"q": "a & b <c>"}', ""),
        ('{"url": "<https://x.y/?a=1&amp;b=2>"}', '{"url": "https://x.y/?a=1&b=2"}', ""),
        ("{“a”: 1}", '{"a": 1}', said.TEXT_REPAIRED),
        ("url=<https://x.y>", '{"url": "https://x.y"}', ""),
        ("<https://x.y|x.y>", '{"text": "https://x.y"}', said.TEXT_AS_JSON),
        ("two words", '{"text": "two words"}', said.TEXT_AS_JSON),
        ('say "hi"\nto <@U1>', '{"text": "say \\"hi\\"\\nto <@U1>"}', said.TEXT_AS_JSON),
        ("", "", said.TEXT_MISSING),
        ("x" * 3000, "", said.TEXT_TOO_LONG),
        ('"' + "x" * 2998 + '"', '"' + "x" * 2998 + '"', ""),
    ],
)
def test_a_message_s_text_becomes_an_argument(text: str, argument: str, note: str):
    offered = offer(text)
    assert (offered.argument, offered.note) == (argument, note)


def test_a_message_that_is_nearly_json_is_offered_as_it_is_with_its_fault_above():
    offered = offer('{"a": tru, "b": "&amp;"}')
    assert offered.argument == '{"a": tru, "b": "&"}'
    assert offered.note.startswith("The argument is not JSON: expected a value.\n```{")
    assert offered.note.endswith("      ^```")


@given(st.text(max_size=200))
def test_any_message_is_offered(text: str):
    offered = offer(text)
    assert offered.argument or offered.note


@pytest.mark.parametrize("text", ["launch", " LAUNCH \n"])
def test_launch_alone_asks_for_the_form(text: str):
    assert parse(text) == LaunchForm()
