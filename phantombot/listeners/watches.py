"""`watch`, `unwatch` and `watches`, and the buttons of what is told of watched agents."""

import re

from phantombot.access.rules import Asker
from phantombot.commands.parse import Unwatch, Watch, Watches
from phantombot.context import Context
from phantombot.errors import AgentUnknown, DecryptionError, SlackError
from phantombot.listeners.account import answered_to_members
from phantombot.listeners.background import respond_ephemeral, run_in_background
from phantombot.listeners.requests import refusal_or_question
from phantombot.messages.blocks import Message, plain
from phantombot.messages.commands import STALE_BUTTON, incomplete
from phantombot.messages.output import output_message
from phantombot.messages.watch_answers import (
    LAUNCHING_SAVED,
    not_unwatched,
    unwatched,
    watches_listed,
    watching,
)
from phantombot.messages.watches import LAUNCH_SAVED, WATCHED_OUTPUT
from phantombot.runs.model import Intent
from phantombot.runs.output import output_in
from phantombot.runs.request import request_launch
from phantombot.slack.payload import Body, asker_of
from phantombot.watches.model import Watch as Set
from phantombot.watches.subscribe import subscribe, unsubscribe

WATCH_BUTTONS = frozenset({WATCHED_OUTPUT, LAUNCH_SAVED})
_VALUE = re.compile(r"([1-9][0-9]{0,99})(?::([^\s:]{0,100}))?")


def answer_watch(context: Context, asker: Asker, command: Watch | Unwatch | Watches) -> Message:
    """Set, end or list the watches of the channel; for members, as whatever shows outputs."""

    def answer() -> Message:
        match command:
            case Watch():
                return _watch(context, asker, command)
            case Unwatch():
                return _unwatch(context, asker, command)
            case Watches():
                here = context.watches.of_channel(asker.workspace, asker.channel)
                return watches_listed(here)

    name = type(command).__name__.lower()
    typed = "" if isinstance(command, Watches) else command.agent
    return answered_to_members(context, asker, name, typed, answer)


def answer_watch_button(context: Context, body: Body) -> None:
    """Do what the button under a told end says."""
    action, asker = body["actions"][0], asker_of(body)
    found = _VALUE.fullmatch(str(action.get("value")))
    if found is None:
        respond_ephemeral(context, body, STALE_BUTTON)
    elif action["action_id"] == WATCHED_OUTPUT:
        run_in_background(context, body, lambda: _output(context, asker, found[1], found[2] or ""))
    else:
        # The intent is on disk before the acknowledgement, as a typed one is.
        message = _launch(context, body, asker, found[1])
        run_in_background(context, body, lambda: message)


def _watch(context: Context, asker: Asker, typed: Watch) -> Message:
    watch = subscribe(context, asker, typed.agent, typed.words, quoted=typed.quoted)
    context.wake(asker.workspace)
    return watching(watch, heard=_heard(context, asker), address=_address(context, asker, watch))


def _unwatch(context: Context, asker: Asker, typed: Unwatch) -> Message:
    try:
        watch = unsubscribe(context, asker, typed.agent, quoted=typed.quoted)
    except AgentUnknown as error:
        return not_unwatched(typed.agent, error)
    context.wake(asker.workspace)
    return unwatched(watch)


def _heard(context: Context, asker: Asker) -> bool:
    """Whether the bot may post there, as far as Slack says."""
    try:
        return context.slack.sees(asker.workspace, asker.channel)
    except SlackError:
        return True


def _address(context: Context, asker: Asker, watch: Set) -> str | None:
    """The webhook's address, for admins; empty where the bot has no address itself."""
    try:
        if not context.slack.is_admin(asker.workspace, asker.user):
            return None
        secret = context.watches.hook(watch.workspace, watch.agent_id)
    except (SlackError, DecryptionError):
        return None
    return f"{context.public_url}hooks/{secret}" if context.public_url and secret else ""


def _output(context: Context, asker: Asker, agent_id: str, container_id: str) -> Message:
    def answer() -> Message:
        watches = context.watches.of_agent(asker.workspace, agent_id)
        named = (agent_id, watches[0].agent_name if watches else "")
        return output_message(output_in(context, asker.workspace, named, container_id))

    return answered_to_members(context, asker, "output", agent_id, answer)


def _launch(context: Context, body: Body, asker: Asker, agent_id: str) -> Message:
    intent = Intent(
        workspace=asker.workspace,
        trigger_id=str(body.get("trigger_id") or ""),
        channel=asker.channel,
        user=asker.user,
        response_url=str(body.get("response_url") or ""),
        agent=agent_id,
    )
    if not (intent.trigger_id and intent.channel):
        return incomplete()
    requested = request_launch(context, intent)
    return refusal_or_question(context, requested) or plain(LAUNCHING_SAVED)
