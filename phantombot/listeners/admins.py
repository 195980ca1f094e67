"""What is for admins alone: asked of Slack each time, and written down where it was refused."""

import logging

from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.context import Context
from phantombot.errors import StoreUnavailable

log = logging.getLogger(__name__)


def is_admin(context: Context, workspace: str, user: str, wanted: str) -> bool:
    """Whether the user is an admin; if not, that they asked for `wanted` is in the audit trail.

    Raises:
        SlackError: it could not be found out.
    """
    if context.slack.is_admin(workspace, user):
        return True
    note_refused(context, workspace, user, wanted)
    return False


def note_refused(
    context: Context, workspace: str, user: str, wanted: str, channel: str = ""
) -> None:
    """Write down who asked for what they may not; a refusal stands, whatever the store says."""
    at = context.clock()
    entry = AuditEntry(workspace, at, user, AuditAction.REFUSED, channel=channel, outcome=wanted)
    try:
        context.audit.note(entry)
    except StoreUnavailable as error:
        log.warning("a refusal is not written down: %s", error)
