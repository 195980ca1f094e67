"""The audit trail, for admins: the last entries, and all of it as a CSV file."""

from collections.abc import Sequence
from datetime import datetime

from phantombot.access.audit import AuditEntry
from phantombot.messages.blocks import File, Message, actions, button, date, escape, place, plain
from phantombot.messages.listing import listing
from phantombot.messages.sheet import csv_text, text_cell

EXPORT_AUDIT = "export_audit"
SHOWN = 30
"""Entries."""
EXPORTED = 50_000
"""Entries of a file at the most."""

AUDIT_ADMINS_ONLY = (
    "Only admins and owners of this workspace can see what was done. Ask one of them to type"
    " `/phantom audit`."
)
AUDIT_SLACK_SILENT = "Slack does not answer me just now. Type `/phantom audit` again in a minute."
AUDIT_SENT = "The file is in your direct messages with me."
_COLUMNS = ("at", "user", "what", "agent", "channel", "outcome")


def audit_message(entries: Sequence[AuditEntry]) -> Message:
    """The last entries, the newest first."""
    if not entries:
        return plain("Nothing was done here yet.")
    foot = "What is older stands in the file." if len(entries) >= SHOWN else ""
    message = listing("What was done here last:", [_line(entry) for entry in entries], foot)
    row = actions(button("Export as CSV", EXPORT_AUDIT, "csv"))
    return Message(message.text, (*message.blocks, row))


def audit_file(entries: Sequence[AuditEntry], at: datetime) -> File:
    """All entries as CSV; times are in UTC, users and channels are Slack's ids."""
    rows = [(f"{entry.at:%Y-%m-%dT%H:%M:%SZ}", *map(text_cell, _cells(entry))) for entry in entries]
    return File(f"audit-{at:%Y-%m-%d}.csv", "Audit trail", csv_text(_COLUMNS, rows))


def audit_note(count: int) -> Message:
    """Above the file, in the admin's direct messages."""
    entries = "1 entry" if count == 1 else f"{count} entries"
    return plain(f"The audit trail of this workspace, as CSV: {entries}.")


def audit_not_sent(code: str) -> Message:
    """In the file's place, with the mend."""
    mend = (
        "an admin can install the app anew, with the permission `files:write`"
        if code == "missing_scope"
        else f"Slack says `{code}`; try again in a minute"
    )
    return plain(f"The file could not be sent: {mend}.")


def _line(entry: AuditEntry) -> str:
    what = f"{entry.what}: {escape(entry.agent, 80)}" if entry.agent else entry.what
    where = place(entry.channel) if entry.channel else ""
    parts = (date(entry.at), f"<@{entry.user}>", what, escape(entry.outcome, 100), where)
    return " · ".join(part for part in parts if part)


def _cells(entry: AuditEntry) -> tuple[str, ...]:
    return entry.user, entry.what.value, entry.agent, entry.channel, entry.outcome
