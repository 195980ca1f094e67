"""The answer to a request for a launch, whoever made it."""

from contextlib import suppress
from functools import partial

from phantombot.context import Context
from phantombot.errors import NotAtHand, SlackError
from phantombot.messages.blocks import Message
from phantombot.messages.requests import refused_or_asked
from phantombot.runs.model import Run
from phantombot.runs.request import Requested


def refusal_or_question(context: Context, requested: Requested) -> Message | None:
    """Return why nothing is launched, or what is asked first; None where a launch follows."""
    run = requested.run
    if run is not None and requested.waits_for == "Slack" and context.runs.launches_what_it_adds:
        # A worker asks for its launch's sake; here it is for the next acknowledgement.
        context.background.submit(run.workspace, partial(_learn_person, context, run))
    try:
        by_admin = run is not None and (
            context.people.at_hand.person(run.workspace, run.user).admin
        )
    except NotAtHand:
        by_admin = True  # the button finds out: whoever installed the app launches first
    return refused_or_asked(run, by_admin=by_admin)


def _learn_person(context: Context, run: Run) -> None:
    with suppress(SlackError):
        context.people.person(run.workspace, run.user)
