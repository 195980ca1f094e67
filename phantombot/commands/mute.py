"""`mute`: post nothing about a watched agent in a channel for a while."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from phantombot.access.rules import Asker
from phantombot.commands.named_agent import NamedAgent, agent_in_quotes, required_agent
from phantombot.commands.permission import Members
from phantombot.commands.spec import Action, CommandSpec, Subcommand
from phantombot.context import Context
from phantombot.errors import AgentUnknown, Error, SlackError, UsageError
from phantombot.messages.blocks import Message
from phantombot.messages.commands import Group
from phantombot.messages.refusals import unanswered
from phantombot.messages.watch_answers import muted, not_muted, not_watched
from phantombot.slack.payload import Invocation
from phantombot.text.normalize import folded, in_ascii_digits
from phantombot.text.times import Time, Until, time_at_end, typed_time
from phantombot.text.tokens import NAME_QUOTES, each_word
from phantombot.watches.subscribe import mute_watch

LONGEST = timedelta(days=30)

_SPEC = CommandSpec(
    "mute",
    "mute <agent> 30m|2h|until 9:00|off",
    "posts nothing of a watched agent in this channel for a while, 30 days at most; then says how"
    " many of its runs ended",
    "mute LinkedIn Search until 9:00",
    group=Group.HEAR,
    brief="silences an agent for a while",
    who=Members("mute"),
    others=("snooze", "silence"),
)
_OFF = "off"


@dataclass(frozen=True)
class Mute(NamedAgent):
    """Mute an agent for a while; unmute it if `time` is None."""

    time: Time | None


def read_mute(text: str) -> Mute:
    """Parse `text`, typed after `mute`.

    Raises:
        UsageError: it names no agent, or no valid time.
    """
    if text.startswith(NAME_QUOTES):
        name, rest = agent_in_quotes(text, _SPEC)
        return Mute(name, quoted=True, time=_only_time(each_word(rest)))
    words = each_word(text)
    if words and words[0].isdecimal():
        return Mute(in_ascii_digits(words[0]), quoted=False, time=_only_time(words[1:]))
    named, time = _split(words) if words else ([], None)
    return Mute(required_agent(" ".join(named), _SPEC).agent, quoted=False, time=time)


def _only_time(words: list[str]) -> Time | None:
    before, time = _split(words)
    if before:
        raise UsageError(_which_time())
    return time


def _split(words: list[str]) -> tuple[list[str], Time | None]:
    """Return the words before the time, and the time; None for `off`."""
    if words and folded(words[-1]) == _OFF:
        return words[:-1], None
    before, time = time_at_end(words)
    if time is None:
        raise UsageError(_which_time())
    if isinstance(time, timedelta) and time > LONGEST:
        raise UsageError(_SPEC.explained("An agent can be muted for 30 days at most."))
    return before, time


def _which_time() -> str:
    return _SPEC.explained("For how long? After the agent stands `30m`, `2h` or `until 9:00`.")


def mute_agent(context: Context, invocation: Invocation, asked: Mute) -> Message:
    """Mute the agent in the channel until then, or unmute it."""
    asker = invocation.asker
    until, offset = _until(context, asker, asked.time)
    watch, changed = mute_watch(context, asker, asked.agent, until, quoted=asked.quoted)
    context.wake(asker.workspace)
    if asked.time is None:
        return not_muted(watch, changed=changed)
    utc = asked.time.at if isinstance(asked.time, Until) and offset is None else None
    return muted(watch, until, utc=utc)


def _until(context: Context, asker: Asker, time: Time | None) -> tuple[datetime, timedelta | None]:
    """Return the end of the mute, and the asker's offset to UTC, if known."""
    now = context.clock()
    if not isinstance(time, Until):
        return now + (time or timedelta()), None
    try:
        offset = context.people.person(asker.workspace, asker.user).utc_offset
    except SlackError:
        offset = None
    return time.after(now, offset or timedelta()), offset


def _not_done(asked: Mute, error: Error) -> Message:
    if isinstance(error, AgentUnknown):
        return not_watched(asked.agent, error)
    time = _OFF if asked.time is None else typed_time(asked.time)
    return unanswered("mute", asked.agent, error, time)


MUTE = Subcommand(_SPEC, read_mute, {Mute: Action(_SPEC.who, mute_agent, _not_done)})
