"""`runs`: list what was launched from the workspace, and how it ended."""

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta

from phantombot.commands.permission import Members
from phantombot.commands.spec import Action, CommandSpec, Subcommand
from phantombot.context import Context
from phantombot.errors import AgentUnknown, Error, PersonUnknown, UsageError
from phantombot.messages.blocks import Message
from phantombot.messages.commands import Group
from phantombot.messages.recent import SHOWN, filter_unknown, nobody_called, runs_found
from phantombot.messages.refusals import unanswered
from phantombot.runs.recent import find_runs
from phantombot.runs.selection import RunFilter
from phantombot.slack.payload import Invocation
from phantombot.text.normalize import folded, in_ascii_digits, trimmed
from phantombot.text.times import span
from phantombot.text.tokens import FLAG, LIKE_ARGUMENT, NAME_QUOTES, first_word, quoted_name

_SPEC = CommandSpec(
    "runs",
    "runs [agent] [failed] [7d] [@who]",
    "lists the latest runs launched from this workspace, with links; filters come in any order",
    "runs LinkedIn Search failed 7d",
    group=Group.SEE,
    brief="lists the latest runs",
    who=Members("runs"),
    others=("history", "launches"),
)
_FAILED = frozenset({"failed", "failures"})
_MENTION = re.compile(r"<@(?P<user>[UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_FILTERS = "`runs` takes an agent, `failed`, a time and a person, and nothing else."
_ONE_AGENT = "`runs` takes one agent."
_ONE_PERSON = "`runs` takes one person."
LONGEST = 200
"""Maximum characters of a filter: more than the names of an agent and a person have."""


@dataclass(frozen=True)
class Runs:
    """List the latest runs launched from the workspace that match a filter."""

    wanted: RunFilter = field(default_factory=RunFilter)


def read_runs(text: str) -> Runs:
    """Parse `text`, typed after `runs`; its filters can come in any order.

    All other words are the agent's name.

    Raises:
        UsageError: several agents or people are named, or it is too long.
    """
    if len(text) > LONGEST:
        raise UsageError(_SPEC.explained("That is longer than any filter."))
    mentioned = [found["user"] for found in _MENTION.finditer(text)]
    wanted = RunFilter(user=mentioned[0] if mentioned else "")
    rest = trimmed(_MENTION.sub(" ", text))
    while rest:
        wanted, rest = _read_quoted(wanted, rest) or _read_word(wanted, rest)
    if len(mentioned) + bool(wanted.who) > 1:
        raise UsageError(_SPEC.explained(_ONE_PERSON))
    return Runs(wanted)


def _read_quoted(wanted: RunFilter, rest: str) -> tuple[RunFilter, str] | None:
    """Add the quoted name that `rest` begins with to the filter; return it and the rest."""
    quoted = quoted_name(rest) if rest.startswith(NAME_QUOTES) else None
    if quoted is None:
        return None
    if wanted.agent:
        raise UsageError(_SPEC.explained(_ONE_AGENT))
    return replace(wanted, agent=quoted[0], quoted=True), quoted[1]


def _read_word(wanted: RunFilter, rest: str) -> tuple[RunFilter, str]:
    """Add the next word of `rest` to the filter; return it and the rest."""
    word, after = first_word(rest)
    following, further = first_word(after)
    if FLAG.match(word) or LIKE_ARGUMENT.match(word):
        # Don't repeat what was typed: it may be an argument, with secrets in it.
        raise UsageError(_SPEC.explained(_FILTERS))
    if within := _time(word):
        return replace(wanted, within=within), after
    if word.isdecimal() and (within := _time(f"{word} {following}")):
        return replace(wanted, within=within), further
    if folded(word) in _FAILED:
        return replace(wanted, failed=True), after
    if word.startswith("@"):
        if wanted.who:
            raise UsageError(_SPEC.explained(_ONE_PERSON))
        return replace(wanted, who=(word[1:],)), after
    if wanted.who and not wanted.agent:
        # A person's name can have several words, and an agent's name can follow it.
        return replace(wanted, who=(*wanted.who, word)), after
    if wanted.quoted:
        raise UsageError(_SPEC.explained(_ONE_AGENT))
    return replace(wanted, agent=in_ascii_digits(f"{wanted.agent} {word}".strip())), after


def _time(text: str) -> timedelta | None:
    return span(folded(in_ascii_digits(text)))


def list_runs(context: Context, invocation: Invocation, asked: Runs) -> Message:
    """List the latest runs launched from the workspace that match a filter."""
    asker = invocation.asker
    found = find_runs(context, asker, asked.wanted, SHOWN)
    return runs_found(found, context.clock(), asker.user)


def _no_runs(asked: Runs, error: Error) -> Message:
    typed = asked.wanted.agent or " ".join(asked.wanted.who[1:])
    if isinstance(error, PersonUnknown):
        return nobody_called(error)
    if isinstance(error, AgentUnknown):
        return filter_unknown(typed, error)
    return unanswered("runs", typed, error)


RUNS = Subcommand(_SPEC, read_runs, {Runs: Action(_SPEC.who, list_runs, _no_runs)})
