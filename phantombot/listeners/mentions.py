"""Messages to the bot, a mention in a channel or a direct message, are read as commands.

The event is converted to the body of a slash command, which is answered like any other.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from phantombot.commands.mention import line_said
from phantombot.context import Context
from phantombot.listeners.background import guarded, run_in_background
from phantombot.messages.blocks import Message, plain
from phantombot.messages.commands import MENTION_FIRST
from phantombot.slack.ephemeral import Aside
from phantombot.slack.payload import Body, installer_of, receiving_bot, receiving_workspace

MENTION = "app_mention"
MESSAGE = "message"

_BY_PEOPLE = frozenset({None, "file_share", "thread_broadcast"})
"""Subtypes of messages that somebody has just written; an edit has another one."""
_REMEMBERED = 10_000
_SLACKBOT = "USLACKBOT"
"""Its reminders and custom responses are no commands."""


class Heard:
    """Recently received messages, since Slack resends events that it believes were lost.

    The store prevents repeated launches, whichever process receives them. Any other command can be
    answered by two processes without harm.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: OrderedDict[str, None] = OrderedDict()

    def before(self, key: str) -> bool:
        """Return whether the message was received before, and remember it."""
        with self._lock:
            if key in self._keys:
                return True
            self._keys[key] = None
            if len(self._keys) > _REMEMBERED:
                self._keys.popitem(last=False)
            return False


def answer_spoken(
    context: Context,
    heard: Heard,
    body: Body,
    answer_command: Callable[[Context, Body], Message | None],
) -> None:
    """Do what a message to the bot asks for; ignore other messages, and those of apps.

    `answer_command` answers the body of a slash command.

    Raises:
        StoreUnavailable: we can't tell whether the app is installed; Slack may send it again.
    """
    event = body.get("event") or {}
    if not _is_somebodys(event):
        return
    command = command_body(body)
    if not context.installed.has(command["team_id"], installer_of(body)):
        return
    if heard.before(f"{command['team_id']} {command['invocation']}"):
        return
    line = line_said(str(event.get("text") or ""), receiving_bot(body), directly=_is_direct(event))
    if line is None:
        run_in_background(context, command, lambda: plain(MENTION_FIRST))
        return
    message = guarded(lambda: answer_command(context, command | {"text": line}))
    if message is not None:
        run_in_background(context, command, lambda: message)


def command_body(body: Body) -> dict[str, Any]:
    """Convert an event to the body of a slash command.

    `invocation` is the same for every event about one message. A message can't open a form, so
    there is no trigger_id.
    """
    event = body["event"]
    channel, user = str(event["channel"]), str(event["user"])
    workspace, thread = receiving_workspace(body), str(event.get("thread_ts") or "")
    answered_under = "" if _is_direct(event) else str(event["ts"])
    return {
        "team_id": workspace,
        "channel_id": channel,
        "user_id": user,
        "trigger_id": "",
        "invocation": f"{channel} {event['ts']}",
        "thread_ts": thread or answered_under,
        "response_url": Aside(workspace, channel, user, thread).address,
    }


def _is_somebodys(event: dict[str, Any]) -> bool:
    """Return whether a person has just written it, since the bot also receives its own messages."""
    by_program = event.get("bot_id") or event.get("hidden") or event.get("user") == _SLACKBOT
    named = all(event.get(name) for name in ("user", "channel", "ts"))
    kind = event.get("type") == MENTION or _is_direct(event)
    is_new = event.get("subtype") in _BY_PEOPLE and not event.get("edited")
    return bool(kind and named and is_new and not by_program)


def _is_direct(event: dict[str, Any]) -> bool:
    return event.get("type") == MESSAGE and event.get("channel_type") == "im"
