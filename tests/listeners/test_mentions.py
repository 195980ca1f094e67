"""Whose a message is, in each form that Slack may tell of it."""

from typing import Any

import pytest

from phantombot.listeners.mentions import command_body
from phantombot.slack.payload import installer_of

SHARED = {"is_ext_shared_channel": True}
ORG = {"team_id": None, "enterprise_id": "E1", "is_enterprise_install": True}


@pytest.mark.parametrize(
    ("body", "workspace"),
    [
        ({"team_id": "T1"}, "T1"),
        ({"team_id": "T1", "context_team_id": "T1"}, "T1"),
        (SHARED | {"team_id": "T9", "context_team_id": "T1"}, "T1"),
        (SHARED | {"team_id": "T9", "authorizations": [{"team_id": "T1"}]}, "T1"),
        (SHARED | {"team_id": "T1", "authorizations": []}, "T1"),
        (ORG, "T5"),
        (ORG | SHARED, "E1"),
        (
            ORG | SHARED | {"authorizations": [{"team_id": None, "is_enterprise_install": True}]},
            "E1",
        ),
    ],
)
def test_a_message_is_its_who_the_app_hears_it_for(body: dict[str, Any], workspace: str):
    event = {"channel": "C1", "user": "U1", "ts": "1.2", "team": "T5"}
    assert command_body(body | {"event": event})["team_id"] == workspace


@pytest.mark.parametrize(
    ("body", "organisation"),
    [
        ({"enterprise_id": "E1", "is_enterprise_install": "true"}, "E1"),
        ({"enterprise": {"id": "E1"}, "is_enterprise_install": True}, "E1"),
        ({"enterprise_id": "E1", "is_enterprise_install": "false"}, ""),
        ({"enterprise": {"id": "E1"}}, ""),
        (
            {
                "enterprise_id": "E9",
                "authorizations": [{"enterprise_id": "E1", "is_enterprise_install": True}],
            },
            "E1",
        ),
        (
            {
                "enterprise_id": "E9",
                "is_enterprise_install": True,
                "authorizations": [{"enterprise_id": None, "is_enterprise_install": False}],
            },
            "",
        ),
        ({}, ""),
    ],
)
def test_an_organisation_counts_only_where_it_has_installed_the_app_itself(
    body: dict[str, Any], organisation: str
):
    assert installer_of(body) == organisation
