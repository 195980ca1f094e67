"""Run work after the acknowledgement, and answer privately."""

import logging
import uuid
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from phantombot.commands.spec import Action, perform
from phantombot.context import Context
from phantombot.errors import (
    CannotPost,
    SlackError,
    SlackRefused,
    StoreUnavailable,
    StoreUndecided,
)
from phantombot.messages.blocks import Message, plain
from phantombot.messages.commands import store_unavailable, store_undecided, unexpected
from phantombot.slack.payload import Body, asker_of, invocation_of, workspace_of

P = TypeVar("P")

log = logging.getLogger(__name__)


def guarded(answer: Callable[[], Message | None]) -> Message | None:
    """Return the answer; on any error, a sentence with a reference to the log."""
    reference = uuid.uuid4().hex[:8]
    try:
        return answer()
    except StoreUndecided as error:
        log.error("the database did not confirm a write (%s); reference %s", error, reference)
        return store_undecided(reference)
    except StoreUnavailable as error:
        log.error("the database does not answer (%s); reference %s", error, reference)
        return store_unavailable(reference)
    except Exception:  # no error may leave a listener: Bolt would answer 500
        log.exception("a listener failed; reference %s", reference)
        return unexpected(reference)


def run_in_background(
    context: Context, body: Body, answer: Callable[[], Message | None], *, replace: bool = False
) -> None:
    """Do slow work after the acknowledgement, and answer only the asker.

    `replace` makes the answer replace the pressed button's message.
    """

    def work() -> None:
        message = guarded(answer)
        if message is not None:
            _respond(context, body, message, replace=replace)

    context.background.submit(workspace_of(body), work)


def perform_in_background(
    context: Context, body: Body, action: Action[P], asked: P, *, replace: bool = False
) -> None:
    """Check the permission, do what is asked, and answer after the acknowledgement.

    An action that is done at once is done before it: a launch must be on disk by then.
    """
    invocation = invocation_of(body)
    if action.at_once:
        message = perform(context, invocation, action, asked)
        run_in_background(context, body, lambda: message, replace=replace)
    else:
        work = partial(perform, context, invocation, action, asked)
        run_in_background(context, body, work, replace=replace)


def respond_ephemeral(context: Context, body: Body, text: str, *, replace: bool = False) -> None:
    """Answer whoever pressed or typed with one sentence, after the acknowledgement."""
    run_in_background(context, body, lambda: plain(text), replace=replace)


def _respond(context: Context, body: Body, message: Message, *, replace: bool) -> None:
    response_url = str(body.get("response_url") or "")
    if not response_url:
        # Shortcuts, and buttons in App Home, come from no channel.
        _say_directly(context, body, message)
        return
    try:
        context.slack.respond_ephemeral(workspace_of(body), response_url, message, replace=replace)
    except (CannotPost, SlackRefused) as error:
        log.info("an answer couldn't be posted where it was asked for: %s", error.code)
        _say_directly(context, body, message)
    except SlackError as error:
        log.warning("an answer couldn't be posted: %s", error.code)


def _say_directly(context: Context, body: Body, message: Message) -> None:
    """Answer by direct message: the response_url is used up, or the channel refuses the bot."""
    asker = asker_of(body)
    try:
        context.slack.post(asker.workspace, asker.user, message)
    except SlackError as error:
        log.warning("an answer couldn't be posted: %s", error.code)
