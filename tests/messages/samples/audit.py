from datetime import timedelta

from messages.cast import NOW
from messages.sampling import sample

from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.messages.audit import audit_file, audit_message, audit_not_sent, audit_note

DEEDS = [
    AuditEntry(
        "T0SANDBOX",
        NOW,
        "U0ALICE",
        AuditAction.LAUNCH,
        "LinkedIn Search (785)",
        "C0GENERAL",
        "success",
    ),
    AuditEntry(
        "T0SANDBOX",
        NOW - timedelta(hours=1),
        "U0BOB",
        AuditAction.STOP,
        "785",
        "C0GENERAL",
        "stopped",
    ),
    AuditEntry(
        "T0SANDBOX",
        NOW - timedelta(days=1),
        "U0ALICE",
        AuditAction.KEY_STORED,
        outcome="ends in cdef",
    ),
    AuditEntry(
        "T0SANDBOX",
        NOW - timedelta(days=2),
        "U0MALLORY",
        AuditAction.REFUSED,
        outcome="not an admin",
    ),
]

SAMPLES = [
    sample(audit_message, "nothing was done", []),
    sample(audit_message, "some deeds", DEEDS),
    sample(audit_message, "more than are shown", DEEDS * 10),
    sample(audit_file, "some deeds", DEEDS, NOW),
    sample(audit_note, "one entry", 1),
    sample(audit_note, "several entries", 12),
    sample(audit_not_sent, "the scope is missing", "missing_scope"),
    sample(audit_not_sent, "Slack refuses", "fatal_error"),
]
