from messages.cast import NOW
from messages.sampling import sample

from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.messages.audit import audit_file, audit_message, audit_note

AGENT = "LinkedIn Search (785)"
CHANNEL = "C0GENERAL"


def deed(what: AuditAction, agent: str = "", channel: str = "", outcome: str = "") -> AuditEntry:
    return AuditEntry("T0SANDBOX", NOW, "U0ALICE", what, agent, channel, outcome)


DEEDS = [
    deed(AuditAction.LAUNCH, AGENT, CHANNEL, "success"),
    deed(AuditAction.LAUNCH, AGENT, CHANNEL, "launched"),
    deed(AuditAction.LAUNCH, AGENT, "D0ALICE", "not allowed"),
    deed(AuditAction.LAUNCH, "", CHANNEL, "no agent"),
    deed(AuditAction.LAUNCH_AND_SAVE, AGENT, CHANNEL, "failed"),
    deed(AuditAction.STOP, AGENT, CHANNEL, "stopped"),
    deed(AuditAction.STOP, AGENT, CHANNEL, "doubtful"),
    deed(AuditAction.KEY_STORED),
    deed(AuditAction.KEY_REMOVED),
    deed(AuditAction.KEY_MOVED),
    deed(AuditAction.ACCESS_CHANGED, outcome="admins; in all channels; all agents; no guests"),
    deed(AuditAction.ALIAS_SET, AGENT, CHANNEL, "leads"),
    deed(AuditAction.ALIAS_REMOVED, AGENT, CHANNEL, "leads"),
    deed(AuditAction.WATCH, AGENT, CHANNEL, "failure recovery"),
    deed(AuditAction.UNWATCH, AGENT, CHANNEL),
    deed(AuditAction.MUTE, AGENT, CHANNEL, "until 2026-11-24 14:00 UTC"),
    deed(AuditAction.MUTE, AGENT, CHANNEL, "off"),
    deed(AuditAction.REFUSED, channel=CHANNEL, outcome="output"),
]

SAMPLES = [
    sample(audit_message, "nothing was done", []),
    sample(audit_message, "some deeds", DEEDS),
    sample(audit_message, "more than are shown", DEEDS * 2),
    sample(audit_file, "some deeds", DEEDS, NOW),
    sample(audit_note, "one entry", 1),
    sample(audit_note, "several entries", 12),
]
