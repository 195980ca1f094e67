"""`access`, `audit` and `doctor`: who may use the bot, who did, and what keeps it working."""

import logging
from dataclasses import dataclass
from functools import partial
from typing import Any

from phantombot.access.rules_store import KeptRules
from phantombot.commands.files import send_file
from phantombot.commands.forms import not_opened, show_form
from phantombot.commands.permission import Admins, Members
from phantombot.commands.spec import Action, CommandSpec, Subcommand, nothing_after
from phantombot.context import Context
from phantombot.errors import SlackError
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
    SHOWN,
    audit_file,
    audit_message,
    audit_note,
)
from phantombot.messages.blocks import Message, plain
from phantombot.messages.commands import Group
from phantombot.messages.detail import file_not_sent
from phantombot.messages.doctor import checked
from phantombot.slack.payload import Invocation

log = logging.getLogger(__name__)


ACCESS_ADMINS = Admins(
    "access",
    ACCESS_ADMINS_ONLY,
    partial(not_opened, ACCESS_FORM, open_access_button(), ACCESS_SLACK_SILENT),
)
_READERS = Admins("audit", AUDIT_ADMINS_ONLY, lambda _error: plain(AUDIT_SLACK_SILENT))
_EXPORTERS = Admins("audit", AUDIT_ADMINS_ONLY, lambda error: file_not_sent(error.code))

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


@dataclass(frozen=True)
class Access:
    """Open the access form."""


@dataclass(frozen=True)
class Audit:
    """Show the audit trail."""


@dataclass(frozen=True)
class Doctor:
    """Run the doctor's checks."""


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
    file = audit_file(entries, context.clock())
    return send_file(context, asker, audit_note(len(entries)), file)


def examine(context: Context, invocation: Invocation, _asked: Doctor) -> Message:
    """Run all checks for this workspace and channel, with a line for each."""
    asker = invocation.asker
    return checked(list(context.examine(asker.workspace, asker.channel)))


OPEN_ACCESS_FORM = Action(ACCESS_ADMINS, open_access_form, says_nothing_done=False)
EXPORT_TRAIL = Action(_EXPORTERS, export_audit)
ACCESS = Subcommand(_ACCESS, nothing_after(_ACCESS, Access()), {Access: OPEN_ACCESS_FORM})
AUDIT = Subcommand(_AUDIT, nothing_after(_AUDIT, Audit()), {Audit: Action(_AUDIT.who, show_audit)})
DOCTOR = Subcommand(
    _DOCTOR,
    nothing_after(_DOCTOR, Doctor()),
    {Doctor: Action(_DOCTOR.who, examine, says_nothing_done=False)},
)
