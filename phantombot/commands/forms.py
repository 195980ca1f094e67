"""Open a form, or say why it can't be opened."""

import logging

from phantombot.context import Context
from phantombot.errors import SlackError, SlackRefused
from phantombot.messages.blocks import Message, plain
from phantombot.messages.form import FORM_NOT_OPENED, View
from phantombot.slack.payload import Invocation

log = logging.getLogger(__name__)


def show_form(
    context: Context,
    invocation: Invocation,
    view: View,
    button: Message,
    silent: str = FORM_NOT_OPENED,
) -> Message | None:
    """Open the form; if Slack doesn't allow that here, return the message with its button.

    A command written in a message can't open a form, nor can a late answer. `silent` is
    what is said where Slack does not answer.
    """
    if not invocation.trigger_id:
        return button
    try:
        context.slack.open_view(invocation.asker.workspace, invocation.trigger_id, view)
    except SlackError as error:
        return not_opened(view["callback_id"], button, silent, error)
    return None


def not_opened(form: str, button: Message, silent: str, error: SlackError) -> Message:
    """Return the answer where Slack refuses to open the form, or does not answer."""
    log.warning("the form %s cannot be opened: %s", form, error.code)
    return button if isinstance(error, SlackRefused) else plain(silent)
