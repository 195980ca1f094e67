# ruff: noqa: RUF001 - the quotes and digits that keyboards make are what is tested
import pytest

from phantombot.commands.parse import parse
from phantombot.commands.watch import Unwatch, Watch, Watches, WatchForm
from phantombot.errors import UsageError
from phantombot.watches.model import DEFAULT_WORDS, Word


def mistake(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        parse(text)
    return caught.value.sentence


def watch(agent: str, *words: Word, quoted: bool = False) -> Watch:
    return Watch(agent, quoted, words or DEFAULT_WORDS)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("watch", WatchForm()),
        ("watch 785", watch("785")),
        ("watch 785 failure", watch("785", Word.FAILURE)),
        ("watch 785 SUCCESS Empty", watch("785", Word.EMPTY, Word.SUCCESS)),
        ("watch 785 success success", watch("785", Word.SUCCESS)),
        ("watch LinkedIn Search", watch("LinkedIn Search")),
        ("watch LinkedIn Search recovery", watch("LinkedIn Search", Word.RECOVERY)),
        ('watch "LinkedIn Search" empty', watch("LinkedIn Search", Word.EMPTY, quoted=True)),
        ("watch “failure” failure", watch("failure", Word.FAILURE, quoted=True)),
        ("watch failure", watch("failure")),
        ("watch ７８５\u3000failure\u200b", watch("785", Word.FAILURE)),
        ("unwatch\u00a0７８５", Unwatch("785", quoted=False)),
        ("unwatch LinkedIn Search", Unwatch("LinkedIn Search", quoted=False)),
        ('unwatch "785"', Unwatch("785", quoted=True)),
        ("watches", Watches()),
    ],
)
def test_watches_are_read(text: str, command: object):
    assert parse(text) == command


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("unwatch", "Which agent?"),
        (
            "watch 785 faliure",
            "After the agent may stand `failure`, `recovery`, `empty`, `success`",
        ),
        ('watch "One" all', "After the agent may stand"),
        ("watch 785 {}", "After the agent may stand"),
        ("watch One --now", "takes one agent"),
        ("unwatch 785 failure", "takes one agent and nothing else"),
        ("watches here", "`watches` takes nothing after it"),
    ],
)
def test_a_mistyped_watch_says_what_it_takes(text: str, says: str):
    assert says in mistake(text)
