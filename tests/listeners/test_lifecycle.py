"""Whose installation an event is about, in each form that Slack may send it in."""

from datetime import UTC, datetime
from typing import Any

import pytest
from slack_bolt import BoltRequest

from phantombot.listeners.app import build_app
from phantombot.listeners.lifecycle import _uninstalled, _withdrawn
from phantombot.slack.installation_store import Uninstalled


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ({"team_id": "T1"}, ("T1", "", False)),
        ({"team_id": "T1", "enterprise_id": "E1"}, ("T1", "E1", False)),
        ({"team_id": None, "enterprise_id": "E1"}, ("", "E1", True)),
        ({"team_id": "E1", "enterprise_id": "E1"}, ("E1", "E1", True)),
        (
            {"team_id": "T1", "enterprise_id": "E1", "is_enterprise_install": "true"},
            ("T1", "E1", True),
        ),
        (
            {
                "team_id": "T1",
                "authorizations": [{"enterprise_id": "E1", "is_enterprise_install": True}],
            },
            ("T1", "E1", True),
        ),
        (
            {"authorizations": [{"team_id": "T1", "is_enterprise_install": False}]},
            ("T1", "", False),
        ),
        ({"team_id": "T1", "is_enterprise_install": True}, ("T1", "", False)),
        ({"authorizations": []}, ("", "", False)),
    ],
)
def test_an_event_names_a_team_or_a_whole_organisation(
    body: dict[str, Any], read: tuple[str, str, bool]
):
    found = _uninstalled(body)
    assert (found.team, found.enterprise, found.org_wide) == read


@pytest.mark.parametrize(
    ("body", "withdrawn"),
    [
        ({"enterprise_id": "E1", "event": {"team_ids": ["T1", "T2"]}}, ("E1", ("T1", "T2"))),
        (
            {
                "team_id": None,
                "authorizations": [{"enterprise_id": "E1", "team_id": "T9"}],
                "event": {"team_ids": ["T1"]},
            },
            ("E1", ("T1",)),
        ),
        ({"enterprise_id": "E1", "event": {"team_ids": None}}, ("E1", ())),
        ({"event": {"team_ids": ["T1"]}}, ("", ("T1",))),
        ({"enterprise_id": "E1"}, ("E1", ())),
    ],
)
def test_an_event_names_the_teams_that_an_organisation_withdraws(
    body: dict[str, Any], withdrawn: tuple[str, tuple[str, ...]]
):
    assert _withdrawn(body) == withdrawn


@pytest.mark.parametrize(
    ("told", "at"),
    [(1_800_000_000, datetime(2027, 1, 15, 8, tzinfo=UTC)), (None, None), ("soon", None)],
)
def test_an_event_tells_its_time_or_none(told: object, at: datetime | None):
    assert _uninstalled({"team_id": "T1", "event_time": told}) == Uninstalled(
        team="T1", enterprise="", org_wide=False, at=at
    )


def test_bolt_is_not_named_like_our_own_loggers_whose_level_it_would_set():
    assert not build_app("s" * 16, None).name.startswith("phantombot")


@pytest.mark.parametrize(
    "event",
    [
        {"type": "team_join"},
        {"type": "app_rate_limited_of_tomorrow"},
        {"type": "message", "channel_type": "channel", "subtype": "channel_topic"},
        {"type": "message", "channel_type": "im", "subtype": "message_changed"},
    ],
    ids=lambda event: event["type"],
)
def test_an_event_that_nobody_listens_to_is_acknowledged(event: dict[str, Any]):
    body = {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": event}
    request = BoltRequest(body=body, mode="socket_mode")
    assert build_app("s" * 16, None).dispatch(request).status == 200
