"""The audit trail for admins: the latest entries, and all of them as a CSV file."""

from collections.abc import Sequence
from datetime import datetime

from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.messages.blocks import File, Message, actions, button, date, escape, place, plain
from phantombot.messages.listing import listing
from phantombot.messages.sheet import csv_text, text_cell
from phantombot.runs.ending import NOTHING_LAUNCHED, Kind
from phantombot.runs.model import State
from phantombot.runs.stopping import StopOutcome
from phantombot.watches.model import Word

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
_UNMUTED = "off"
_PLAINLY = {
    AuditAction.KEY_STORED: "stored the Phantombuster key",
    AuditAction.KEY_REMOVED: "removed the Phantombuster key",
    AuditAction.KEY_MOVED: "moved the key to Phantombuster's API v2",
    AuditAction.ACCESS_CHANGED: "changed who can launch and stop",
    AuditAction.CHANNEL_CHANGED: "changed the notifications",
}
_CAME_OF_IT: dict[str, str] = {
    State.INTENDED: "launching",
    State.SENDING: "launching",
    State.ASKED: "not confirmed yet",
    State.LAUNCHED: "running or queued",
    Kind.SUCCESS: "finished",
    Kind.EMPTY: "returned nothing",
    Kind.LAUNCH_FAILED: "did not start",
    Kind.LOST: "unknown outcome",
    Kind.REFUSED: "refused by Phantombuster",
    Kind.NOT_FOUND: "launch lost",
}
_CAME_OF_STOP: dict[str, str] = {
    StopOutcome.STOPPED: "",
    StopOutcome.STOPPING: "its script was asked to end",
    StopOutcome.DOUBTFUL: "the answer was lost",
    StopOutcome.LATE: "stopped late",
}
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


def _line(entry: AuditEntry) -> str:
    done, more = _done(entry)
    where = f" in {place(entry.channel)}" if entry.channel else ""
    ends = f" · {more}" if more else ""
    return f"{date(entry.at)} · <@{entry.user}> {done}{where}{ends}"


def _done(entry: AuditEntry) -> tuple[str, str]:
    """Return what somebody did, and the outcome."""
    agent, outcome = escape(entry.agent, 80) or "an agent", escape(entry.outcome, 100)
    match entry.what:
        case AuditAction.LAUNCH | AuditAction.LAUNCH_AND_SAVE:
            return _launched(entry, agent)
        case AuditAction.STOP:
            done = "stopped" if entry.outcome == StopOutcome.STOPPED else "asked to stop"
            came = _CAME_OF_STOP.get(entry.outcome, outcome)
            return f"{done} {agent}", came
        case AuditAction.ALIAS_SET:
            return f"set the alias `{outcome}` for {agent}", ""
        case AuditAction.ALIAS_REMOVED:
            return f"removed the alias `{outcome}` of {agent}", ""
        case AuditAction.WATCH:
            words = entry.outcome.split()
            return f"set a watch of {agent}", ", ".join(words) if {*Word} >= {*words} else outcome
        case AuditAction.UNWATCH:
            return f"ended the watch of {agent}", ""
        case AuditAction.MUTE:
            off = entry.outcome == _UNMUTED
            return f"{'unmuted' if off else 'muted'} {agent}", "" if off else outcome
        case AuditAction.REFUSED:
            return f"was refused `{outcome}`", ""
    return _PLAINLY[entry.what], outcome


def _launched(entry: AuditEntry, agent: str) -> tuple[str, str]:
    launched = "tried to launch" if entry.outcome in NOTHING_LAUNCHED else "launched"
    if entry.outcome == State.ASKED:
        launched = "asked to launch"
    saved = "saved as its defaults" if entry.what is AuditAction.LAUNCH_AND_SAVE else ""
    came = _CAME_OF_IT.get(entry.outcome, escape(entry.outcome, 100))
    return f"{launched} {agent}", " · ".join(filter(None, (saved, came)))


def _cells(entry: AuditEntry) -> tuple[str, ...]:
    return entry.user, entry.what.value, entry.agent, entry.channel, entry.outcome
