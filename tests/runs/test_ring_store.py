"""How people want to be rung, and who is still to be, in both databases."""

from datetime import UTC, datetime, time, timedelta

import pytest

from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.access.audit_store import Audit
from phantombot.database.engine import Database
from phantombot.runs.channel_settings import ChannelSettings
from phantombot.runs.ring import DEFAULT, Ring, RingBy, RingSettings
from phantombot.runs.ring_store import Rings, add_rings_within

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SETTINGS = RingSettings(
    RingBy.DIRECT,
    failures_only=True,
    quiet_from=time(22),
    quiet_until=time(7, 30),
    utc_offset=timedelta(hours=-3, minutes=-30),
)


@pytest.fixture
def rings(database: Database) -> Rings:
    return Rings(database)


def test_settings_are_ones_own_in_each_workspace(rings: Rings):
    assert rings.settings("T1", "U1") == DEFAULT
    for settings in (SETTINGS, RingSettings(RingBy.NOTHING), SETTINGS):
        rings.set("T1", "U1", settings)
        assert rings.settings("T1", "U1") == settings
    assert rings.settings("T2", "U1") == rings.settings("T1", "U2") == DEFAULT


@pytest.mark.parametrize("count_only", [True, False])
def test_what_a_channel_is_told_is_its_own_in_each_workspace(rings: Rings, count_only: bool):
    settings = ChannelSettings(broadcast=not count_only, count_only=count_only)
    assert rings.in_channel("T1", "C1") == ChannelSettings()
    for one in (ChannelSettings(broadcast=True), settings):
        entry = AuditEntry("T1", NOW, "U1", AuditAction.CHANNEL_CHANGED, channel="C1")
        rings.set_in_channel(one, entry)
    assert rings.in_channel("T1", "C1") == settings
    assert rings.in_channel("T1", "C2") == rings.in_channel("T2", "C1") == ChannelSettings()
    assert Audit(rings.database).recent("T1", 9) == [entry, entry]


def test_who_is_to_be_rung_waits_by_person_and_is_rung_once(rings: Rings):
    with rings.database.writing() as connection:
        add_rings_within(connection, [Ring("T1", user, "uid", NOW) for user in ("U2", "U1", "U2")])
    first, second, third = rings.waiting("T1")
    assert [one.user for one in (first, second, third)] == ["U1", "U2", "U2"]
    rings.begin([first])
    rings.put_off([second], NOW + timedelta(hours=1))
    assert [(one.pending, one.due_at) for one in rings.waiting("T1")] == [
        (True, NOW),
        (False, NOW + timedelta(hours=1)),
        (False, NOW),
    ]
    assert (rings.workspaces(), rings.waiting("T2")) == (["T1"], [])
    rings.drop(rings.waiting("T1"))
    assert rings.workspaces() == []
