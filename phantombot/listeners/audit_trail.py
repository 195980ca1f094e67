"""`/phantom audit`, for admins: the last entries, and the file of all of them."""

from phantombot.context import Context
from phantombot.errors import SlackError, StoreUnavailable
from phantombot.listeners.admins import is_admin
from phantombot.messages.audit import (
    AUDIT_ADMINS_ONLY,
    AUDIT_SENT,
    AUDIT_SLACK_SILENT,
    EXPORTED,
    SHOWN,
    audit_file,
    audit_message,
    audit_not_sent,
    audit_note,
)
from phantombot.messages.blocks import Message, plain
from phantombot.messages.unanswered import DATABASE_SILENT

_WANTED = "audit"


def tell_audit(context: Context, workspace: str, user: str) -> Message:
    """The last entries, if an admin asks."""
    try:
        if not is_admin(context, workspace, user, _WANTED):
            return plain(AUDIT_ADMINS_ONLY)
        return audit_message(context.audit.recent(workspace, SHOWN))
    except SlackError:
        return plain(AUDIT_SLACK_SILENT)
    except StoreUnavailable:
        return plain(DATABASE_SILENT)


def send_audit(context: Context, workspace: str, user: str) -> Message:
    """Send all entries as a file to the admin who asks, by direct message."""
    try:
        if not is_admin(context, workspace, user, _WANTED):
            return plain(AUDIT_ADMINS_ONLY)
        entries = context.audit.recent(workspace, EXPORTED)
        posted = context.slack.post(workspace, user, audit_note(len(entries)))
        context.slack.upload(workspace, posted, audit_file(entries, context.clock()))
    except SlackError as error:
        return audit_not_sent(error.code)
    except StoreUnavailable:
        return plain(DATABASE_SILENT)
    return plain(AUDIT_SENT)
