"""The text after `launch`, or after the word of an alias → the launch that is meant."""

import re
from contextlib import suppress
from dataclasses import dataclass, field, replace

from phantombot.commands.argument import Argument, read_argument
from phantombot.commands.named_agent import agent_in_quotes
from phantombot.errors import BadArgument, UsageError
from phantombot.messages.commands import CommandHelp
from phantombot.runs.model import Intent, Source
from phantombot.slack.payload import Invocation
from phantombot.text.nearest import unknown_flag
from phantombot.text.normalize import DOUBLE_QUOTES, folded, in_ascii_digits
from phantombot.text.tokens import (
    FLAG,
    LIKE_ARGUMENT,
    NAME_QUOTES,
    LaunchCommand,
    engine,
    first_word,
)


@dataclass(frozen=True)
class Launch:
    """Launch an agent; its repr hides the argument, which may hold session cookies.

    `quoted` distinguishes a name in quotes from bare words. `command` and `argument` are None if
    none was typed; `argument` is JSON text. `repaired` is as in `Argument`.
    """

    agent: str
    quoted: bool = False
    command: str | None = None
    save: bool = False
    argument: str | None = field(default=None, repr=False)
    repaired: bool = False


_FLAGS = ("save",)
_QUOTES = tuple(DOUBLE_QUOTES)
_MOST_WORDS = 20


@dataclass(frozen=True)
class _Head:
    """The parsed beginning of a launch, and the rest of the text."""

    rest: str
    spec: CommandHelp
    agent: str = ""
    quoted: bool = False
    command: LaunchCommand | None = None
    save: bool = False


def read_launch(text: str, spec: CommandHelp, *, keeps: bool = False) -> Launch:
    """Parse `text`, typed after the command of `spec`, as a launch.

    `keeps` means that the command only stores it, for later launches.

    Raises:
        BadArgument: only its argument is invalid; the rest could be launched.
        UsageError: it isn't a valid launch.
    """
    head = _Head(text, spec)
    while (further := _step(head)) != head:
        head = further
    argument, repaired = None, False
    if head.rest:
        read = _argument(head.rest) if keeps else _argument_to_launch(head)
        argument, repaired = read.text, read.repaired
    if head.save and keeps:
        raise UsageError(f"`{spec.name}` keeps command and argument by itself: leave `--save` out.")
    if head.save and head.command is None and argument is None:
        raise UsageError("There is nothing to save: `--save` takes a command or an argument.")
    return Launch(head.agent, head.quoted, head.command, head.save, argument, repaired)


def intent_of(invocation: Invocation, launch: Launch, source: Source | None) -> Intent:
    """Return the launch as a request to store."""
    asker = invocation.asker
    return Intent(
        workspace=asker.workspace,
        trigger_id=invocation.id,
        thread_ts=invocation.thread_ts,
        channel=asker.channel,
        user=asker.user,
        response_url=invocation.response_url,
        agent=launch.agent,
        quoted=launch.quoted,
        command=launch.command,
        argument=launch.argument,
        save=launch.save,
        source=source,
    )


def _argument_to_launch(head: _Head) -> Argument:
    try:
        return _argument(head.rest)
    except UsageError as error:
        typed = Launch(head.agent, head.quoted, head.command, head.save, head.rest, repaired=False)
        raise BadArgument(error, typed) from None


def _step(head: _Head) -> _Head:
    """Return `head` with one more word read; unchanged if the argument begins."""
    word, rest = first_word(head.rest)
    if flag := FLAG.match(word):
        _check_flag(flag)
        return replace(head, save=True, rest=rest)
    if not head.agent:
        return _with_agent(head, word, rest)
    if head.command is None and (command := engine(word)):
        return replace(head, command=command, rest=rest)
    return head


def _check_flag(flag: re.Match[str]) -> None:
    name = folded(flag["name"])
    if _is_save(flag):
        return
    if name in _FLAGS:
        raise UsageError(f"The flag `--{name}` takes no value, and a space follows it.")
    raise UsageError(unknown_flag(name, _FLAGS))


def _with_agent(head: _Head, word: str, rest: str) -> _Head:
    if word.startswith(NAME_QUOTES):
        name, rest = agent_in_quotes(head.rest, head.spec)
        return replace(head, agent=name, quoted=True, rest=rest)
    if not word:
        raise UsageError(head.spec.explained("Which agent?"))
    if LIKE_ARGUMENT.match(word):
        raise UsageError(head.spec.explained("Name the agent first, then the argument."))
    name, rest = _bare_name(word, rest)
    if engine(word) and name.removeprefix(f"{word} ").isdecimal():
        raise UsageError(head.spec.explained("Name the agent first, then the command."))
    return replace(head, agent=name, rest=rest)


def _bare_name(word: str, rest: str) -> tuple[str, str]:
    """Return the name without quotes that begins with `word`, and the rest."""
    words = [in_ascii_digits(word)]
    while rest and not _ends_a_name(words, rest):
        word, rest = first_word(rest)
        words.append(word)
    return " ".join(words), rest


def _ends_a_name(words: list[str], rest: str) -> bool:
    """Return whether the name ends here, since a command, a flag or an argument follows."""
    word = first_word(rest)[0]
    if engine(word) or FLAG.match(word) or LIKE_ARGUMENT.match(word):
        return True
    quoted, behind_id = word.startswith(_QUOTES), len(words) == 1 and words[0].isdecimal()
    if quoted and behind_id:
        return True
    # Names can contain quotes and numbers too. Looking them up takes time, and no name is that
    # long.
    looks_like_one = behind_id or (quoted and len(words) < _MOST_WORDS)
    return looks_like_one and _is_argument(rest, as_typed=True)


def _is_argument(text: str, *, as_typed: bool = False) -> bool:
    with suppress(UsageError):
        return not (read_argument(text).repaired and as_typed)
    return False


def _argument(text: str) -> Argument:
    try:
        return read_argument(text)
    except UsageError:
        late = _late_word(text)
        if late is None:
            raise
    raise UsageError(f"{late} before the argument: move it there.")


def _late_word(text: str) -> str | None:
    """Return the word behind an argument that belongs before it; None if there is none."""
    if _holds_a_late_flag(text):
        return "The flag `--save` stands"
    argument, _, last = text.rstrip().rpartition(" ")
    return f"`{engine(last)}` stands" if engine(last) and _is_argument(argument) else None


def _holds_a_late_flag(text: str) -> bool:
    """Return whether `text` without the flag is an argument."""
    words = re.split(r"(\s+)", text)
    others = [word for word in words if not _is_save(FLAG.fullmatch(word))]
    if others == words:
        return False
    return _is_argument("".join(others))


def _is_save(flag: re.Match[str] | None) -> bool:
    return flag is not None and folded(flag["name"]) in _FLAGS and not flag["more"]
