"""The Bolt app: which listener answers what."""

import logging
import re
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.authorization import AuthorizeResult

from phantombot.messages.access import ACCESS_FORM
from phantombot.messages.keys import KEY_FORM, shown_in_form
from phantombot.messages.message import Message
from phantombot.slack.access_form import answer_access_form
from phantombot.slack.buttons import answer_button
from phantombot.slack.commands import answer_command
from phantombot.slack.forms import answer_key_form
from phantombot.slack.services import Body, Services, guarded, whisper

_FORMS = {KEY_FORM: answer_key_form, ACCESS_FORM: answer_access_form}


def build_app(signing_secret: str, bot_token: str, services: Services) -> App:
    """A Bolt app for one workspace, which never calls Slack by itself.

    `authorize` answers from memory: with a token of its own, Bolt would ask `auth.test`.
    """
    # On a bad signature Bolt logs the whole body at INFO, and an unhandled one at WARNING.
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)
    authorized = AuthorizeResult(enterprise_id=None, team_id=None, bot_token=bot_token)
    app = App(
        signing_secret=signing_secret,
        authorize=lambda: authorized,
        process_before_response=True,
        attaching_function_token_enabled=False,
        logger=logging.getLogger("slack_bolt"),
    )
    _listen(app, services)
    return app


def _listen(app: App, services: Services) -> None:
    def phantom(ack: Ack, body: Body) -> None:
        _acknowledge(ack, guarded(lambda: answer_command(services, body)))

    def pressed(ack: Ack, body: Body) -> None:
        problem = guarded(lambda: answer_button(services, body))
        if problem is not None:
            whisper(services, body, problem.text)
        ack()

    def submitted(ack: Ack, body: Body) -> None:
        reaction: dict[str, Any] = {}
        answer = _FORMS[body["view"]["callback_id"]]
        problem = guarded(lambda: reaction.update(answer(services, body)))
        ack(**(reaction if problem is None else shown_in_form(problem.text)))

    # Each listener tried before the right one costs 8 µs, so the command comes first.
    app.command("/phantom")(phantom)
    app.action(re.compile(""))(pressed)
    for form in _FORMS:
        app.view(form)(submitted)


def _acknowledge(ack: Ack, message: Message | None) -> None:
    """Only the caller sees it; what was typed is not repeated in the channel."""
    if message is None:
        ack()
        return
    ack(response_type="ephemeral", text=message.text, blocks=list(message.blocks))
