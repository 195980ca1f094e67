"""`key`, `access`, `audit` and `doctor`: commands for administration."""

import logging
import re
from dataclasses import dataclass
from functools import partial
from typing import Any

from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.access.rules_store import KeptRules
from phantombot.commands.forms import not_opened, show_form
from phantombot.commands.permission import Admins, Anyone, Members
from phantombot.commands.spec import Action, CommandSpec, Subcommand, nothing_after
from phantombot.context import Context
from phantombot.errors import DecryptionError, PhantombusterError, SlackError
from phantombot.messages.access import (
    ACCESS_ADMINS_ONLY,
    ACCESS_FORM,
    ACCESS_SLACK_SILENT,
    access_form,
    open_access_button,
)
from phantombot.messages.audit import (
    AUDIT_ADMINS_ONLY,
    AUDIT_SLACK_SILENT,
    EXPORTED,
    FILE_SENT,
    SHOWN,
    audit_file,
    audit_message,
    audit_note,
    file_not_sent,
)
from phantombot.messages.blocks import Message, plain
from phantombot.messages.commands import Group
from phantombot.messages.doctor import checked
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

log = logging.getLogger(__name__)


KEY_ADMINS = Admins(
    "key", ADMINS_ONLY, partial(not_opened, KEY_FORM, open_form_button(), SLACK_SILENT)
)
ACCESS_ADMINS = Admins(
    "access",
    ACCESS_ADMINS_ONLY,
    partial(not_opened, ACCESS_FORM, open_access_button(), ACCESS_SLACK_SILENT),
)
_REMOVERS = Admins("key", ADMINS_ONLY, lambda _error: plain(SLACK_SILENT))
_READERS = Admins("audit", AUDIT_ADMINS_ONLY, lambda _error: plain(AUDIT_SLACK_SILENT))
_EXPORTERS = Admins("audit", AUDIT_ADMINS_ONLY, lambda error: file_not_sent(error.code))

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
_ACCESS = CommandSpec(
    "access",
    "access",
    "sets in a form who can launch and stop which agents, and where; admins only",
    "access",
    group=Group.ADMIN,
    brief="sets who can launch what",
    who=ACCESS_ADMINS,
    others=("settings", "permissions", "config"),
)
_AUDIT = CommandSpec(
    "audit",
    "audit",
    "shows who did what in this workspace; admins only",
    "audit",
    group=Group.ADMIN,
    brief="shows who did what",
    who=_READERS,
)
_DOCTOR = CommandSpec(
    "doctor",
    "doctor",
    "checks everything from the key to the database, and says how to fix what is wrong",
    "doctor",
    # Allowed even if Slack doesn't say who asks: that is a problem that the doctor finds.
    group=Group.HELP,
    brief="finds what is wrong",
    who=Members("doctor", if_unknown=True),
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


@dataclass(frozen=True)
class Access:
    """Open the access form."""


@dataclass(frozen=True)
class Audit:
    """Show the audit trail."""


@dataclass(frozen=True)
class Doctor:
    """Run the doctor's checks."""


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
    """Ask before the key is removed."""
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


def open_access_form(context: Context, invocation: Invocation, _asked: Access) -> Message | None:
    """Open the access form."""
    view = access_view(context, invocation.asker.workspace)
    return show_form(context, invocation, view, open_access_button(), ACCESS_SLACK_SILENT)


def access_view(
    context: Context, workspace: str, problem: str = "", shown: KeptRules | None = None
) -> dict[str, Any]:
    """Return the access form with the current rules, or with those in `shown`."""
    kept = context.access.read(workspace) if shown is None else shown
    groups, agents = user_groups(context, workspace), agent_names(context, workspace)
    return access_form(kept.rules, kept.version, groups, problem, agents=agents)


def agent_names(context: Context, workspace: str) -> dict[str, str]:
    """Return the known names of the account's agents, by id."""
    known = context.agents.known(workspace)
    return {agent.id: agent.name for agent in known.agents} if known else {}


def user_groups(context: Context, workspace: str) -> list[tuple[str, str]]:
    """Return ids and handles of the user groups; none if Slack doesn't say, and then the form
    leaves them as they are.
    """
    try:
        return context.slack.groups(workspace)
    except SlackError as error:
        log.warning("the user groups of %s are not known: %s", workspace, error.code)
        return []


def show_audit(context: Context, invocation: Invocation, _asked: Audit) -> Message:
    """Show the last entries of the audit trail."""
    return audit_message(context.audit.recent(invocation.asker.workspace, SHOWN))


def export_audit(context: Context, invocation: Invocation, _asked: Audit) -> Message:
    """Send all entries of the audit trail as a file, by direct message."""
    asker = invocation.asker
    entries = context.audit.recent(asker.workspace, EXPORTED)
    try:
        posted = context.slack.post(asker.workspace, asker.user, audit_note(len(entries)))
        file = audit_file(entries, context.clock())
        context.slack.upload(asker.workspace, posted, file, in_thread=False)
    except SlackError as error:
        return file_not_sent(error.code)
    return plain(FILE_SENT)


def examine(context: Context, invocation: Invocation, _asked: Doctor) -> Message:
    """Run all checks for this workspace and channel, with a line for each."""
    asker = invocation.asker
    return checked(list(context.examine(asker.workspace, asker.channel)))


OPEN_KEY_FORM = Action(KEY_ADMINS, open_key_form, says_nothing_done=False)
ASK_TO_REMOVE_KEY = Action(_REMOVERS, ask_to_remove_key, says_nothing_done=False)
REMOVE_STORED_KEY = Action(_REMOVERS, remove_key, says_nothing_done=False)
MOVE_STORED_KEY = Action(_REMOVERS, move_key, lambda _asked, error: unanswered("key", "", error))
OPEN_ACCESS_FORM = Action(ACCESS_ADMINS, open_access_form, says_nothing_done=False)
EXPORT_TRAIL = Action(_EXPORTERS, export_audit)
KEY = Subcommand(
    _KEY,
    read_key,
    {
        Key: OPEN_KEY_FORM,
        KeyRemoval: ASK_TO_REMOVE_KEY,
        KeyTyped: Action(Anyone(), warn_of_typed_key, at_once=True),
    },
)
ACCESS = Subcommand(_ACCESS, nothing_after(_ACCESS, Access()), {Access: OPEN_ACCESS_FORM})
AUDIT = Subcommand(_AUDIT, nothing_after(_AUDIT, Audit()), {Audit: Action(_AUDIT.who, show_audit)})
DOCTOR = Subcommand(
    _DOCTOR,
    nothing_after(_DOCTOR, Doctor()),
    {Doctor: Action(_DOCTOR.who, examine, says_nothing_done=False)},
)
