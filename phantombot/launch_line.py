"""The text after `launch` → the launch that is meant."""

import re
from contextlib import suppress
from dataclasses import dataclass, field, replace

from phantombot.agent_line import agent_in_quotes
from phantombot.argument import Argument, read_argument
from phantombot.command_table import LAUNCH, CommandSpec
from phantombot.errors import Mistyped
from phantombot.nearest import unknown_flag
from phantombot.words import (
    FLAG,
    LIKE_ARGUMENT,
    NAME_QUOTES,
    SCRIPTS,
    LaunchCommand,
    first_word,
)


@dataclass(frozen=True)
class Launch:
    """Launch an agent; its repr hides the argument, which may hold session cookies.

    `quoted` tells a name in quotes from a bare word. `command` and `argument` are None where none
    was typed; `argument` is JSON text. `repaired` is as in `Argument`.
    """

    agent: str
    quoted: bool
    command: LaunchCommand | None
    save: bool
    argument: str | None = field(repr=False)
    repaired: bool


_FLAGS = ("save",)


@dataclass(frozen=True)
class _Head:
    """What was read of a launch so far, and the text that follows."""

    rest: str
    spec: CommandSpec
    agent: str = ""
    quoted: bool = False
    command: LaunchCommand | None = None
    save: bool = False


def read_launch(text: str, spec: CommandSpec = LAUNCH) -> Launch:
    """The launch that `text`, typed after `launch`, stands for; `spec` is of another such command.

    Raises:
        Mistyped: it stands for none.
    """
    head = _Head(text, spec)
    while (further := _step(head)) != head:
        head = further
    argument, repaired = None, False
    if head.rest:
        read = _argument(head.rest)
        argument, repaired = read.text, read.repaired
    if head.save and spec is not LAUNCH:
        raise Mistyped(f"`{spec.name}` keeps command and argument by itself: leave `--save` out.")
    if head.save and head.command is None and argument is None:
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
        name, rest = agent_in_quotes(head.rest, head.spec)
        return replace(head, agent=name, quoted=True, rest=rest)
    if not word:
        raise Mistyped(head.spec.explained("Which agent?"))
    if LIKE_ARGUMENT.match(word):
        raise Mistyped(head.spec.explained("Name the agent first, then the argument."))
    return replace(head, agent=word, rest=rest)


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
