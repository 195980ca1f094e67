"""The text after `/phantom` → a command."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from phantombot.commands.agent_line import NamedAgent, read_agent
from phantombot.commands.alias_line import Alias, Aliases, Unalias, read_alias, read_unalias
from phantombot.commands.launch_line import Launch, read_launch
from phantombot.commands.spec import (
    ACCESS,
    ALIASES,
    AUDIT,
    COMMANDS,
    DOCTOR,
    HELP,
    OUTPUT,
    RUNS,
    STATUS,
    STOP,
    USAGE_HINT,
    WATCHES,
    CommandSpec,
)
from phantombot.commands.watch_line import Unwatch, Watch, Watches, read_unwatch, read_watch
from phantombot.errors import UsageError
from phantombot.text.nearest import unknown_command, unknown_topic
from phantombot.text.normalize import folded
from phantombot.text.tokens import each_word, first_word, quoted_name

__all__ = [
    "COMMANDS",
    "USAGE_HINT",
    "Access",
    "Agents",
    "Alias",
    "Aliases",
    "Audit",
    "Command",
    "CommandSpec",
    "Doctor",
    "Help",
    "Key",
    "KeyTyped",
    "Launch",
    "LaunchForm",
    "Output",
    "Runs",
    "Status",
    "Stop",
    "Unalias",
    "Unwatch",
    "Watch",
    "Watches",
    "parse",
]


@dataclass(frozen=True)
class Status:
    """Show what goes on in the account, or with one agent; `quoted` is as in `NamedAgent`."""

    agent: str | None
    quoted: bool


@dataclass(frozen=True)
class Output:
    """Show an agent's console and result; `quoted` is as in `NamedAgent`."""

    agent: str
    quoted: bool


@dataclass(frozen=True)
class Stop:
    """Stop all instances of an agent; `quoted` is as in `NamedAgent`."""

    agent: str
    quoted: bool


@dataclass(frozen=True)
class Agents:
    """List the account's agents of which `wanted` is a part of the name or id; all where empty."""

    wanted: str


@dataclass(frozen=True)
class Runs:
    """List the last runs launched from the workspace."""


@dataclass(frozen=True)
class Doctor:
    """Check what can be wrong."""


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


@dataclass(frozen=True)
class Access:
    """Open the form of who may do what."""


@dataclass(frozen=True)
class Audit:
    """List what was done, and by whom."""


@dataclass(frozen=True)
class LaunchForm:
    """Open the form from which an agent is launched."""


Command = (
    Launch
    | LaunchForm
    | Status
    | Output
    | Stop
    | Agents
    | Runs
    | Alias
    | Aliases
    | Unalias
    | Watch
    | Unwatch
    | Watches
    | Doctor
    | Help
    | Key
    | KeyTyped
    | Access
    | Audit
)

LONGEST = 100
"""Characters of a filter: more than a name has, and little enough for a button."""
_KEY_GLUED = re.compile("(?:key|token|api[-_]?key)[:=]")
_HELP_FLAGS = frozenset(map(folded, ("-h", "-help", "--help")))
_NAMES = tuple(spec.name for spec in COMMANDS)


def parse(text: str) -> Command:
    """The command that `text`, typed after `/phantom`, stands for.

    Raises:
        UsageError: it stands for none.
    """
    if "\0" in text:
        raise UsageError("That line holds a NUL, which no keyboard types. Type it again.")
    word, rest = first_word(text)
    if not word:
        return Help(None)
    wanted = folded(word)
    if _asks_for_help([word]):
        return Help(None)
    name = ALIASES.get(wanted, wanted)
    read = _READERS.get(name)
    if read and _asks_for_help(each_word(rest)):
        return Help(None if name == HELP.name else name)
    if read:
        return read(rest)
    if _KEY_GLUED.match(wanted):
        return KeyTyped()
    raise UsageError(unknown_command(text, _NAMES, ALIASES))


def _asks_for_help(words: list[str]) -> bool:
    """Return whether a flag for help stands right behind the command, or at the end."""
    asked = [*map(folded, words[:1] + words[-1:])]
    return asked[:1] == ["?"] or not _HELP_FLAGS.isdisjoint(asked)


def _launch(text: str) -> Launch | LaunchForm:
    return read_launch(text) if text else LaunchForm()


def _help(text: str) -> Help:
    word = folded(first_word(text)[0])
    topic = ALIASES.get(word, word)
    if topic and topic not in _NAMES:
        raise UsageError(unknown_topic(topic, _NAMES, ALIASES))
    return Help(topic or None)


def _key(text: str) -> Key | KeyTyped:
    words = folded(text).split()
    return Key(remove=bool(words)) if words in ([], ["remove"]) else KeyTyped()


def _status(text: str) -> Status:
    named = read_agent(text, STATUS)
    return Status(named.agent, named.quoted) if named else Status(None, quoted=False)


def _output(text: str) -> Output:
    named = _required(text, OUTPUT)
    return Output(named.agent, named.quoted)


def _stop(text: str) -> Stop:
    named = _required(text, STOP)
    return Stop(named.agent, named.quoted)


def _agents(text: str) -> Agents:
    quoted = quoted_name(text)
    wanted = quoted[0] if quoted and not quoted[1] else text
    return Agents(" ".join(each_word(wanted))[:LONGEST])


def _required(text: str, spec: CommandSpec) -> NamedAgent:
    named = read_agent(text, spec)
    if named is None:
        raise UsageError(spec.explained("Which agent?"))
    return named


def _bare(spec: CommandSpec, command: Command) -> Callable[[str], Command]:
    """Reads a command that takes nothing after it."""

    def read(text: str) -> Command:
        if text:
            raise UsageError(spec.explained(f"`{spec.name}` takes nothing after it."))
        return command

    return read


_READERS: dict[str, Callable[[str], Command]] = {
    "launch": _launch,
    "status": _status,
    "output": _output,
    "stop": _stop,
    "agents": _agents,
    "runs": _bare(RUNS, Runs()),
    "alias": read_alias,
    "unalias": read_unalias,
    "watch": read_watch,
    "unwatch": read_unwatch,
    "watches": _bare(WATCHES, Watches()),
    "key": _key,
    "doctor": _bare(DOCTOR, Doctor()),
    "access": _bare(ACCESS, Access()),
    "audit": _bare(AUDIT, Audit()),
    "help": _help,
}
