"""The app's shortcuts: the launch form, empty or with a message's text as the argument."""

from phantombot.commands.launch import OPEN_FORM, LaunchForm
from phantombot.commands.launch_form import NOTHING, offer
from phantombot.context import Context
from phantombot.listeners.background import perform_in_background
from phantombot.slack.payload import Body

LAUNCH_ANYWHERE = "launch_anywhere"
LAUNCH_WITH_TEXT = "launch_with_text"
SHORTCUTS = (LAUNCH_ANYWHERE, LAUNCH_WITH_TEXT)
"""Their ids in the manifest."""


def answer_shortcut(context: Context, body: Body) -> None:
    """Open the form, after the acknowledgement."""
    with_text = body.get("callback_id") == LAUNCH_WITH_TEXT
    text = str((body.get("message") or {}).get("text") or "")
    offered = offer(text) if with_text else NOTHING
    perform_in_background(context, body, OPEN_FORM, LaunchForm(offered=offered))
