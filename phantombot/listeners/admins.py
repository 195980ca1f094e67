"""What is for admins alone: asked of Slack each time, and written down where it was refused."""

import logging

from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.errors import StoreUnavailable
from phantombot.listeners.services import Services

log = logging.getLogger(__name__)


def is_admin(services: Services, workspace: str, user: str, wanted: str) -> bool:
    """Whether the user is an admin; if not, that they asked for `wanted` is in the audit trail.

    Raises:
        SlackError: it could not be found out.
    """
    if services.poster.is_admin(workspace, user):
        return True
    note_refused(services, workspace, user, wanted)
    return False


def note_refused(
    services: Services, workspace: str, user: str, wanted: str, channel: str = ""
) -> None:
    """Write down who asked for what they may not; a refusal stands, whatever the store says."""
    at = services.clock()
    deed = AuditEntry(workspace, at, user, AuditAction.REFUSED, channel=channel, outcome=wanted)
    try:
        services.audit.note(deed)
    except StoreUnavailable as error:
        log.warning("a refusal is not written down: %s", error)
