"""Open a form, or say why it can't be opened."""

import logging

from phantombot.context import Context
from phantombot.errors import SlackError, SlackRefused
from phantombot.messages.blocks import Message, plain
from phantombot.messages.form import FORM_NOT_OPENED, View
from phantombot.slack.payload import Invocation

log = logging.getLogger(__name__)


def open_form(
    context: Context, invocation: Invocation, view: View, button: Message
) -> Message | None:
    """Open the form; return the message with its button where Slack lets none be opened here.

    What is written in a message opens no form, nor does what is answered too late.
    """
    try:
        context.slack.open_view(invocation.asker.workspace, invocation.trigger_id, view)
    except SlackError as error:
        log.warning("the form %s cannot be opened: %s", view["callback_id"], error.code)
        return button if isinstance(error, SlackRefused) else plain(FORM_NOT_OPENED)
    return None
