from datetime import UTC, datetime, timedelta

import pytest

from phantombot.database.engine import Database
from phantombot.worker.channel_store import Channels, Closed

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def channels(database: Database) -> Channels:
    return Channels(database)


def test_a_channel_is_closed_until_slack_takes_a_message_for_it(channels: Channels):
    channels.close("T1", "C1", Closed(NOW, "is_archived"))
    channels.close("T1", "C1", Closed(NOW + timedelta(hours=1), "not_in_channel"))
    assert channels.closed("T1") == {"C1": Closed(NOW + timedelta(hours=1), "not_in_channel")}
    channels.open("T1", "C1")
    assert channels.closed("T1") == {}


def test_one_workspaces_channels_are_not_anothers(channels: Channels):
    channels.close("T1", "C1", Closed(NOW, "is_archived"))
    assert channels.closed("T2") == {}
    channels.open("T2", "C1")
    assert "C1" in channels.closed("T1")
