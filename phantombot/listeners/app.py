"""Build the Bolt app, and register a listener for each kind of payload."""

import logging
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from slack_bolt import Ack, App
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse

from phantombot.context import Context
from phantombot.listeners.access_form import answer_access_form
from phantombot.listeners.actions import answer_button
from phantombot.listeners.agent_menu import MENUS, suggest_agents
from phantombot.listeners.alias_form import answer_alias_form
from phantombot.listeners.background import guarded, respond_ephemeral
from phantombot.listeners.forms import errors_at
from phantombot.listeners.home import OPENED, show_home
from phantombot.listeners.key_form import answer_key_form
from phantombot.listeners.launch_form import SHORTCUTS, answer_launch_form, answer_shortcut
from phantombot.listeners.lifecycle import ERASING, JOINED, forget_workspace, note_join
from phantombot.listeners.mentions import MENTION, MESSAGE, Heard, answer_spoken
from phantombot.listeners.notify_form import answer_notify_form, answer_notify_here_form
from phantombot.listeners.slash_command import answer_command
from phantombot.listeners.watch_form import answer_watch_form
from phantombot.messages.access import ACCESS_FORM
from phantombot.messages.aliases import ALIAS_FORM
from phantombot.messages.blocks import Message
from phantombot.messages.installing import not_installed
from phantombot.messages.keys import KEY_FORM, shown_in_form
from phantombot.messages.launch_form import LAUNCH_FORM
from phantombot.messages.notify import NOTIFY_FORM, NOTIFY_HERE_FORM
from phantombot.messages.watch_form import WATCH_FORM
from phantombot.slack.marks import marked_blocks, placed
from phantombot.slack.payload import Body, installer_of, workspace_of

if TYPE_CHECKING:
    from phantombot.slack.socket_mode import Socket

_FORMS = {
    KEY_FORM: answer_key_form,
    ACCESS_FORM: answer_access_form,
    LAUNCH_FORM: answer_launch_form,
    NOTIFY_FORM: answer_notify_form,
    WATCH_FORM: answer_watch_form,
    ALIAS_FORM: answer_alias_form,
    NOTIFY_HERE_FORM: answer_notify_here_form,
}
_MENU_OF = {form: menu for menu, form in MENUS.items()}


def build_app(signing_secret: str, context: Context) -> App:
    """Return a Bolt app for all workspaces, which never calls Slack by itself.

    `authorize` answers from memory, and without a token: with one, Bolt would call `auth.test`.
    Each listener checks whether the app is installed, since each answers differently.
    """
    # On a bad signature Bolt logs the whole body at INFO, and an unhandled one at WARNING.
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)
    authorized = AuthorizeResult(enterprise_id=None, team_id=None)
    app = App(
        # Without a name, Bolt searches all loaded modules for the caller's file; with ours, it
        # would set the level of our own loggers.
        name="slack_bolt.app",
        signing_secret=signing_secret,
        authorize=lambda: authorized,
        process_before_response=True,
        attaching_function_token_enabled=False,
        logger=logging.getLogger("slack_bolt"),
    )
    _listen(app, context)
    return app


def build_socket(
    app: App,
    app_token: str,
    context: Context,
    acknowledged: Callable[[int, float], None],
    speed: float = 1.0,
) -> "Socket":
    """Return the app behind a socket to Slack, in Socket Mode."""
    # Imported here, so that a bot that Slack reaches over HTTP doesn't wait for it to load.
    from phantombot.slack.socket_mode import PING_EVERY, Socket  # noqa: PLC0415

    client = context.slack.without_token()
    return Socket(app, app_token, client, acknowledged, PING_EVERY / speed)


def _listen(app: App, context: Context) -> None:
    # Each listener tried before the right one costs 8 µs, so the command comes first.
    _listen_to_what_is_typed_and_pressed(app, context)
    _listen_to_forms(app, context)
    _listen_to_events(app, context)


def _listen_to_what_is_typed_and_pressed(app: App, context: Context) -> None:
    def phantom(ack: Ack, body: Body) -> None:
        message = _unless_missing(context, body, lambda: answer_command(context, body))
        _acknowledge(ack, workspace_of(body), message)

    def pressed(ack: Ack, body: Body) -> None:
        body = placed(body)
        _respond_unless_missing(context, body, lambda: answer_button(context, body))
        ack()

    def shortcut(ack: Ack, body: Body) -> None:
        body = placed(body)
        _respond_unless_missing(context, body, lambda: answer_shortcut(context, body))
        ack()

    app.command("/phantom")(phantom)
    app.action(re.compile(""))(pressed)
    for name in SHORTCUTS:
        app.shortcut(name)(shortcut)


def _listen_to_forms(app: App, context: Context) -> None:
    def submitted(ack: Ack, body: Body) -> None:
        body = placed(body)
        reaction: dict[str, Any] = {}
        answer = _FORMS[body["view"]["callback_id"]]
        problem = _unless_missing(context, body, lambda: reaction.update(answer(context, body)))
        if problem is not None:
            reaction = _shown_in_form(body, problem.text)
        ack(**reaction)

    def typing(ack: Ack, body: Body) -> None:
        body = placed(body)
        choices: list[dict[str, Any]] = []
        _unless_missing(context, body, lambda: choices.extend(suggest_agents(context, body)))
        ack(options=choices)

    for form in _FORMS:
        app.view(form)(submitted)
    for menu in MENUS:
        app.options(menu)(typing)


def _listen_to_events(app: App, context: Context) -> None:
    def uninstalled(body: Body) -> BoltResponse | None:
        problem = guarded(lambda: forget_workspace(context, body))
        # Slack resends events that aren't acknowledged.
        return None if problem is None else BoltResponse(status=503)

    heard = Heard()

    def spoken(body: Body) -> BoltResponse | None:
        problem = guarded(lambda: answer_spoken(context, heard, body, answer_command))
        return None if problem is None else BoltResponse(status=503)

    def opened(body: Body) -> None:
        _unless_missing(context, body, lambda: show_home(context, body))

    def joined(body: Body) -> BoltResponse | None:
        problem = guarded(lambda: note_join(context, body))
        return None if problem is None else BoltResponse(status=503)

    told = {MENTION: spoken, MESSAGE: spoken, OPENED: opened, JOINED: joined}
    for event, listener in (told | dict.fromkeys(ERASING, uninstalled)).items():
        app.event(event)(listener)

    def ignored() -> None:
        """Acknowledge any other event: Slack stops sending if too many are answered with 404."""

    app.event(re.compile(""))(ignored)


def _shown_in_form(body: Body, text: str) -> dict[str, Any]:
    """Return the problem in place of the form; at an input of a longer form, to keep the rest."""
    menu = _MENU_OF.get(body["view"]["callback_id"])
    return shown_in_form(text) if menu is None else errors_at({menu: text})


def _respond_unless_missing(
    context: Context, body: Body, answer: Callable[[], Message | None]
) -> None:
    problem = _unless_missing(context, body, answer)
    if problem is not None:
        respond_ephemeral(context, body, problem.text)


def _unless_missing(
    context: Context, body: Body, answer: Callable[[], Message | None]
) -> Message | None:
    """Return the answer if the app is installed, else a sentence that says where to install it."""

    def found() -> Message | None:
        if context.installed.has(workspace_of(body), installer_of(body)):
            return answer()
        return not_installed(context.install_url)

    return guarded(found)


def _acknowledge(ack: Ack, workspace: str, message: Message | None) -> None:
    """Acknowledge to the caller alone, without repeating the command in the channel."""
    if message is None:
        ack()
        return
    blocks = marked_blocks(workspace, message.blocks)
    ack(response_type="ephemeral", text=message.text, blocks=blocks)
