"""`watch`, `unwatch` and `watches`: post in a channel when an agent's runs end."""

from dataclasses import dataclass

from phantombot.access.rules import Asker
from phantombot.commands.forms import show_form
from phantombot.commands.named_agent import (
    NamedAgent,
    agent_in_quotes,
    required_agent,
)
from phantombot.commands.permission import Members
from phantombot.commands.spec import Action, CommandSpec, Subcommand, nothing_after
from phantombot.context import Context
from phantombot.errors import AgentUnknown, DecryptionError, Error, NoKey, SlackError, UsageError
from phantombot.messages.blocks import Message
from phantombot.messages.commands import Group
from phantombot.messages.refusals import unanswered
from phantombot.messages.watch_answers import (
    not_watched,
    unwatched,
    watches_listed,
    watching,
)
from phantombot.messages.watch_form import open_watch_button, watch_form
from phantombot.slack.payload import Invocation
from phantombot.text.normalize import folded, in_ascii_digits
from phantombot.text.tokens import NAME_QUOTES, each_word
from phantombot.watches import model
from phantombot.watches.model import DEFAULT_WORDS, Word
from phantombot.watches.subscribe import subscribe, unsubscribe

_WATCH = CommandSpec(
    "watch",
    "watch <agent> [failure] [recovery] [empty] [success]",
    "posts in this channel when the agent's runs end, whoever started them; by default"
    " `failure recovery`; on its own, opens a form",
    "watch LinkedIn Search failure empty",
    group=Group.HEAR,
    brief="posts here when a run ends",
    who=Members("watch"),
)
_UNWATCH = CommandSpec(
    "unwatch",
    "unwatch <agent>",
    "stops watching an agent in this channel",
    "unwatch 785",
    group=Group.HEAR,
    brief="stops watching an agent",
    who=Members("unwatch"),
)
_WATCHES = CommandSpec(
    "watches",
    "watches",
    "lists the agents this channel watches",
    "watches",
    group=Group.HEAR,
    brief="lists what is watched here",
    who=Members("watches"),
)
_WORDS = {word.value: word for word in Word}


@dataclass(frozen=True)
class Watch(NamedAgent):
    """Post in the channel when an agent's runs end."""

    words: tuple[Word, ...]


@dataclass(frozen=True)
class WatchForm:
    """Open the watch form."""


@dataclass(frozen=True)
class Unwatch(NamedAgent):
    """Stop watching an agent in the channel."""


@dataclass(frozen=True)
class Watches:
    """List the channel's watches."""


def read_watch(text: str) -> Watch | WatchForm:
    """Parse `text`, typed after `watch`.

    Raises:
        UsageError: it names no agent, or another word follows.
    """
    if not text:
        return WatchForm()
    named, words = _in_quotes(text) if text.startswith(NAME_QUOTES) else _bare(text)
    unknown = [word for word in words if word not in _WORDS]
    if unknown:
        raise UsageError(_which_words())
    wanted = tuple(word for word in Word if word.value in words)
    return Watch(named.agent, named.quoted, wanted or DEFAULT_WORDS)


def read_unwatch(text: str) -> Unwatch:
    """Parse `text`, typed after `unwatch`.

    Raises:
        UsageError: it names no agent, or more follows.
    """
    named = required_agent(text, _UNWATCH)
    return Unwatch(named.agent, named.quoted)


def _in_quotes(text: str) -> tuple[NamedAgent, list[str]]:
    name, rest = agent_in_quotes(text, _WATCH)
    return NamedAgent(name, quoted=True), [folded(word) for word in each_word(rest)]


def _bare(text: str) -> tuple[NamedAgent, list[str]]:
    """Return a name without quotes, which ends at the first word of ours, and those words."""
    typed = each_word(text)
    words: list[str] = []
    while len(typed) > 1 and folded(typed[-1]) in _WORDS:
        words.append(folded(typed.pop()))
    if typed and typed[0].isdecimal():
        named = NamedAgent(in_ascii_digits(typed[0]), quoted=False)
        return named, [*map(folded, typed[1:]), *words]
    return required_agent(" ".join(typed), _WATCH), words


def _which_words() -> str:
    listed = ", ".join(f"`{word}`" for word in Word)
    return _WATCH.explained(f"After the agent may stand {listed}, and nothing else.")


def set_watch(
    context: Context, invocation: Invocation, asked: Watch, *, elsewhere: bool = False
) -> Message:
    """Watch the agent in the channel from now on; `elsewhere` is as in `watching`."""
    asker = invocation.asker
    done = subscribe(context, asker, asked.agent, asked.words, quoted=asked.quoted)
    context.wake(asker.workspace)
    address, heard = _address(context, asker, done.watch), _heard(context, asker)
    return watching(done, heard=heard, address=address, elsewhere=elsewhere)


def open_watch_form(context: Context, invocation: Invocation, _asked: WatchForm) -> Message | None:
    """Open the watch form."""
    workspace = invocation.asker.workspace
    if context.keys.key_note(workspace) is None:
        return unanswered("watch", "", NoKey())
    context.agents.known(workspace)  # fetch the menu's agents in advance
    return show_form(context, invocation, watch_form(), open_watch_button())


def end_watch(context: Context, invocation: Invocation, asked: Unwatch) -> Message:
    """Stop watching the agent in the channel."""
    watch = unsubscribe(context, invocation.asker, asked.agent, quoted=asked.quoted)
    context.wake(invocation.asker.workspace)
    return unwatched(watch)


def list_watches(context: Context, invocation: Invocation, _asked: Watches) -> Message:
    """List the channel's watches."""
    asker = invocation.asker
    return watches_listed(context.watches.of_channel(asker.workspace, asker.channel))


def _heard(context: Context, asker: Asker) -> bool:
    """Return whether the bot can post there, as far as Slack says."""
    try:
        return context.slack.sees(asker.workspace, asker.channel)
    except SlackError:
        return True


def _address(context: Context, asker: Asker, watch: model.Watch) -> str | None:
    """Return the webhook's address, for admins; empty if the bot itself has no address."""
    try:
        if not context.slack.is_admin(asker.workspace, asker.user):
            return None
        secret = context.watches.hook(watch.workspace, watch.agent_id)
    except (SlackError, DecryptionError):
        return None
    return f"{context.public_url}hooks/{secret}" if context.public_url and secret else ""


def _not_set(asked: Watch, error: Error) -> Message:
    return unanswered("watch", asked.agent, error, " ".join(asked.words))


def _not_ended(asked: Unwatch, error: Error) -> Message:
    if isinstance(error, AgentUnknown):
        return not_watched(asked.agent, error)
    return unanswered("unwatch", asked.agent, error, "")


OPEN_WATCH_FORM = Action(_WATCH.who, open_watch_form, says_nothing_done=False)
WATCH = Subcommand(
    _WATCH,
    read_watch,
    {Watch: Action(_WATCH.who, set_watch, _not_set), WatchForm: OPEN_WATCH_FORM},
)
UNWATCH = Subcommand(_UNWATCH, read_unwatch, {Unwatch: Action(_UNWATCH.who, end_watch, _not_ended)})
WATCHES = Subcommand(
    _WATCHES, nothing_after(_WATCHES, Watches()), {Watches: Action(_WATCHES.who, list_watches)}
)
