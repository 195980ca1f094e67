"""Draw App Home when it is opened, and turn its pages when a button is pressed."""

from contextlib import suppress
from functools import partial

from phantombot.commands.key import look_for_v2
from phantombot.context import Context
from phantombot.errors import SlackError
from phantombot.listeners.background import run_in_background
from phantombot.messages.home import HOME_ALL, HOME_WANTED, LONGEST_WANTED
from phantombot.slack.payload import Body, asker_of, workspace_of
from phantombot.worker.home import draw

OPENED = "app_home_opened"
_LONGEST_PAGE = 4
"""Digits of a page's number."""


def show_home(context: Context, body: Body) -> None:
    """Draw the opened home, after the acknowledgement."""
    event = body.get("event") or {}
    workspace, user = workspace_of(body), str(event.get("user") or "")
    if event.get("tab") == "home" and workspace and user:
        _draw(context, body, workspace, user)
        run_in_background(context, body, partial(_offer_v2, context, workspace, user))


def _offer_v2(context: Context, workspace: str, user: str) -> None:
    """Offer an admin to move the key to Phantombuster's API v2, if v2 accepts it."""
    with suppress(SlackError):
        if context.people.person(workspace, user).admin:
            look_for_v2(context, workspace)


def turn_home(context: Context, body: Body) -> None:
    """Show another page of the agents, or the result of a search."""
    asker, action = asker_of(body), body["actions"][0]
    value = str(action.get("value") or "")
    page, wanted = 0, None
    match action["action_id"]:
        case searched if searched == HOME_WANTED:
            wanted = value.strip()[:LONGEST_WANTED]
        case everything if everything == HOME_ALL:
            wanted = ""
        case _:
            is_page = value.isascii() and value.isdigit() and len(value) <= _LONGEST_PAGE
            page = int(value) if is_page else 0
    _draw(context, body, asker.workspace, asker.user, page=page, wanted=wanted)


def _draw(  # noqa: PLR0913 - whose home, and what it shows
    context: Context,
    body: Body,
    workspace: str,
    user: str,
    *,
    page: int | None = None,
    wanted: str | None = None,
) -> None:
    def work() -> None:
        home = context.homes.open(workspace, user, context.clock(), page=page, wanted=wanted)
        draw(context, home)
        # The worker reads the agents again, and draws what changed meanwhile.
        context.wake(workspace)

    run_in_background(context, body, work)
