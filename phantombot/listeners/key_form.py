"""The submitted form for the workspace's key, which is only stored if an admin sent it."""

from dataclasses import replace
from functools import partial
from typing import Any

from phantombot.access.rules import Asker
from phantombot.commands.key import KEY_ADMINS
from phantombot.context import Context
from phantombot.errors import PhantombusterError, SlackError, StoreUnavailable
from phantombot.listeners.forms import save_in_background
from phantombot.messages.installing import not_installed
from phantombot.messages.keys import (
    ADMINS_ONLY,
    KEY_CHANGED_MEANWHILE,
    KEY_INPUT,
    KEY_MISSHAPEN,
    KEY_PROBLEMS,
    SLACK_SILENT,
    checking,
    key_form,
    key_mark,
    key_notice,
    key_stored,
    key_unchecked,
)
from phantombot.phantombuster.account import HINT_LENGTH, ApiKey
from phantombot.slack.payload import Body, asker_of
from phantombot.text.normalize import trimmed

LONGEST_KEY = 200


def submitted_key(body: Body) -> str:
    """Return the key that was typed into the form."""
    values = body["view"]["state"]["values"]
    return trimmed(str(values[KEY_INPUT][KEY_INPUT].get("value") or ""))


def answer_key_form(context: Context, body: Body) -> dict[str, Any]:
    """Acknowledge the submitted form, with an error at its input or with "checking"."""
    key = submitted_key(body)
    if not (key.isascii() and key.isprintable() and key.split() == [key]) or len(key) > LONGEST_KEY:
        return {"response_action": "errors", "errors": {KEY_INPUT: KEY_MISSHAPEN}}
    shown = str(body["view"].get("private_metadata") or "")
    check = partial(_checked, context, asker_of(body), key, shown)
    return save_in_background(context, body, check, key_notice, checking())


def _checked(context: Context, asker: Asker, key: str, shown: str) -> dict[str, Any]:
    """Check the key with Phantombuster and store it; return the view to show.

    `shown` is the mark of the stored key that the form mentioned.
    """
    workspace = asker.workspace
    try:
        if not KEY_ADMINS.include(context, asker):
            return key_notice(ADMINS_ONLY)
        view = _stored(context, workspace, asker.user, key, shown)
    except StoreUnavailable:
        return key_notice(KEY_PROBLEMS[StoreUnavailable.__name__])
    except SlackError:
        return _form_again(context, workspace, SLACK_SILENT)
    except PhantombusterError as error:
        return _form_again(context, workspace, KEY_PROBLEMS[type(error).__name__])
    context.installed.forget(workspace)
    if not context.installed.has(workspace):
        # The app was uninstalled while Phantombuster was asked: nothing would ever erase the key.
        context.keys.remove_key(workspace)
        return key_notice(not_installed(context.install_url).text)
    context.wake(workspace)
    return view


def _stored(context: Context, workspace: str, user: str, key: str, shown: str) -> dict[str, Any]:
    """Store the key unless Phantombuster refuses it, or can't be asked now.

    A wrong key is refused with 401. Any other error proves nothing about the key, and an account
    that can't be listed may still launch.
    """
    account, checked, status = None, ApiKey(key), None
    try:
        account, checked = context.phantombuster.check(checked)
    except PhantombusterError as error:
        if type(error).__name__ in KEY_PROBLEMS:
            raise
        status = error.status
    at, hint, before = context.clock(), key[-HINT_LENGTH:], context.keys.key_note(workspace)
    checked = replace(checked, workspace=workspace)
    if key_mark(before) != shown or not context.keys.replace_key(before, checked, by=user, at=at):
        return _form_again(context, workspace, KEY_CHANGED_MEANWHILE)
    if account is None:
        return key_unchecked(hint, status)
    context.agents.learn(workspace, account, key_at=at)
    return key_stored(hint, checked.api)


def _form_again(context: Context, workspace: str, problem: str) -> dict[str, Any]:
    try:
        note = context.keys.key_note(workspace)
    except StoreUnavailable:
        return key_notice(problem)
    return key_form(note, problem)
