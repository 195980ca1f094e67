"""The audit trail for admins: the latest entries, and all of them as a CSV file."""

from collections.abc import Sequence
from datetime import datetime

from phantombot.access.audit import AuditEntry
from phantombot.messages.blocks import File, Message, actions, button, date, escape, place, plain
from phantombot.messages.listing import listing
from phantombot.messages.sheet import csv_text, text_cell

EXPORT_AUDIT = "export_audit"
SHOWN = 30
"""Entries shown in Slack."""
EXPORTED = 50_000
"""The most entries in a file."""

AUDIT_ADMINS_ONLY = (
    "Only admins and owners of this workspace can see the audit trail. Ask one of them to type"
    " `/phantom audit`."
)
AUDIT_SLACK_SILENT = "Slack isn't answering right now. Type `/phantom audit` again in a minute."
AUDIT_SENT = "I sent you the file in a direct message."
_COLUMNS = ("at", "user", "what", "agent", "channel", "outcome")


def audit_message(entries: Sequence[AuditEntry]) -> Message:
    """List the latest entries, newest first."""
    if not entries:
        return plain("Nothing has been done here yet.")
    foot = "The file has older entries too." if len(entries) >= SHOWN else ""
    message = listing(
        "The latest actions in this workspace:", [_line(entry) for entry in entries], foot
    )
    row = actions(button("Export as CSV", EXPORT_AUDIT, "csv"))
    return Message(message.text, (*message.blocks, row))


def audit_file(entries: Sequence[AuditEntry], at: datetime) -> File:
    """Return all entries as CSV; times are in UTC, users and channels are Slack's ids."""
    rows = [(f"{entry.at:%Y-%m-%dT%H:%M:%SZ}", *map(text_cell, _cells(entry))) for entry in entries]
    return File(f"audit-{at:%Y-%m-%d}.csv", "Audit trail", csv_text(_COLUMNS, rows))


def audit_note(count: int) -> Message:
    """Introduce the file in the admin's direct messages."""
    entries = "1 entry" if count == 1 else f"{count} entries"
    return plain(f"The audit trail of this workspace, as CSV: {entries}.")


def audit_not_sent(code: str) -> Message:
    """Say why the file wasn't sent, and what to do about it."""
    mend = (
        "an admin can reinstall the app to add the permission `files:write`"
        if code == "missing_scope"
        else f"Slack says `{code}`; try again in a minute"
    )
    return plain(f"The file couldn't be sent: {mend}.")


def _line(entry: AuditEntry) -> str:
    what = f"{entry.what}: {escape(entry.agent, 80)}" if entry.agent else entry.what
    where = place(entry.channel) if entry.channel else ""
    parts = (date(entry.at), f"<@{entry.user}>", what, escape(entry.outcome, 100), where)
    return " · ".join(part for part in parts if part)


def _cells(entry: AuditEntry) -> tuple[str, ...]:
    return entry.user, entry.what.value, entry.agent, entry.channel, entry.outcome
