"""`/phantom …`: parse, store the request, acknowledge. Nothing slow."""

from phantombot.commands import ACTIONS
from phantombot.commands.launch import explain
from phantombot.commands.parse import parse
from phantombot.commands.spec import perform
from phantombot.context import Context
from phantombot.errors import UsageError
from phantombot.listeners.background import perform_in_background
from phantombot.messages.blocks import Message
from phantombot.slack.payload import Body, invocation_of


def answer_command(context: Context, body: Body) -> Message | None:
    """Return the acknowledgement of a slash command; None if the answer comes later."""
    try:
        asked = parse(str(body.get("text") or ""))
    except UsageError as error:
        return explain(context, invocation_of(body), error)
    action = ACTIONS[type(asked)]
    if action.at_once:
        return perform(context, invocation_of(body), action, asked)
    perform_in_background(context, body, action, asked)
    return None
