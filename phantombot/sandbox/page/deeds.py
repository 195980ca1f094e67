"""What is done on the page: each deed is one of the local Slack's own."""

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from phantombot.sandbox.slack.state import Workspace
from phantombot.sandbox.slack.values import Refusal

if TYPE_CHECKING:
    from phantombot.sandbox.slack.local import LocalSlack

Asked = dict[str, Any]
Deed = Callable[[Asked], Any]


class Deeds:
    """Does by its name what the page asks for; the answer is what the page is told of it."""

    def __init__(self, slack: "LocalSlack", workspace: Workspace) -> None:
        self._slack = slack
        self._workspace = workspace
        self._by_name: dict[str, Deed] = {
            "command": self._command,
            "press": self._press,
            "submit": self._submit,
            "close": self._close,
        }

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def add(self, name: str, deed: Deed) -> None:
        """One more thing to do."""
        self._by_name[name] = deed

    def do(self, name: str, asked: Asked) -> tuple[int, Any]:
        """An HTTP status and what to answer."""
        try:
            return 200, self._by_name[name](asked)
        except Refusal as refusal:
            return 404, {"error": refusal.code}
        except (LookupError, TypeError, ValueError):
            return 400, {"error": "no such thing here"}

    def _command(self, asked: Asked) -> Any:
        """A line that begins with a slash is a command; any other is just said."""
        who = {"user": asked["user"], "channel": asked["channel"]}
        command, _, text = asked["text"].strip().partition(" ")
        if not command.startswith("/"):
            self._slack.write(asked["text"], **who, thread_ts=asked.get("thread_ts"))
            return {"error": None}
        return asdict(self._slack.command(text.strip(), command=command, **who))

    def _press(self, asked: Asked) -> Any:
        with self._workspace.bell:
            if "view_id" in asked:
                pressed: Any = self._workspace.views.get(asked["view_id"])
            else:
                pressed = self._workspace.messages[asked["ts"]]
        user, value = asked["user"], asked.get("value")
        return asdict(self._slack.press(pressed, asked["action_id"], user=user, value=value))

    def _submit(self, asked: Asked) -> Any:
        with self._workspace.bell:
            view = self._workspace.views.get(asked["view_id"])
        return asdict(self._slack.submit(view, asked["values"], user=view.user))

    def _close(self, asked: Asked) -> Any:
        with self._workspace.bell:
            view = self._workspace.views.get(asked["view_id"])
        delivery = self._slack.close(view, user=view.user)
        return asdict(delivery) if delivery else {"error": None}
