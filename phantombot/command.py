"""The text after `/phantom` → a command, and the table of what there is."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from phantombot.argument import Argument, read_argument
from phantombot.errors import Mistyped
from phantombot.nearest import unknown_command, unknown_flag, unknown_topic
from phantombot.words import (
    FLAG,
    LIKE_ARGUMENT,
    NAME_QUOTES,
    SCRIPTS,
    LaunchCommand,
    first_word,
    quoted_name,
)


@dataclass(frozen=True)
class Launch:
    """Launch an agent; its repr hides the argument, which may hold session cookies.

    `quoted` tells a name in quotes from a bare word. `command` and `argument` are None where
    nothing is to be sent; `argument` is JSON text. `repaired` is as in `Argument`.
    """

    agent: str
    quoted: bool
    command: LaunchCommand | None
    save: bool
    argument: str | None = field(repr=False)
    repaired: bool


@dataclass(frozen=True)
class Help:
    """Explain one command, or all where `topic` is None."""

    topic: str | None


@dataclass(frozen=True)
class Key:
    """Open the form for the workspace's key, or forget the key."""

    remove: bool


@dataclass(frozen=True)
class KeyTyped:
    """Something stood after `key`, most likely the key itself. It is not kept."""


Command = Launch | Help | Key | KeyTyped


@dataclass(frozen=True)
class CommandSpec:
    """One line of the command table. `usage` and `example` follow `/phantom`."""

    name: str
    usage: str
    does: str
    example: str


_LAUNCH = CommandSpec(
    "launch",
    "launch <agent> [casperjs|phantomjs] [--save] [argument]",
    "launches an agent; `--save` stores command and argument as its defaults",
    'launch "LinkedIn Search" casperjs {"url": "https://example.com"}',
)
_KEY = CommandSpec(
    "key",
    "key [remove]",
    "stores, replaces or forgets the workspace's Phantombuster key; admins only",
    "key",
)
_HELP = CommandSpec(
    "help", "help [command]", "explains the commands, or one of them", "help launch"
)
COMMANDS: tuple[CommandSpec, ...] = (_LAUNCH, _KEY, _HELP)
"""What exists now; help, README and manifest are checked against it."""
USAGE_HINT = "launch <agent> [casperjs|phantomjs] [json]"
"""What Slack shows beside `/phantom` while somebody types."""

_KEY_GLUED = re.compile("key[:=]", re.IGNORECASE)
_NAMES = tuple(spec.name for spec in COMMANDS)


def parse(text: str) -> Command:
    """The command that `text`, typed after `/phantom`, stands for.

    Raises:
        Mistyped: it stands for none.
    """
    if "\0" in text:
        raise Mistyped("That line holds a NUL, which no keyboard types. Type it again.")
    word, rest = first_word(text)
    if not word:
        return Help(None)
    read = _READERS.get(word.lower())
    if read:
        return read(rest)
    if _KEY_GLUED.match(word):
        return KeyTyped()
    raise Mistyped(unknown_command(text, _NAMES))


def _help(text: str) -> Help:
    topic = first_word(text)[0].lower()
    if topic and topic not in _NAMES:
        raise Mistyped(unknown_topic(topic, _NAMES))
    return Help(topic or None)


def _key(text: str) -> Key | KeyTyped:
    words = text.lower().split()
    return Key(remove=bool(words)) if words in ([], ["remove"]) else KeyTyped()


# --- launch

_FLAGS = ("save",)


@dataclass(frozen=True)
class _Head:
    """What was read of a launch so far, and the text that follows."""

    rest: str
    agent: str = ""
    quoted: bool = False
    command: LaunchCommand | None = None
    save: bool = False


def _launch(text: str) -> Launch:
    head = _Head(text)
    while (further := _step(head)) != head:
        head = further
    argument, repaired = "{}" if head.command else None, False
    if head.rest:
        read = _argument(head.rest)
        argument, repaired = read.text, read.repaired
    if head.save and argument is None:
        raise Mistyped("There is nothing to save: `--save` takes a command or an argument.")
    return Launch(head.agent, head.quoted, head.command, head.save, argument, repaired)


def _step(head: _Head) -> _Head:
    """`head` with one more word read, or as it is where the argument begins."""
    word, rest = first_word(head.rest)
    if flag := FLAG.match(word):
        _check_flag(flag)
        return replace(head, save=True, rest=rest)
    if not head.agent:
        return _with_agent(head, word, rest)
    if head.command is None and word.lower() in SCRIPTS:
        return replace(head, command=SCRIPTS[word.lower()], rest=rest)
    return head


def _check_flag(flag: re.Match[str]) -> None:
    name = flag["name"].lower()
    if _is_save(flag):
        return
    if name in _FLAGS:
        raise Mistyped(f"The flag `--{name}` takes no value, and a space follows it.")
    raise Mistyped(unknown_flag(name, _FLAGS))


def _with_agent(head: _Head, word: str, rest: str) -> _Head:
    if word.startswith(NAME_QUOTES):
        name, rest = _agent_in_quotes(head.rest)
        return replace(head, agent=name, quoted=True, rest=rest)
    if not word:
        raise Mistyped(_no_agent("Which agent?"))
    if LIKE_ARGUMENT.match(word):
        raise Mistyped(_no_agent("Name the agent first, then the argument."))
    return replace(head, agent=word, rest=rest)


def _agent_in_quotes(text: str) -> tuple[str, str]:
    found = quoted_name(text)
    if not found:
        raise Mistyped("The quote before the agent's name is not closed by one and a space.")
    if not found[0]:
        raise Mistyped(_no_agent("Between the quotes there is no agent's name."))
    return found


def _no_agent(sentence: str) -> str:
    usage, example = _LAUNCH.usage, _LAUNCH.example
    return f"{sentence} Usage: `/phantom {usage}`, for example `/phantom {example}`."


def _argument(text: str) -> Argument:
    try:
        return read_argument(text)
    except Mistyped:
        if not _holds_a_late_flag(text):
            raise
    raise Mistyped("Flags stand before the argument: move `--save` there.")


def _holds_a_late_flag(text: str) -> bool:
    """Whether `text` is an argument as soon as the flag is taken out of it."""
    words = re.split(r"(\s+)", text)
    others = [word for word in words if not _is_save(FLAG.fullmatch(word))]
    if others == words:
        return False
    with suppress(Mistyped):
        read_argument("".join(others))
        return True
    return False


def _is_save(flag: re.Match[str] | None) -> bool:
    return flag is not None and flag["name"].lower() in _FLAGS and not flag["more"]


_READERS: dict[str, Callable[[str], Command]] = {"launch": _launch, "key": _key, "help": _help}
