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


def audit_message(deeds: Sequence[AuditEntry]) -> Message:
    """The last entries, the newest first."""
    if not deeds:
        return plain("Nothing was done here yet.")
    foot = "What is older stands in the file." if len(deeds) >= SHOWN else ""
    message = listing("What was done here last:", [_line(deed) for deed in deeds], foot)
    row = actions(button("Export as CSV", EXPORT_AUDIT, "csv"))
    return Message(message.text, (*message.blocks, row))


def audit_file(deeds: Sequence[AuditEntry], at: datetime) -> File:
    """All entries as CSV; times are in UTC, users and channels are Slack's ids."""
    rows = [(f"{deed.at:%Y-%m-%dT%H:%M:%SZ}", *map(text_cell, _cells(deed))) for deed in deeds]
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


def _line(deed: AuditEntry) -> str:
    what = f"{deed.what}: {escape(deed.agent, 80)}" if deed.agent else deed.what
    where = place(deed.channel) if deed.channel else ""
    parts = (date(deed.at), f"<@{deed.user}>", what, escape(deed.outcome, 100), where)
    return " · ".join(part for part in parts if part)


def _cells(deed: AuditEntry) -> tuple[str, ...]:
    return deed.user, deed.what.value, deed.agent, deed.channel, deed.outcome
