"""The audit trail in Slack and as CSV, whatever names others chose."""

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.messages.audit import audit_file, audit_message

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def rows(*names: str) -> list[list[str]]:
    entries = [
        AuditEntry("T1", NOW, "U1", AuditAction.LAUNCH, name, "C1", "success") for name in names
    ]
    return list(csv.reader(io.StringIO(audit_file(entries, NOW).content, newline="")))


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ('=HYPERLINK("http://x.test","a")', '\'=HYPERLINK("http://x.test","a")'),
        ("+1+1", "'+1+1"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        (" \t=1", "'=1"),
        ('a "b", c\r\n=d', 'a "b", c =d'),
        ("Née; ok", "Née; ok"),
    ],
)
def test_a_hostile_name_is_one_cell_and_no_formula(name: str, cell: str):
    assert rows(name)[1] == ["2026-11-24T12:00:00Z", "U1", "launch", cell, "C1", "success"]


@given(st.lists(st.text(max_size=30), max_size=5))
def test_any_names_make_a_file_that_is_read_back_row_by_row(names: list[str]):
    read = rows(*names)
    assert len(read) == len(names) + 1
    assert all(len(row) == 6 for row in read)
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for row in read for cell in row)


@given(st.text(max_size=300))
def test_nothing_in_a_name_becomes_a_mention_or_too_long(name: str):
    message = audit_message(
        [AuditEntry("T1", NOW, "U1", AuditAction.STOP, name, "C1", "stopped")] * 30
    )
    told = message.text.replace("<@U1>", "").replace("<#C1>", "").replace("<!date^", "")
    assert "<" not in told
    assert all(len(b["text"]["text"]) <= 3000 for b in message.blocks if b["type"] == "section")


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        ("asked", "asked to launch 785 in <#C1> · not confirmed yet"),
        ("no agent", "tried to launch 785 in <#C1>"),
        ("launched", "launched 785 in <#C1> · running or queued"),
    ],
)
def test_a_launch_that_waits_for_an_answer_was_only_asked_for(outcome: str, told: str):
    entry = AuditEntry("T1", NOW, "U1", AuditAction.LAUNCH, "785", "C1", outcome)
    assert told in audit_message([entry]).text


def test_direct_messages_have_no_channel_s_name():
    entry = AuditEntry("T1", NOW, "U1", AuditAction.LAUNCH, "785", "D1", "success")
    assert audit_message([entry]).text.endswith("<@U1> launched 785 in a direct message · finished")


def test_where_nothing_was_done_there_is_nothing_to_export():
    assert audit_message([]).text == "Nothing has been done here yet."


@pytest.mark.parametrize("what", AuditAction)
def test_each_action_reads_as_what_somebody_did(what: AuditAction):
    entry = AuditEntry("T1", NOW, "U1", what, "785", "C1", "")
    (line,) = audit_message([entry]).text.splitlines()[1:]
    assert "<@U1> " in line
    assert "in <#C1>" in line
