"""The text after `watch` or `unwatch` → which agent, and what is to be told of it."""

from dataclasses import dataclass

from phantombot.commands.agent_line import NamedAgent, agent_in_quotes, read_agent
from phantombot.commands.spec import UNWATCH, WATCH, CommandSpec
from phantombot.errors import UsageError
from phantombot.text.normalize import folded, in_ascii_digits
from phantombot.text.tokens import NAME_QUOTES, each_word
from phantombot.watches.model import DEFAULT_WORDS, Word

_WORDS = {word.value: word for word in Word}


@dataclass(frozen=True)
class Watch:
    """Tell the channel of an agent's ends; `quoted` is as in `NamedAgent`."""

    agent: str
    quoted: bool
    words: tuple[Word, ...]


@dataclass(frozen=True)
class Unwatch:
    """Tell the channel no more of an agent; `quoted` is as in `NamedAgent`."""

    agent: str
    quoted: bool


@dataclass(frozen=True)
class Watches:
    """List what the channel watches."""


def read_watch(text: str) -> Watch:
    """What `text`, typed after `watch`, stands for.

    Raises:
        UsageError: it names no agent, or another word follows.
    """
    named, words = _in_quotes(text) if text.startswith(NAME_QUOTES) else _bare(text)
    unknown = [word for word in words if word not in _WORDS]
    if unknown:
        raise UsageError(_which_words())
    wanted = tuple(word for word in Word if word.value in words)
    return Watch(named.agent, named.quoted, wanted or DEFAULT_WORDS)


def read_unwatch(text: str) -> Unwatch:
    """What `text`, typed after `unwatch`, stands for.

    Raises:
        UsageError: it names no agent, or more follows.
    """
    named = _required(text, UNWATCH)
    return Unwatch(named.agent, named.quoted)


def _in_quotes(text: str) -> tuple[NamedAgent, list[str]]:
    name, rest = agent_in_quotes(text, WATCH)
    return NamedAgent(name, quoted=True), [folded(word) for word in each_word(rest)]


def _bare(text: str) -> tuple[NamedAgent, list[str]]:
    """A name of several words needs no quotes: it ends where the words begin that are ours."""
    typed = each_word(text)
    words: list[str] = []
    while len(typed) > 1 and folded(typed[-1]) in _WORDS:
        words.append(folded(typed.pop()))
    if typed and typed[0].isdecimal():
        named = NamedAgent(in_ascii_digits(typed[0]), quoted=False)
        return named, [*map(folded, typed[1:]), *words]
    return _required(" ".join(typed), WATCH), words


def _required(text: str, spec: CommandSpec) -> NamedAgent:
    named = read_agent(text, spec)
    if named is None:
        raise UsageError(spec.explained("Which agent?"))
    return named


def _which_words() -> str:
    listed = ", ".join(f"`{word}`" for word in Word)
    return WATCH.explained(f"After the agent may stand {listed}, and nothing else.")
