"""The lines of a script: what somebody types, presses, enters or opens, and what to wait for."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from phantombot.errors import SettingsError
from phantombot.sandbox.slack.values import BOT, CHANNELS, PEOPLE

_PEOPLE = {person.name: person.id for person in PEOPLE if person.id != BOT}
_CHANNELS = {f"#{channel.name}": channel.id for channel in CHANNELS if not channel.person}
DIRECT = "@phantombot"
"""The place of a line in a direct message to the bot."""


@dataclass(frozen=True)
class Typed:
    """Type a line; `channel` is a channel's id, or the user's own."""

    user: str
    channel: str
    text: str


@dataclass(frozen=True)
class Pressed:
    """Press a button, by its label, of the newest message or of the open form."""

    user: str
    label: str


@dataclass(frozen=True)
class Entered:
    """Type or choose something in a field of the open form, by its label."""

    user: str
    label: str
    value: str


@dataclass(frozen=True)
class Submitted:
    """Submit the open form as it is filled in."""

    user: str


@dataclass(frozen=True)
class Closed:
    """Close the open form without submitting it."""

    user: str


@dataclass(frozen=True)
class Opened:
    """Open the bot's Home tab."""

    user: str


@dataclass(frozen=True)
class Used:
    """Use a workspace shortcut, by its callback id."""

    user: str
    callback_id: str


@dataclass(frozen=True)
class Awaited:
    """Wait until the bot says something, for a minute at most."""

    text: str


Step = Typed | Pressed | Entered | Submitted | Closed | Opened | Used | Awaited


@dataclass(frozen=True)
class Line:
    """One step, and its line number in the script, counted from 1."""

    number: int
    step: Step


_FORMS: tuple[tuple[re.Pattern[str], Callable[..., Step]], ...] = (
    (re.compile(r"wait for (?P<text>.+)"), Awaited),
    (re.compile(r"(?P<user>\w+)(?: in (?P<channel>[#@][\w-]+))?> ?(?P<text>.+)"), Typed),
    (re.compile(r"(?P<user>\w+) presses (?P<label>.+)"), Pressed),
    (re.compile(r"(?P<user>\w+) enters (?P<label>[^:]+): ?(?P<value>.*)"), Entered),
    (re.compile(r"(?P<user>\w+) submits"), Submitted),
    (re.compile(r"(?P<user>\w+) closes"), Closed),
    (re.compile(r"(?P<user>\w+) opens home"), Opened),
    (re.compile(r"(?P<user>\w+) uses (?P<callback_id>\S+)"), Used),
)


def parse_script(text: str) -> list[Line]:
    """Return the steps of a script; skip empty lines and those that begin with `#`.

    Raises:
        SettingsError: some lines are no steps; it has a sentence for each.
    """
    found, problems = [], []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            found.append(Line(number, _step(line.strip())))
        except LookupError as error:
            problems.append(f"Line {number} of the script: {error.args[0]}")
    if problems:
        raise SettingsError(*problems)
    return found


def _step(line: str) -> Step:
    for form, step in _FORMS:
        match = form.fullmatch(line)
        if match:
            return step(**_named(match.groupdict()))
    raise LookupError(f"“{line}” is not a step; this is one: ada> /phantom help")


def _named(parts: dict[str, str | None]) -> dict[str, str]:
    """Return the parts of a line, with people and channels replaced by their ids."""
    named = {name: part for name, part in parts.items() if part is not None}
    if "user" in named:
        named["user"] = _known(_PEOPLE, named["user"], "nobody here is called")
    if "channel" in parts:
        where = named.get("channel", "#general")
        named["channel"] = (
            named["user"]
            if where == DIRECT
            else _known(_CHANNELS, where, "no channel here is called")
        )
    return named


def _known(known: dict[str, str], name: str, sentence: str) -> str:
    if name not in known:
        raise LookupError(f"{sentence} {name}; there are {', '.join(known)}.")
    return known[name]
