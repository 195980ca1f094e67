"""The commands that take an agent and nothing else, and `runs`."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from phantombot.commands.help import Help
from phantombot.commands.output import Output
from phantombot.commands.parse import parse
from phantombot.commands.runs import Runs
from phantombot.commands.status import Status
from phantombot.commands.stop import Stop
from phantombot.errors import UsageError
from phantombot.text.normalize import folded
from phantombot.text.tokens import each_word

KINDS = {"status": Status, "output": Output, "stop": Stop, "abort": Stop}


def mistake(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        parse(text)
    return caught.value.sentence


@pytest.mark.parametrize("word", KINDS)
@pytest.mark.parametrize(
    ("typed", "agent", "quoted"),
    [
        ("785", "785", False),
        (" LinkedIn\u00a0", "LinkedIn", False),
        ("LinkedIn  Search", "LinkedIn Search", False),
        ("casperjs", "casperjs", False),
        ("it's", "it's", False),
        ('"785"', "785", True),
        ("“LinkedIn Search”", "LinkedIn Search", True),
        ("'Bob's agent' ", "Bob's agent", True),
        ('"2024 leads"', "2024 leads", True),
        ('"a=b {c}"', "a=b {c}", True),
    ],
)
def test_an_agent_is_named_by_id_name_or_several_words(
    word: str, typed: str, agent: str, quoted: bool
):
    assert parse(f"{word} {typed}") == KINDS[word](agent, quoted)
    assert parse(f"{word.upper()}\n{typed}") == KINDS[word](agent, quoted)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("status", Status(None, quoted=False)),
        ("STATUS \n", Status(None, quoted=False)),
        ("runs", Runs()),
        ("Runs ", Runs()),
        ("help abort", Help("stop")),
        ("help Runs", Help("runs")),
    ],
)
def test_what_takes_nothing_is_read(text: str, command: object):
    assert parse(text) == command


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("stop", "Which agent? Usage: `/phantom stop <agent>`"),
        ("abort", "Which agent? Usage: `/phantom stop <agent>`"),
        ("output \u00a0", "Which agent? Usage: `/phantom output <agent>`"),
        ('stop ""', "no agent's name. Usage: `/phantom stop <agent>`"),
        ('status " "', "no agent's name. Usage: `/phantom status [agent]`"),
        ('output "LinkedIn', "quote before the agent's name is not closed"),
        ("stop 785 786", "`stop` takes one agent and nothing else"),
        ("abort 785 now", "`stop` takes one agent and nothing else"),
        ('output "LinkedIn Search" 5', "`output` takes one agent and nothing else"),
        ("status 785 casperjs", "`status` takes one agent and nothing else"),
        ("stop LinkedIn --force", "`stop` takes one agent and nothing else"),
        ("stop LinkedIn —force", "`stop` takes one agent and nothing else"),
        ('output My {"a": 1}', "`output` takes one agent and nothing else"),
        ("output url=https://x.y", "`output` takes one agent and nothing else"),
        ("watches 5", "`watches` takes nothing after it. Usage: `/phantom watches`."),
        ("stpo 785", "Did you mean `/phantom stop`?"),
        ("abrot 785", "Did you mean `/phantom stop`?"),
        ("rnus", "Did you mean `/phantom runs`?"),
        ("outputs", "Did you mean `/phantom output`?"),
        ("help stat", "Did you mean `/phantom help status`?"),
    ],
)
def test_what_is_missing_or_too_much_is_one_sentence(text: str, sentence: str):
    assert sentence in mistake(text)


@pytest.mark.parametrize("word", [*KINDS, "runs"])
def test_what_may_be_a_secret_is_not_echoed(word: str):
    assert "hush" not in mistake(f'{word} 785 {{"cookie": "hush"}}')


@given(st.sampled_from([*KINDS, "runs"]), st.text(max_size=40))
@example("status", "?")
@example("stop", "785 --help")
def test_whatever_follows_is_read_or_mistyped_or_asks_for_help(word: str, text: str):
    try:
        command = parse(f"{word} {text}")
    except UsageError:
        return
    assert isinstance(command, Status | Output | Stop | Runs | Help)
    if isinstance(command, Help):
        assert {"?", "-h", "-help", "--help"} & set(map(folded, each_word(text)))
    elif not isinstance(command, Runs):
        assert command.agent is None or command.agent.strip()
