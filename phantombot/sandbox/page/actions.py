"""The actions on the page: each calls one of the local Slack's own."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from phantombot.sandbox.slack.state import Workspace
from phantombot.sandbox.slack.values import BOT, Refusal, View

if TYPE_CHECKING:
    from phantombot.sandbox.slack.local import LocalSlack

Asked = dict[str, Any]
INVITE = "/invite"
_Action = Callable[[Asked], Any]


class Actions:
    """The actions that the page can ask for, by name."""

    def __init__(self, slack: "LocalSlack", workspace: Workspace) -> None:
        self._slack = slack
        self._workspace = workspace
        self._by_name: dict[str, _Action] = {
            "command": self._command,
            "press": self._press,
            "submit": self._submit,
            "close": self._close,
            "suggest": self._suggest,
            "shortcut": self._shortcut,
            "home": self._home,
        }

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def add(self, name: str, action: _Action) -> None:
        """Register another action."""
        self._by_name[name] = action

    def do(self, name: str, asked: Asked) -> tuple[int, Any]:
        """Do what the page asked for, and return an HTTP status and the response."""
        try:
            return 200, self._by_name[name](asked)
        except Refusal as refusal:
            return 404, {"error": refusal.code}
        except (LookupError, TypeError, ValueError):
            return 400, {"error": "no such thing here"}

    def _command(self, asked: Asked) -> Any:
        """Send a line that begins with a slash as a command, and any other as a message."""
        who = {"user": asked["user"], "channel": asked["channel"]}
        command, _, text = asked["text"].strip().partition(" ")
        if command == INVITE:
            return self._invite(text.strip(), **who)
        if not command.startswith("/"):
            self._slack.write(asked["text"], **who, thread_ts=asked.get("thread_ts"))
            return {"error": None}
        return asdict(self._slack.command(text.strip(), command=command, **who))

    def _invite(self, whom: str, *, user: str, channel: str) -> Any:
        """Invite the bot, as Slack's own `/invite` does; everybody else is a member already."""
        if whom.removeprefix("@") != self._workspace.person(BOT).name:
            return {"error": "user_not_found"}
        with self._workspace.bell:
            place = self._workspace.channel(channel)
        if place.person:
            return {"error": "method_not_supported_for_channel_type"}
        if place.archived or place.has_bot:
            return {"error": "is_archived" if place.archived else "already_in_channel"}
        self._slack.invite(channel, user=user)
        return {"error": None}

    def _press(self, asked: Asked) -> Any:
        """Press a button; values entered in the form's other fields go along if they are valid."""
        pressed, action = self._place(asked), asked["action_id"]
        if isinstance(pressed, View) and "values" in asked:
            with suppress(LookupError, ValueError):
                self._slack.enter(pressed, asked["values"])
        chosen = {"value": asked.get("value"), "block_id": asked.get("block_id")}
        return asdict(self._slack.press(pressed, action, user=asked["user"], **chosen))

    def _suggest(self, asked: Asked) -> Any:
        place, action, typed = self._place(asked), asked["action_id"], asked["typed"]
        who = {"user": asked["user"], "block_id": asked.get("block_id")}
        suggestion = self._slack.suggest(place, action, typed, **who)
        if suggestion.groups:
            return {"option_groups": suggestion.groups}
        return {"options": suggestion.options}

    def _shortcut(self, asked: Asked) -> Any:
        message = self._place(asked) if "ts" in asked else None
        who = {"user": asked["user"], "channel": asked["channel"]}
        return asdict(self._slack.shortcut(asked["callback_id"], message=message, **who))

    def _home(self, asked: Asked) -> Any:
        self._slack.open_home(asked["user"])
        return {"error": None}

    def _place(self, asked: Asked) -> Any:
        """Return the message, form or Home tab that the action is about."""
        with self._workspace.bell:
            if "view_id" in asked:
                return self._workspace.views.get(asked["view_id"])
            return self._workspace.messages[asked["ts"]]

    def _submit(self, asked: Asked) -> Any:
        with self._workspace.bell:
            view = self._workspace.views.get(asked["view_id"])
        return asdict(self._slack.submit(view, asked["values"], user=view.user))

    def _close(self, asked: Asked) -> Any:
        with self._workspace.bell:
            view = self._workspace.views.get(asked["view_id"])
        delivery = self._slack.close(view, user=view.user)
        return asdict(delivery) if delivery else {"error": None}
