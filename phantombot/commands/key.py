"""`key`: the workspace's Phantombuster key."""

import re
from dataclasses import dataclass
from functools import partial

from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.commands.forms import not_opened, show_form
from phantombot.commands.permission import Admins, Anyone
from phantombot.commands.spec import Action, CommandSpec, Subcommand
from phantombot.context import Context
from phantombot.errors import DecryptionError, PhantombusterError
from phantombot.messages.blocks import Message, plain
from phantombot.messages.commands import Group
from phantombot.messages.keys import (
    ADMINS_ONLY,
    KEY_FORM,
    KEY_MOVED_BEFORE,
    KEY_REMOVED,
    KEY_REPLACED_MEANWHILE,
    KEY_TYPED,
    KEY_WRITTEN,
    NO_KEY_TO_REMOVE,
    SLACK_SILENT,
    V2_SILENT,
    key_form,
    key_mark,
    key_moved,
    key_replaced,
    open_form_button,
    remove_question,
)
from phantombot.messages.refusals import unanswered
from phantombot.phantombuster.account import HINT_LENGTH, Api
from phantombot.slack.payload import Invocation
from phantombot.text.normalize import folded

KEY_ADMINS = Admins(
    "key", ADMINS_ONLY, partial(not_opened, KEY_FORM, open_form_button(), SLACK_SILENT)
)
_REMOVERS = Admins("key", ADMINS_ONLY, lambda _error: plain(SLACK_SILENT))
_KEY = CommandSpec(
    "key",
    "key [remove]",
    "stores, replaces or forgets the workspace's Phantombuster key; admins only",
    "key",
    group=Group.ADMIN,
    brief="stores the Phantombuster key",
    who=KEY_ADMINS,
    others=("token", "apikey", "api-key", "api_key"),
)
_KEY_GLUED = re.compile("(?:key|token|api[-_]?key)[:=]")


@dataclass(frozen=True)
class Key:
    """Open the form for the workspace's key."""


@dataclass(frozen=True)
class KeyRemoval:
    """Ask whether to remove the workspace's key."""


@dataclass(frozen=True)
class KeyRemovalConfirmed:
    """Remove the workspace's key, if it is still the one that was asked about."""

    mark: str


@dataclass(frozen=True)
class KeyMove:
    """Move the key to Phantombuster's API v2."""


@dataclass(frozen=True)
class KeyTyped:
    """Something was typed after `key`, most likely the key itself. It isn't kept."""


def read_key(text: str) -> Key | KeyRemoval | KeyTyped:
    """Parse `text`, typed after `key`."""
    words = folded(text).split()
    if not words:
        return Key()
    return KeyRemoval() if words == ["remove"] else KeyTyped()


def begins_with_a_key(word: str) -> bool:
    """Return whether the word, folded, is like `key=abc`, and so must not be repeated."""
    return _KEY_GLUED.match(word) is not None


def open_key_form(context: Context, invocation: Invocation, _asked: Key) -> Message | None:
    """Open the form for the workspace's key."""
    view = key_form(context.keys.key_note(invocation.asker.workspace))
    return show_form(context, invocation, view, open_form_button(), SLACK_SILENT)


def ask_to_remove_key(context: Context, invocation: Invocation, _asked: KeyRemoval) -> Message:
    """Ask before the key is forgotten."""
    note = context.keys.key_note(invocation.asker.workspace)
    return remove_question(note) if note else plain(NO_KEY_TO_REMOVE)


def remove_key(context: Context, invocation: Invocation, asked: KeyRemovalConfirmed) -> Message:
    """Remove the key that was asked about, unless another one was stored since."""
    asker = invocation.asker
    entry = AuditEntry(asker.workspace, context.clock(), asker.user, AuditAction.KEY_REMOVED)
    note = context.keys.key_note(asker.workspace)
    if key_mark(note) == asked.mark and context.keys.remove_key(asker.workspace, entry, meant=note):
        context.wake(asker.workspace)
        return plain(KEY_REMOVED)
    newer = context.keys.key_note(asker.workspace)
    return key_replaced(newer) if newer else plain(NO_KEY_TO_REMOVE)


def move_key(context: Context, invocation: Invocation, _asked: KeyMove) -> Message:
    """Move the workspace's key to Phantombuster's API v2, if v2 accepts it."""
    asker = invocation.asker
    key = context.keys.required(asker.workspace)
    if key.api is Api.V2:
        return plain(KEY_MOVED_BEFORE)
    _, found = context.phantombuster.check(key)
    if found.api is not Api.V2:
        return plain(V2_SILENT)
    entry = AuditEntry(asker.workspace, context.clock(), asker.user, AuditAction.KEY_MOVED)
    if not context.keys.move_to_v2(found, entry):
        return plain(KEY_REPLACED_MEANWHILE)
    context.wake(asker.workspace)
    return key_moved(found.value[-HINT_LENGTH:])


def look_for_v2(context: Context, workspace: str) -> None:
    """Find out whether a key that uses v1 could be moved to v2, so that this can be offered.

    Raises:
        StoreUnavailable: the result wasn't stored.
    """
    try:
        key = context.keys.key(workspace)
        if key is None or key.api is Api.V2 or key.org is not None:
            return
        _, found = context.phantombuster.check(key)
    except (PhantombusterError, DecryptionError):
        return
    if found.api is Api.V2:
        context.keys.note_v2(found)
        context.wake(workspace)  # App Home may have been drawn without the offer


def warn_of_typed_key(_context: Context, invocation: Invocation, _asked: KeyTyped) -> Message:
    """Say where to enter a key; the typed one wasn't kept."""
    return plain(KEY_WRITTEN if invocation.written else KEY_TYPED)


OPEN_KEY_FORM = Action(KEY_ADMINS, open_key_form, says_nothing_done=False)
ASK_TO_REMOVE_KEY = Action(_REMOVERS, ask_to_remove_key, says_nothing_done=False)
REMOVE_STORED_KEY = Action(_REMOVERS, remove_key, says_nothing_done=False)
MOVE_STORED_KEY = Action(_REMOVERS, move_key, lambda _asked, error: unanswered("key", "", error))
KEY = Subcommand(
    _KEY,
    read_key,
    {
        Key: OPEN_KEY_FORM,
        KeyRemoval: ASK_TO_REMOVE_KEY,
        KeyTyped: Action(Anyone(), warn_of_typed_key, at_once=True),
    },
)
